import { readFileSync } from "node:fs";

/** The command's standard streams: what tests put others in place of. */
export const streams = {
  /** All of standard input. */
  input: (): string => readFileSync(0, "utf8"),
  out: (text: string): void => void process.stdout.write(text),
  err: (text: string): void => void process.stderr.write(text),
};

// If nobody reads on (`signalbox … | head -1`), the command ends as it would otherwise: its exit status says what was found,
// and not how much of it was read. Other failures to write are failures of the command.
for (const stream of [process.stdout, process.stderr]) {
  stream.on("error", (error: NodeJS.ErrnoException) => {
    if (error.code !== "EPIPE") throw error;
  });
}
