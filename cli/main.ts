import { readFileSync } from "node:fs";
import { join } from "node:path";
import yargs, { type Argv } from "yargs";
import { CONVERT } from "./commands/convert.ts";
import { EXPLAIN } from "./commands/explain.ts";
import { TEST } from "./commands/test.ts";
import { VALIDATE } from "./commands/validate.ts";
import { PROJECT } from "../tools/project.ts";
import { EXIT, Failure } from "./failure.ts";
import { STANDARD_INPUT } from "./input/files.ts";
import { streams } from "./output/streams.ts";

const { version: VERSION } = JSON.parse(readFileSync(join(PROJECT, "package.json"), "utf8")) as { version: string };

/** The widest that help is set, in columns. */
const WIDEST = 100;

/**
 * Runs the command with its arguments, and gives its exit status (`EXIT`).
 *
 * What the user is to know of a failure is one line on standard error, with a word on where help is.
 */
export async function main(args: readonly string[]): Promise<number> {
  process.exitCode = EXIT.ok;
  try {
    // With a callback yargs hands over what it would print, and ends no process.
    await command(args).parseAsync(args.map(named), {}, (_error, _argv, output) => {
      if (output !== "") streams.out(`${output}\n`);
    });
  } catch (error) {
    const told = error instanceof Failure ? error.message : ((error as Error).stack ?? String(error));
    streams.err(`signalbox: ${told}\n`);
    return EXIT.unable;
  }
  return process.exitCode;
}

/** yargs loses an argument that is `-` alone (its parser takes it for an empty option). */
function named(argument: string): string {
  return argument === "-" ? STANDARD_INPUT : argument;
}

function command(args: readonly string[]): Argv {
  return yargs([...args])
    .scriptName("signalbox")
    .usage(
      "$0 <command>\n\nChecks, makes and tries out configurations of Signalbox's filters, before they go to a mesh.",
    )
    .command(VALIDATE)
    .command(CONVERT)
    .command(EXPLAIN)
    .command(TEST)
    .completion("completion", "Print a script for your shell: source <(signalbox completion)")
    .demandCommand(1, "name a command")
    .recommendCommands()
    .strict()
    .version(VERSION)
    .alias("help", "h")
    .wrap(Math.min(WIDEST, process.stdout.columns ?? WIDEST))
    .epilogue(
      "Begin with: signalbox validate your-plugin.yaml\n" +
        "Exit status: 0 all is well, 1 something was found, 2 the command could not do its work.\n" +
        "More: cli/README.md, and signalbox <command> --help.",
    )
    .fail((message, error) => {
      throw error ?? new Failure(`${message.replace(/\s*\n\s*/g, " ")}; signalbox --help tells more`);
    });
}
