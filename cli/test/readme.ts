import { readFileSync } from "node:fs";
import { join } from "node:path";
import { PROJECT } from "../../tools/project.ts";

/** The command's README. */
export const README = readFileSync(join(PROJECT, "cli/README.md"), "utf8");

/** A command of the README, without `npx signalbox`, and what is shown after it. */
export interface Shown {
  readonly command: string;
  readonly args: readonly string[];
  readonly expected: string;
}

/** The commands of the README whose output is shown, in its order. */
export function shownCommands(): Shown[] {
  const blocks = [...README.matchAll(/^```console\n\$ npx signalbox (.*)\n([^]*?)^```$/gm)];
  return blocks.map(([, command = "", expected = ""]) => ({ command, args: words(command), expected }));
}

/** The words of a command line; blanks within '…' are no ends. */
function words(line: string): string[] {
  return [...line.matchAll(/'([^']*)'|(\S+)/g)].map(([, quoted, word]) => quoted ?? word ?? "");
}
