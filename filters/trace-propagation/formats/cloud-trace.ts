import { Sampling, TraceContext } from "../context";
import { anyHex, decimal, isNumber, putDecimal, putHex } from "./digits";
import { Reading } from "./reading";

const SLASH: u8 = 0x2f;
const SEMICOLON: u8 = 0x3b;
const TRACE_DIGITS: u32 = 32;
/** `;o=` and a digit. */
const OPTIONS_LENGTH: u32 = 4;

/**
 * Reads `x-cloud-trace-context`: 32 hexadecimal digits, perhaps `/` and the span's id in decimal, perhaps `;o=1` or `;o=0` (Google Cloud,
 * "Trace context", "Legacy header"). A span id of 0, or none, names no span.
 */
export function readCloudTrace(start: usize, length: u32, into: TraceContext): Reading {
  if (length < TRACE_DIGITS) return Reading.INVALID;
  into.traceHigh = anyHex(start, 16);
  const valid = isNumber;
  into.traceLow = anyHex(start + 16, 16);
  if (!valid || !isNumber || (into.traceHigh | into.traceLow) == 0) return Reading.INVALID;
  into.sampling = Sampling.UNDECIDED;
  into.random = false;
  into.spanId = 0;
  const at = start + TRACE_DIGITS;
  let end = start + length;
  if (hasOptions(at, end)) {
    end -= OPTIONS_LENGTH;
    into.sampling = load<u8>(end, 3) == 0x31 ? Sampling.YES : Sampling.NO;
  }
  if (at == end) return Reading.FOUND;
  if (load<u8>(at) != SLASH) return Reading.INVALID;
  into.spanId = decimal(at + 1, <u32>(end - at - 1));
  return isNumber ? Reading.FOUND : Reading.INVALID;
}

function hasOptions(from: usize, end: usize): bool {
  if (end - from < OPTIONS_LENGTH) return false;
  const at = end - OPTIONS_LENGTH;
  const option = load<u8>(at, 3);
  return (
    load<u8>(at) == SEMICOLON &&
    load<u8>(at, 1) == 0x6f &&
    load<u8>(at, 2) == 0x3d &&
    (option == 0x30 || option == 0x31)
  );
}

/** Writes `x-cloud-trace-context`; gives the address behind it. */
export function putCloudTrace(at: usize, context: TraceContext): usize {
  let next = putHex(at, context.traceHigh, 16);
  next = putHex(next, context.traceLow, 16);
  store<u8>(next++, SLASH);
  next = putDecimal(next, context.spanId);
  if (context.sampling == Sampling.UNDECIDED) return next;
  store<u8>(next, SEMICOLON);
  store<u8>(next, 0x6f, 1);
  store<u8>(next, 0x3d, 2);
  store<u8>(next, context.sampling == Sampling.NO ? 0x30 : 0x31, 3);
  return next + OPTIONS_LENGTH;
}
