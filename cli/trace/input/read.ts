import { existsSync } from "node:fs";
import { Failure } from "../../failure.ts";
import { readText } from "../../input/files.ts";
import type { Span } from "../span.ts";
import { Progress } from "./progress.ts";
import { selected, type Selection } from "./selection.ts";
import { spansOfServer } from "./server.ts";
import { spansInText } from "./text.ts";

/**
 * The spans of the wanted traces, from files, standard input (`STANDARD_INPUT`) and servers (`http://…`).
 *
 * @param now in milliseconds since 1970
 * @throws Failure if an input cannot be read, or holds something else
 */
export async function spansOf(
  inputs: readonly string[],
  selection: Selection = {},
  now = Date.now(),
): Promise<readonly Span[]> {
  const progress = new Progress();
  try {
    const files: (readonly Span[])[] = [];
    const servers: (readonly Span[])[] = [];
    for (const input of inputs) {
      const url = addressOf(input);
      if (url === undefined) files.push(spansInFile(input));
      else servers.push(await spansOfServer(url, selection, progress, now));
    }
    return together([selected(together(files), selection, now), ...servers]);
  } finally {
    progress.end();
  }
}

/** @throws Failure if it begins as an address and is none */
function addressOf(input: string): URL | undefined {
  if (!/^https?:/i.test(input)) return undefined;
  try {
    return new URL(input);
  } catch {
    throw new Failure(`${input}: expected the address of a server, such as http://localhost:16686`);
  }
}

function spansInFile(name: string): Span[] {
  if (/^[\w.-]+:\d+(\/|$)/.test(name) && !existsSync(name)) {
    throw new Failure(`${name} cannot be read: there is no such file; if it is a server, write http://${name}`);
  }
  return spansInText(name, readText(name).text);
}

/**
 * The spans of several inputs as those of one: an id of 64 bits that one input writes with 16 digits and another with 32 is
 * the same trace, and then has 32.
 */
export function together(inputs: readonly (readonly Span[])[]): readonly Span[] {
  const padded = new Set<string>();
  for (const spans of inputs) {
    for (const { traceId } of spans) if (traceId.startsWith(ZEROS) && traceId.length === 32) padded.add(traceId);
  }
  const isShort = ({ traceId }: Span): boolean => traceId.length === 16 && padded.has(ZEROS + traceId);
  return inputs.flatMap((spans) => {
    return spans.map((span) => (isShort(span) ? { ...span, traceId: ZEROS + span.traceId } : span));
  });
}

const ZEROS = "0".repeat(16);
