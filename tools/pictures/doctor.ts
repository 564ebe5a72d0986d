import { spawnSync } from "node:child_process";
import { PROJECT } from "../project.ts";

/** What a reader types, and the words after `npx signalbox`. */
const WORDS = ["trace", "doctor", "cli/examples/bookinfo-none.json"];
const WIDTH = 110;

/** What a terminal of `WIDTH` columns shows when the doctor examines an example: the finding, without the note on how few traces there are. */
export function doctorLines(): string {
  const command = ["cli/signalbox.js", ...WORDS];
  const { stdout, stderr } = spawnSync(process.execPath, command, { cwd: PROJECT, encoding: "utf8" });
  if (stdout === "") throw new Error(stderr);
  const [finding = "", ...rest] = stdout.trimEnd().split("\n\n");
  const shown = [`$ npx signalbox ${WORDS.join(" ")}`, ...finding.split("\n"), "…", rest.at(-1) ?? ""];
  return `${shown.flatMap(wrapped).join("\n")}\n`;
}

/** A line in as many as the terminal needs, those after the first indented as its text is. */
function wrapped(line: string): string[] {
  const indent = " ".repeat(/^ +\w+ +/.exec(line)?.[0].length ?? 2);
  const lines: string[] = [];
  let rest = line;
  while (rest.length > WIDTH) {
    const at = rest.lastIndexOf(" ", WIDTH);
    lines.push(rest.slice(0, at));
    rest = indent + rest.slice(at + 1);
  }
  return [...lines, rest];
}
