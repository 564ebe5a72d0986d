import { Failure } from "../failure.ts";
import { STANDARD_INPUT } from "../input/files.ts";
import { watchFiles } from "../input/watch.ts";
import { failureLine } from "../output/failure-line.ts";
import { findingLine } from "../output/findings.ts";
import { print } from "../output/print.ts";
import { streams } from "../output/streams.ts";
import { changesBetween } from "../validate/changes.ts";
import type { Validation } from "../validate/validate.ts";

/** What `--watch` needs to know of `validate`. */
export interface Watched {
  /** Validates the files. */
  readonly look: () => Validation;
  /** Prints all of a validation. */
  readonly show: (validation: Validation) => void;
  /** The last line of a validation. */
  readonly counts: (validation: Validation) => string;
}

/**
 * Validates files again after each change, and prints what is new, what is mended, and the counts. Ends with SIGINT (Ctrl-C) and SIGTERM, and
 * when nobody reads any more.
 *
 * @returns the last validation
 * @throws Failure if standard input is to be watched, or a filter is not built
 */
export async function watchValidation(files: readonly string[], { look, show, counts }: Watched): Promise<Validation> {
  if (files.includes(STANDARD_INPUT))
    throw new Failure("--watch takes files and folders: standard input cannot change");
  const ended = new AbortController();
  const end = (): void => ended.abort();
  process.on("SIGINT", end).on("SIGTERM", end);
  process.stdout.on("error", end);
  let last: Validation | undefined;
  const changed = (): void => {
    const now = look();
    if (last === undefined) {
      show(now);
      streams.err("signalbox: watching the files; Ctrl-C ends\n");
    } else {
      printChanges(last, now, counts);
    }
    last = now;
  };
  try {
    await watchFiles(files, ended.signal, changed);
  } finally {
    process.off("SIGINT", end).off("SIGTERM", end);
    process.stdout.off("error", end);
  }
  return last as unknown as Validation;
}

function printChanges(before: Validation, now: Validation, counts: Watched["counts"]): void {
  const { added, gone } = changesBetween(before.findings, now.findings);
  const readable = before.unread.filter((line) => !now.unread.includes(line));
  const unread = now.unread.filter((line) => !before.unread.includes(line));
  const lines = [
    ...gone.map((finding) => `mended: ${findingLine(finding)}`),
    ...readable.map((line) => `mended: ${line}`),
    ...added.map(findingLine),
  ];
  for (const line of unread) streams.err(failureLine(line));
  if (lines.length + unread.length > 0 || counts(before) !== counts(now)) print(...lines, counts(now));
}
