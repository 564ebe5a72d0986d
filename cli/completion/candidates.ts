import type { Command, Option } from "commander";

/** What can stand in place of the word at the cursor. */
export interface Candidate {
  readonly value: string;
  readonly description: string;
}

/** The candidates of one place in a command line. */
export interface Candidates {
  readonly values: readonly Candidate[];
  /** Whether a file's name can stand there: the shell knows these. */
  readonly files: boolean;
}

const NOTHING: Candidates = { values: [], files: false };

/**
 * What can be typed at the end of a command line, in the order of the command's help.
 *
 * @param words behind the command's own name; the last is the one at the cursor, perhaps empty
 */
export function candidates(program: Command, words: readonly string[]): Candidates {
  const current = words.at(-1) ?? "";
  const { command, awaiting, operands } = read(program, words.slice(0, -1));
  return startingWith(current, possible(command, awaiting, operands, current));
}

/** What the words before the cursor's have settled. */
interface Before {
  readonly command: Command;
  /** The option whose value comes next. */
  readonly awaiting: Option | undefined;
  /** How many arguments that are no options the command has. */
  readonly operands: number;
}

function read(program: Command, words: readonly string[]): Before {
  let before: Before = { command: program, awaiting: undefined, operands: 0 };
  for (const word of words) {
    const { command, awaiting, operands } = before;
    const named = command.commands.find((one) => one.name() === word);
    if (awaiting !== undefined) before = { command, awaiting: undefined, operands };
    else if (word.startsWith("-")) before = { command, awaiting: expecting(command, word), operands };
    else if (operands === 0 && named !== undefined) before = { command: named, awaiting: undefined, operands };
    else before = { command, awaiting: undefined, operands: operands + 1 };
  }
  return before;
}

/** The option, if its value is the next word. */
function expecting(command: Command, word: string): Option | undefined {
  return command.options.find((option) => option.required && (option.long === word || option.short === word));
}

function possible(command: Command, awaiting: Option | undefined, operands: number, current: string): Candidates {
  if (awaiting !== undefined) return valuesOf(awaiting);
  const [, name] = /^(--[^=]+)=/.exec(current) ?? [];
  if (name !== undefined) {
    const option = expecting(command, name);
    if (option === undefined) return NOTHING;
    const { values, files } = valuesOf(option);
    return { values: values.map((one) => ({ ...one, value: `${name}=${one.value}` })), files };
  }
  const help = command.createHelp();
  if (current.startsWith("-")) {
    const options = help.visibleOptions(command);
    return { values: options.map(({ long, description }) => ({ value: long ?? "", description })), files: false };
  }
  if (command.commands.length > 0) {
    if (operands > 0) return NOTHING;
    const commands = help.visibleCommands(command);
    const values = commands.map((one) => ({ value: one.name(), description: one.summary() || one.description() }));
    return { values, files: false };
  }
  const last = command.registeredArguments.at(-1);
  const argument = command.registeredArguments[operands] ?? (last?.variadic === true ? last : undefined);
  if (argument === undefined) return NOTHING;
  return { values: plain(argument.argChoices), files: /^files?$/.test(argument.name()) };
}

function valuesOf(option: Option): Candidates {
  return { values: plain(option.argChoices), files: /<file>/.test(option.flags) };
}

function plain(choices: readonly string[] = []): Candidate[] {
  return choices.map((value) => ({ value, description: "" }));
}

function startingWith(current: string, { values, files }: Candidates): Candidates {
  return { values: values.filter(({ value }) => value.startsWith(current)), files };
}
