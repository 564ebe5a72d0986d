import { Command, CommanderError } from "commander";
import { versionLines } from "./carried.ts";
import { explained, helpWidth, optionDescription } from "./command-line/help.ts";
import { mistakeIn } from "./command-line/mistake.ts";
import { admissionCommand } from "./commands/admission.ts";
import { COMPLETE, completionCommand, printCandidates } from "./commands/completion.ts";
import { convertCommand } from "./commands/convert.ts";
import { diffCommand } from "./commands/diff.ts";
import { explainCommand } from "./commands/explain.ts";
import { initCommand } from "./commands/init.ts";
import { schemaCommand } from "./commands/schema.ts";
import { testCommand } from "./commands/test.ts";
import { traceCommand } from "./commands/trace.ts";
import { validateCommand } from "./commands/validate.ts";
import { EXIT, Failure } from "./failure.ts";
import { STANDARD_INPUT } from "./input/files.ts";
import { failureLine } from "./output/failure-line.ts";
import { print } from "./output/print.ts";
import { streams } from "./output/streams.ts";

/**
 * Runs the command with its arguments, and gives its exit status (`EXIT`).
 *
 * What the user is to know of a failure is one line on standard error, with a word on where help is.
 */
export async function main(args: readonly string[]): Promise<number> {
  process.exitCode = EXIT.ok;
  try {
    const [first, ...others] = args;
    if (first === COMPLETE) printCandidates(signalbox(), others);
    else await signalbox().parseAsync(args.map(named), { from: "user" });
  } catch (error) {
    // Help was asked for, or shown as no command was named.
    if (error instanceof CommanderError) return error.exitCode === 0 ? EXIT.ok : EXIT.unable;
    const told = error instanceof Failure ? error.message : ((error as Error).stack ?? String(error));
    streams.err(failureLine(told));
    return EXIT.unable;
  }
  return process.exitCode;
}

/** `-` alone is standard input, wherever a file is expected. */
function named(argument: string): string {
  return argument === "-" ? STANDARD_INPUT : argument;
}

/** The narrowest column that help's descriptions are wrapped to. */
const NARROWEST = 20;

/** The command with all of its commands, each of which loads what it works with when it runs. */
function signalbox(): Command {
  const program = new Command("signalbox")
    .usage("<command>")
    .description("Checks, makes and tries out configurations of Signalbox's filters, before they go to a mesh.")
    .option("-V, --version", "print the version, and the digest of each filter's module")
    .on("option:version", () => {
      print(...versionLines());
      throw new CommanderError(EXIT.ok, "commander.version", "");
    });
  const checking = [validateCommand(), convertCommand(), explainCommand(), testCommand(), diffCommand()];
  const commands = [
    ...checking,
    traceCommand(),
    schemaCommand(),
    initCommand(),
    admissionCommand(),
    completionCommand(),
  ];
  for (const command of commands) program.addCommand(command);
  for (const command of [program, ...program.commands.flatMap((one) => [one, ...one.commands])]) {
    command
      .helpOption("-h, --help", "print this help")
      .configureHelp({ minWidthToWrap: NARROWEST, optionDescription })
      .configureOutput({
        writeOut: (text) => streams.out(text),
        writeErr: (text) => streams.err(text),
        getOutHelpWidth: helpWidth,
        getErrHelpWidth: helpWidth,
        outputError: () => {},
      })
      .exitOverride((error) => {
        const shown = error.exitCode === 0 || error.code === "commander.help";
        throw shown ? error : new Failure(mistakeIn(command, error));
      });
  }
  return explained(program, [
    "Begin with: signalbox validate your-plugin.yaml",
    "Exit status: 0 no errors, 1 something is wrong, 2 the command could not run.",
    "More: cli/README.md, and signalbox <command> --help.",
  ]);
}
