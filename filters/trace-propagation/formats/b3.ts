import { Value } from "../../../assembly/request/value";
import { Text, utf8 } from "../../../assembly/text/text";
import { Sampling, TraceContext } from "../context";
import { readTraceId } from "./b3-single";
import { putHex, readLowerHex } from "./digits";
import { Header, line } from "./header";
import { ExtractResult } from "./extract-result";
import { putShortTraceId, takeSpanId } from "./trace-id";

/** The headers' places in their row. */
const TRACE_ID: u32 = 0;
const SPAN_ID: u32 = 1;
const PARENT_SPAN_ID: u32 = 2;
const SAMPLED: u32 = 3;
const FLAGS: u32 = 4;

/**
 * Reads the headers of B3 (B3 Propagation, "Multiple Headers"): both ids or neither, and the sampling state, of which the
 * first value counts where it is repeated. A parent's id must be one, and is not used; without the ids there cannot be any. An empty one
 * counts as none: applications that copy all headers of Istio's list pass on one that a root does not have (istio/istio#7730).
 */
export function readB3(row: usize, into: TraceContext): ExtractResult {
  const traceId = Header.at(row, TRACE_ID).value;
  const spanId = Header.at(row, SPAN_ID).value;
  let parentId = Header.at(row, PARENT_SPAN_ID).value;
  if (parentId != null && parentId.length == 0) parentId = null;
  if (!readState(Header.at(row, SAMPLED).value, Header.at(row, FLAGS).value, into)) return ExtractResult.INVALID;
  if (traceId == null && spanId == null && parentId == null) {
    return into.sampling == Sampling.UNDECIDED ? ExtractResult.ABSENT : ExtractResult.DECISION;
  }
  if (parentId != null && !isId(parentId)) return ExtractResult.INVALID;
  if (traceId == null || spanId == null || traceId.next != null) return ExtractResult.INVALID;
  const digits = readTraceId(traceId.start, traceId.start + traceId.length, into);
  if (digits == 0 || digits != traceId.length) return ExtractResult.INVALID;
  return isId(spanId) && takeSpanId(into) ? ExtractResult.FOUND : ExtractResult.INVALID;
}

/** Whether a header has one value, of 16 digits in lower case; reads them. */
function isId(value: Value): bool {
  return value.next == null && value.length == 16 && readLowerHex(value.start, 16);
}

/**
 * `1` accepts, `0` denies, as from before the specification do `true` and `false`, which it allows to read. The debug flag is
 * `1`, and implies acceptance; any other is to be ignored ("Sampling State", "Debug Flag").
 */
function readState(sampled: Value | null, flags: Value | null, into: TraceContext): bool {
  if (sampled != null) {
    if (is(sampled, utf8("1")) || is(sampled, utf8("true"))) into.sampling = Sampling.YES;
    else if (is(sampled, utf8("0")) || is(sampled, utf8("false"))) into.sampling = Sampling.NO;
    else return false;
  }
  if (flags != null && is(flags, utf8("1"))) into.sampling = Sampling.DEBUG;
  return true;
}

function is(value: Value, text: Text): bool {
  return text.is(value.start, value.length);
}

/** Makes the headers say a context. Debug goes without `x-b3-sampled`, and the span's parent is not told, as in `b3`. */
export function writeB3(row: usize, context: TraceContext): void {
  const sampling = context.sampling;
  Header.at(row, TRACE_ID).set(line, putShortTraceId(line, context));
  Header.at(row, SPAN_ID).set(line, putHex(line, context.spanId, 16));
  Header.at(row, PARENT_SPAN_ID).remove();
  Header.at(row, SAMPLED).setText(
    sampling == Sampling.YES ? utf8("1") : sampling == Sampling.NO ? utf8("0") : utf8(""),
  );
  Header.at(row, FLAGS).setText(sampling == Sampling.DEBUG ? utf8("1") : utf8(""));
}
