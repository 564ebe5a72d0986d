import type { Command, CommanderError } from "commander";

/**
 * What is wrong with a command line, in one line: the message of Commander's without its quotes and its English for
 * programmers. `command` is the one whose arguments are wrong.
 */
export function mistakeIn(command: Command, { code, message }: CommanderError): string {
  return `${wrong(command, code, message)}; ${pathOf(command)} --help tells more`;
}

function wrong(command: Command, code: string, message: string): string {
  const text = message.replace(/^error: /, "");
  const [, quoted = ""] = /'(.*?)'/.exec(text) ?? [];
  const [, near] = /\(Did you mean (.*?)\?\)/.exec(text) ?? [];
  const perhaps = near === undefined ? "" : ` (did you mean ${near}?)`;
  switch (code) {
    case "commander.unknownOption":
      return `unknown option ${quoted}${perhaps}`;
    case "commander.unknownCommand":
      return `unknown command ${quoted}${perhaps}`;
    case "commander.missingArgument":
      return quoted === "files" ? `name the files to ${command.name()}` : `name the ${quoted}`;
    case "commander.missingMandatoryOptionValue":
      return `${longName(quoted)} is missing`;
    case "commander.optionMissingArgument":
      return `${longName(quoted)} needs a value`;
    case "commander.excessArguments":
      return `unexpected argument ${command.args[command.registeredArguments.length] ?? ""}`;
    case "commander.invalidArgument": {
      const [, option = "", given, why] = /'(.*?)' argument '(.*)' is invalid\. (.*)/s.exec(text) ?? [];
      if (why !== undefined) return `${longName(option)} ${given}: ${why}`;
      const [, value, name, reason] = /value '(.*)' is invalid for argument '(.*?)'\. (.*)/s.exec(text) ?? [];
      return `${name} ${value}: ${reason}`;
    }
    default:
      return text.replace(/\s*\n\s*/g, " ");
  }
}

/** `--filter` of `-f, --filter <filter>`. */
function longName(flags: string): string {
  return /--[\w-]+/.exec(flags)?.[0] ?? flags;
}

/** `signalbox validate`. */
function pathOf(command: Command): string {
  return command.parent === null ? command.name() : `${pathOf(command.parent)} ${command.name()}`;
}
