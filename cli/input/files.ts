import { readFileSync } from "node:fs";
import { Failure } from "../failure.ts";
import { streams } from "../output/streams.ts";

/** The name of standard input, which the user writes as `-`. */
export const STANDARD_INPUT = "<stdin>";

/** A file as it was given, and its text. */
export interface TextFile {
  /** As the user named it, or `STANDARD_INPUT`. */
  readonly name: string;
  readonly text: string;
}

/**
 * Reads a file, or standard input for `STANDARD_INPUT`.
 *
 * @throws Failure where it cannot be read
 */
export function readText(name: string): TextFile {
  try {
    if (name === STANDARD_INPUT) return { name, text: streams.input() };
    return { name, text: readFileSync(name, "utf8") };
  } catch (error) {
    throw new Failure(`${name} cannot be read: ${(error as NodeJS.ErrnoException).code ?? (error as Error).message}`);
  }
}
