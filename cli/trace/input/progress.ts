import { streams } from "../../output/streams.ts";

/** After how many bytes the line is written anew. */
const STEP = 256 * 1024;

/** Says on a terminal how far a long download is: one line on standard error, written over and in the end removed. */
export class Progress {
  private bytes = 0;
  private shown = 0;
  private width = 0;
  private what = "";

  constructor(private readonly onTerminal = process.stderr.isTTY === true) {}

  /** Begins another part. Nothing is shown before some of it came. */
  begin(what: string): void {
    this.what = what;
  }

  /** Some bytes came. */
  add(bytes: number): void {
    this.bytes += bytes;
    if (!this.onTerminal || this.bytes - this.shown < STEP) return;
    this.shown = this.bytes;
    const line = `${(this.bytes / 1e6).toFixed(1)} MB, ${this.what}`.slice(0, (process.stderr.columns ?? 80) - 1);
    streams.err(`\r${line.padEnd(this.width)}`);
    this.width = line.length;
  }

  /** Removes the line. */
  end(): void {
    if (this.width > 0) streams.err(`\r${" ".repeat(this.width)}\r`);
    this.width = 0;
  }
}
