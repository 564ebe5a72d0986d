import { Value } from "../../../assembly/request/value";
import { utf8 } from "../../../assembly/text/text";
import { Sampling, TraceContext } from "../context";
import { putTraceId, readSpanId, readTraceId } from "./b3";
import { isNumber, lowerHex, putHex } from "./digits";
import { Header } from "./headers";
import { Reading } from "./reading";

const line: usize = memory.data(32, 8);

/**
 * Reads the headers of B3 ("Multiple Headers"), the first being `x-b3-traceid`: both ids or none, then perhaps a decision alone. `true` and
 * `false` stand for `1` and `0`, as from before the specification. A parent's span id must be one, and is not used.
 */
export function readB3Headers(first: Header, into: TraceContext): Reading {
  const span = changetype<Header>(first.next);
  const parent = changetype<Header>(span.next);
  const sampled = changetype<Header>(parent.next);
  const flags = changetype<Header>(sampled.next);
  const traceId = first.value;
  const spanId = span.value;
  const parentId = parent.value;
  into.random = false;
  into.sampling = Sampling.UNDECIDED;
  if (!readDecision(sampled.value, flags.value, into)) return Reading.INVALID;
  if (traceId == null && spanId == null) {
    if (parentId != null) return Reading.INVALID;
    return into.sampling == Sampling.UNDECIDED ? Reading.ABSENT : Reading.DECISION;
  }
  if (traceId == null || spanId == null || traceId.next != null || spanId.next != null) return Reading.INVALID;
  if (!readTraceId(traceId.start, traceId.length, into)) return Reading.INVALID;
  if (!readSpanId(spanId.start, spanId.length, into)) return Reading.INVALID;
  return parentId == null || isId(parentId) ? Reading.FOUND : Reading.INVALID;
}

/** The debug flag implies that the trace is recorded. Flags other than that one say nothing. */
function readDecision(sampled: Value | null, flags: Value | null, into: TraceContext): bool {
  if (sampled != null) {
    if (sampled.next != null) return false;
    if (is(sampled, utf8("1").start, 1) || is(sampled, utf8("true").start, 4)) into.sampling = Sampling.YES;
    else if (is(sampled, utf8("0").start, 1) || is(sampled, utf8("false").start, 5)) into.sampling = Sampling.NO;
    else return false;
  }
  if (flags != null && is(flags, utf8("1").start, 1)) into.sampling = Sampling.DEBUG;
  return true;
}

function is(value: Value, start: usize, length: u32): bool {
  return value.length == length && memory.compare(value.start, start, length) == 0;
}

function isId(value: Value): bool {
  lowerHex(value.start, value.length);
  return value.length == 16 && isNumber;
}

/** Writes them: both ids, and `x-b3-sampled`, or `x-b3-flags` for a trace that is recorded in any case. */
export function writeB3Headers(first: Header, context: TraceContext): void {
  const span = changetype<Header>(first.next);
  const parent = changetype<Header>(span.next);
  const sampled = changetype<Header>(parent.next);
  const flags = changetype<Header>(sampled.next);
  first.set(line, putTraceId(line, context));
  span.set(line, putHex(line, context.spanId, 16));
  parent.remove();
  if (context.sampling == Sampling.DEBUG) {
    flags.setText(utf8("1"));
    sampled.remove();
    return;
  }
  flags.remove();
  if (context.sampling == Sampling.UNDECIDED) sampled.remove();
  else sampled.setText(context.sampling == Sampling.YES ? utf8("1") : utf8("0"));
}
