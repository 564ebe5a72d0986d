import { Argument, Command } from "commander";
import { explained } from "../command-line/help.ts";
import { candidates } from "../completion/candidates.ts";
import { SCRIPTS } from "../completion/scripts.ts";
import { print } from "../output/print.ts";
import { streams } from "../output/streams.ts";
import { oneOf } from "./options.ts";

const SHELLS = Object.keys(SCRIPTS);

export function completionCommand(): Command {
  const command = new Command("completion")
    .summary("print a script by which your shell completes this command")
    .description("Print a script by which your shell completes commands, options, their values and files.")
    .addArgument(new Argument("<shell>", "your shell").choices(SHELLS).argParser(oneOf(SHELLS)))
    .action((shell: string) => streams.out(SCRIPTS[shell] ?? ""));
  return explained(
    command,
    [],
    [
      ["source <(signalbox completion bash)", "bash, in ~/.bashrc; zsh in ~/.zshrc, after compinit, with zsh for bash"],
      ["signalbox completion fish > ~/.config/fish/completions/signalbox.fish", "fish"],
      ["signalbox completion powershell | Out-String | Invoke-Expression", "PowerShell, in $PROFILE"],
    ],
  );
}

/** The name by which the scripts ask for candidates. */
export const COMPLETE = "__complete";

/** Prints what can be typed at the end of the words, as `completion/scripts.ts` says; `--next` first adds an empty word. */
export function printCandidates(program: Command, words: readonly string[]): void {
  const [first, ...others] = words;
  const { values, files } = candidates(program, first === "--next" ? [...others, ""] : words);
  print(...values.map(({ value, description }) => `${value}\t${description}`), ...(files ? [":files"] : []));
}
