import { readText } from "../../input/files.ts";
import type { Span } from "../span.ts";
import { spansInText } from "./text.ts";

/**
 * The spans of a file, or of standard input for `STANDARD_INPUT`.
 *
 * @throws Failure if it cannot be read, or holds something else
 */
export function spansInFile(name: string): Span[] {
  return spansInText(name, readText(name).text);
}

/**
 * The spans of several inputs as those of one: an id of 64 bits that one input writes with 16 digits and another with 32 is
 * the same trace, and then has 32.
 */
export function together(inputs: readonly (readonly Span[])[]): Span[] {
  const padded = new Set<string>();
  for (const spans of inputs) {
    for (const { traceId } of spans) if (traceId.startsWith(ZEROS) && traceId.length === 32) padded.add(traceId);
  }
  const isShort = ({ traceId }: Span): boolean => traceId.length === 16 && padded.has(ZEROS + traceId);
  return inputs.flatMap((spans) =>
    spans.map((span) => (isShort(span) ? { ...span, traceId: ZEROS + span.traceId } : span)),
  );
}

const ZEROS = "0".repeat(16);
