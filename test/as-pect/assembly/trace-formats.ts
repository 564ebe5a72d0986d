import { resetArena } from "../../../assembly/host/arena";
import { openRequest, readRequestHeaders, reserveSlots } from "../../../assembly/request/request";
import { SlotTable } from "../../../assembly/request/slots";
import { Sampling, TraceContext } from "../../../filters/trace-propagation/context";
import { FORMATS, Format, FormatId } from "../../../filters/trace-propagation/formats/format";
import { Reading } from "../../../filters/trace-propagation/formats/reading";
import { specRegion } from "./bytes";
import { requestHeaders, startRequest } from "./emulator";

const slots: SlotTable = SlotTable.open(specRegion(), false);
const formats: usize[] = openFormats();

function openFormats(): usize[] {
  const all: usize[] = [];
  for (let id: u32 = 0; id < FORMATS; id++) {
    all.push(changetype<usize>(Format.open(<FormatId>id, specRegion(), slots)));
  }
  return all;
}

/** The format, in a plan that knows all of them. */
export function formatOf(id: FormatId): Format {
  return changetype<Format>(formats[id]);
}

/** A request with these headers, lines of `name: value`, is in the midst of its headers callback, which has read them. */
export function receive(headers: string): void {
  startRequest(headers);
  resetArena();
  reserveSlots(slots.count);
  openRequest(slots);
  readRequestHeaders();
}

/** A context from `<trace id> <span id> <sampling>` with `random` behind, if it is; ids as hexadecimal digits. */
export function context(text: string): TraceContext {
  const parts = text.split(" ");
  const made = emptyContext();
  const split = max(parts[0].length - 16, 0);
  if (split > 0) made.traceHigh = U64.parseInt(parts[0].substring(0, split), 16);
  made.traceLow = U64.parseInt(parts[0].substring(split), 16);
  made.spanId = U64.parseInt(parts[1], 16);
  made.sampling = <Sampling>SAMPLING.indexOf(parts[2]);
  made.random = parts.length > 3;
  return made;
}

/** A context that is not filled yet: what it holds is not to be relied upon. */
export function emptyContext(): TraceContext {
  const made = changetype<TraceContext>(specRegion().take(offsetof<TraceContext>()));
  memory.fill(changetype<usize>(made), 0xa5, offsetof<TraceContext>());
  made.traceHigh = 0;
  return made;
}

const SAMPLING: string[] = ["undecided", "no", "yes", "debug"];

/** A context as `context` takes it, the trace id with 32 digits. */
export function shown(context: TraceContext): string {
  const ids = digits(context.traceHigh) + digits(context.traceLow) + " " + digits(context.spanId);
  return ids + " " + SAMPLING[context.sampling] + (context.random ? " random" : "");
}

function digits(id: u64): string {
  return id.toString(16).padStart(16, "0");
}

/** What a reading came to: the context, `decision: <sampling>`, `invalid` or `absent`. */
export function outcome(reading: Reading, into: TraceContext): string {
  if (reading == Reading.FOUND) return shown(into);
  if (reading == Reading.DECISION) return "decision: " + SAMPLING[into.sampling];
  return reading == Reading.INVALID ? "invalid" : "absent";
}

const into: TraceContext = emptyContext();

/** What a format says in a request with these headers. */
export function read(id: FormatId, headers: string): string {
  receive(headers);
  return readAgain(id);
}

/** What a format says in the request that was received last. */
export function readAgain(id: FormatId): string {
  memory.fill(changetype<usize>(into), 0xa5, offsetof<TraceContext>());
  return outcome(formatOf(id).read(into), into);
}

/** The headers that a request with such headers has when a format was made to say a context, in the order of `sorted`. */
export function write(id: FormatId, text: string, headers: string): string {
  receive(headers);
  expect<bool>(formatOf(id).write(context(text))).toBe(true);
  return sorted(requestHeaders());
}

/** Lines of headers in an order that does not depend on which were written last. */
export function sorted(headers: string): string {
  return headers.trim().split("\n").sort().join("\n");
}
