import { Help, type Command, type Option } from "commander";

/** A line of a command's help that can be tried, and what it does. */
export type Example = readonly [command: string, what: string];

/** The widest that help is set, in columns. */
const WIDEST = 100;

/** How wide help is set, in columns: the terminal's width where that is less than `WIDEST`. */
export function helpWidth(): number {
  return Math.min(WIDEST, process.stdout.columns ?? WIDEST);
}

/** What help says of an option: as Commander does, but no default that is an empty list. */
export function optionDescription(option: Option): string {
  const { defaultValue, description } = option as { defaultValue: unknown; description: string };
  const isEmpty = Array.isArray(defaultValue) && defaultValue.length === 0;
  return isEmpty ? description : new Help().optionDescription(option);
}

/**
 * Adds paragraphs and examples below the options in a command's help. A paragraph is set anew for the width of the terminal;
 * one whose lines are indented keeps them.
 */
export function explained(command: Command, paragraphs: readonly string[], examples: readonly Example[] = []): Command {
  return command.addHelpText("after", () => {
    const help = command.createHelp();
    const prose = paragraphs.map((text) => (text.startsWith(" ") ? text : help.boxWrap(text, helpWidth())));
    const shown = examples.flatMap(([line, what]) => [`  # ${what}`, `  ${line}`]);
    if (shown.length > 0) prose.push(["Examples:", ...shown].join("\n"));
    return `\n${prose.join("\n\n")}`;
  });
}
