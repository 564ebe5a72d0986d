import { Sampling, TraceContext } from "../context";
import { isNumber, lowerHex, putHex } from "./digits";
import { Reading } from "./reading";

const DASH: u8 = 0x2d;

/** Reads a trace id of 16 or 32 digits; false where it is none, or all zeroes (B3 Propagation, "TraceId"). */
export function readTraceId(start: usize, length: u32, into: TraceContext): bool {
  if (length != 16 && length != 32) return false;
  into.traceHigh = length == 32 ? lowerHex(start, 16) : 0;
  if (length == 32 && !isNumber) return false;
  into.traceLow = lowerHex(start + (length - 16), 16);
  return isNumber && (into.traceHigh | into.traceLow) != 0;
}

/** Reads a span id of 16 digits; false where it is none, or all zeroes ("SpanId"). */
export function readSpanId(start: usize, length: u32, into: TraceContext): bool {
  into.spanId = length == 16 ? lowerHex(start, 16) : 0;
  return length == 16 && isNumber && into.spanId != 0;
}

/**
 * Reads the header `b3`: `<trace id>-<span id>`, perhaps `-<sampling state>`, perhaps `-<parent span id>` behind that, or the sampling state
 * alone ("Single Header").
 */
export function readSingle(start: usize, length: u32, into: TraceContext): Reading {
  into.random = false;
  if (length == 1) return readState(load<u8>(start), into) ? Reading.DECISION : Reading.INVALID;
  const trace: u32 = length > 32 && load<u8>(start + 32) == DASH ? 32 : 16;
  if (length < trace + 17 || load<u8>(start + trace) != DASH) return Reading.INVALID;
  if (!readTraceId(start, trace, into) || !readSpanId(start + trace + 1, 16, into)) return Reading.INVALID;
  into.sampling = Sampling.UNDECIDED;
  const rest = length - (trace + 17);
  if (rest == 0) return Reading.FOUND;
  const state = start + trace + 17;
  if (rest == 1 || load<u8>(state) != DASH || !readState(load<u8>(state, 1), into)) return Reading.INVALID;
  if (rest == 2) return Reading.FOUND;
  lowerHex(state + 3, 16);
  return rest == 19 && load<u8>(state, 2) == DASH && isNumber ? Reading.FOUND : Reading.INVALID;
}

function readState(byte: u8, into: TraceContext): bool {
  if (byte == 0x30) into.sampling = Sampling.NO;
  else if (byte == 0x31) into.sampling = Sampling.YES;
  else if (byte == 0x64) into.sampling = Sampling.DEBUG;
  else return false;
  return true;
}

/** Writes a trace id, of 16 digits where it has no upper half; gives the address behind it. */
export function putTraceId(at: usize, context: TraceContext): usize {
  const next = context.traceHigh == 0 ? at : putHex(at, context.traceHigh, 16);
  return putHex(next, context.traceLow, 16);
}

/** Writes the header `b3`; gives the address behind it. */
export function putSingle(at: usize, context: TraceContext): usize {
  let next = putTraceId(at, context);
  store<u8>(next++, DASH);
  next = putHex(next, context.spanId, 16);
  if (context.sampling == Sampling.UNDECIDED) return next;
  store<u8>(next++, DASH);
  store<u8>(next++, context.sampling == Sampling.DEBUG ? 0x64 : context.sampling == Sampling.YES ? 0x31 : 0x30);
  return next;
}
