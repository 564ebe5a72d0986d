import { SlotTable } from "../../../../assembly/request/slots";
import { Sampling, TraceContext } from "../../context";
import { FORMATS, Format, FormatId } from "../../formats/format";
import { ExtractResult } from "../../formats/extract-result";
import { specRegion } from "../../../../test/support/spec/bytes";

/** The slots of a plan that knows every format. */
export const traceSlots: SlotTable = SlotTable.open(specRegion(), false);

const formats: usize[] = openFormats();

function openFormats(): usize[] {
  const all: usize[] = [];
  for (let id: u32 = 0; id < FORMATS; id++) {
    all.push(changetype<usize>(Format.open(<FormatId>id, specRegion(), traceSlots)));
  }
  return all;
}

/** The format, in that plan. */
export function formatOf(id: FormatId): Format {
  return changetype<Format>(formats[id]);
}

const SAMPLING: string[] = ["undecided", "no", "yes", "debug"];

/** A context from `<trace id> <span id> <sampling>` with `random` behind, if it is; ids as hexadecimal digits. */
export function context(text: string): TraceContext {
  const parts = text.split(" ");
  const made = changetype<TraceContext>(specRegion().take(offsetof<TraceContext>()));
  const split = max(parts[0].length - 16, 0);
  if (split > 0) made.traceHigh = U64.parseInt(parts[0].substring(0, split), 16);
  made.traceLow = U64.parseInt(parts[0].substring(split), 16);
  made.spanId = U64.parseInt(parts[1], 16);
  made.sampling = <Sampling>SAMPLING.indexOf(parts[2]);
  made.random = parts.length > 3;
  return made;
}

/** A context as `context` takes it, the ids with 32 and 16 digits. */
export function shownContext(context: TraceContext): string {
  const ids = digits(context.traceHigh) + digits(context.traceLow) + " " + digits(context.spanId);
  return ids + " " + SAMPLING[context.sampling] + (context.random ? " random" : "");
}

function digits(id: u64): string {
  return id.toString(16).padStart(16, "0");
}

/** What a reading came to: the context, `decision: <sampling>`, `invalid` or `absent`. */
export function outcome(result: ExtractResult, context: TraceContext): string {
  if (result == ExtractResult.FOUND) return shownContext(context);
  if (result == ExtractResult.DECISION) return "decision: " + SAMPLING[context.sampling];
  return result == ExtractResult.INVALID ? "invalid" : "absent";
}

const into: TraceContext = context("0 0 no");

/** What a format says in the current request, as `outcome` gives it. */
export function readNow(id: FormatId): string {
  // Nothing that was there before may be taken for what is read.
  memory.fill(changetype<usize>(into), 0xa5, offsetof<TraceContext>());
  return outcome(formatOf(id).read(into), into);
}
