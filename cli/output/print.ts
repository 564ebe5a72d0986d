import { streams } from "./streams.ts";

/** How a command's outcome is written. */
export type Format = "text" | "json";

/** Writes lines to standard output. */
export function print(...lines: readonly string[]): void {
  if (lines.length > 0) streams.out(`${lines.join("\n")}\n`);
}

/** Writes a value as JSON, for programs. */
export function printJson(value: unknown): void {
  print(JSON.stringify(value, null, 2));
}
