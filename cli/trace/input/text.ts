import { Failure } from "../../failure.ts";
import { MAX_LEVELS, isTooDeep } from "../../input/levels.ts";
import type { Span } from "../span.ts";
import { Unexpected } from "./field.ts";
import { jsonFaultAt } from "./json-fault.ts";
import { spansIn } from "./shape.ts";

/**
 * The spans of a text: one value of JSON, or lines of it, as the file exporter of the OpenTelemetry collector writes them.
 *
 * @param name of the file or the address, for messages
 * @throws Failure that names the input, the place in it, and what is expected there
 */
export function spansInText(name: string, text: string): Span[] {
  const body = text.startsWith("\ufeff") ? text.slice(1) : text;
  if (body.trim() === "") throw new Failure(`${name}: it is empty; expected spans in JSON`);
  const whole = parsed(body);
  if (whole !== undefined) return read(name, whole.value);
  if (!isLines(body)) throw notJson(name, 1, body);
  const spans: Span[] = [];
  let number = 0;
  for (const line of linesOf(body)) {
    number++;
    if (line.trim() === "") continue;
    const one = parsed(line);
    if (one === undefined) throw notJson(name, number, line);
    for (const span of read(`${name}:${number}`, one.value)) spans.push(span);
  }
  return spans;
}

/** Whether the first line is a value of its own and others follow. */
function isLines(text: string): boolean {
  const [first = ""] = /^\s*.*/.exec(text) ?? [];
  return first.length < text.trimEnd().length && parsed(first) !== undefined;
}

function* linesOf(text: string): Generator<string> {
  for (let from = 0; from < text.length;) {
    const end = text.indexOf("\n", from);
    yield text.slice(from, end < 0 ? undefined : end);
    from = end < 0 ? text.length : end + 1;
  }
}

function read(name: string, value: unknown): Span[] {
  // Recursion over a deeper one might not end well.
  if (isTooDeep(value)) throw new Failure(`${name}: more than ${MAX_LEVELS} levels of lists and objects`);
  try {
    return spansIn(value);
  } catch (error) {
    if (!(error instanceof Unexpected)) throw error;
    throw new Failure(`${name}: ${error.place === "" ? "" : `${error.place}: `}${error.message}`);
  }
}

function parsed(text: string): { value: unknown } | undefined {
  try {
    return { value: JSON.parse(text) as unknown };
  } catch {
    return undefined;
  }
}

function notJson(name: string, firstLine: number, text: string): Failure {
  const before = text.slice(0, jsonFaultAt(text));
  const line = firstLine + (before.match(/\n/g)?.length ?? 0);
  const column = before.length - before.lastIndexOf("\n");
  const ended = before.length >= text.trimEnd().length;
  const what = ended
    ? "it ends before its JSON does: was it cut off?"
    : `${JSON.stringify(text[before.length])} is no JSON here`;
  return new Failure(`${name}:${line}:${column}: ${what}`);
}
