import { readFileSync } from "node:fs";

/** The command's standard streams: what tests put others in place of. */
export const streams = {
  /** All of standard input. */
  input: (): string | Uint8Array => readFileSync(0),
  out: (text: string): void => void process.stdout.write(text),
  err: (text: string): void => void process.stderr.write(text),
};
