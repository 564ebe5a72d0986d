import { Sampling, TraceContext } from "../context";
import { putByte, putHex, readHex, readLowerHex } from "./digits";
import { ExtractResult } from "./extract-result";
import { putShortTraceId, takeSpanId, takeTraceId } from "./trace-id";

const DASH: u8 = 0x2d;
const ID_DIGITS: u32 = 16;

/**
 * Reads the header `b3`: `<trace id>-<span id>`, then perhaps `-<sampling state>` and perhaps `-<parent span id>`; or the
 * sampling state alone (B3 Propagation, "Single Header"). The parent's id must be one, and is not used.
 */
export function readB3Single(start: usize, length: u32, into: TraceContext): ExtractResult {
  if (length == 1) return readState(start, into) ? ExtractResult.DECISION : ExtractResult.INVALID;
  const end = start + length;
  let at = start + readTraceId(start, end, into);
  if (at == start || !isDash(at, end)) return ExtractResult.INVALID;
  if (readHex(++at, end, false) != ID_DIGITS || !takeSpanId(into)) return ExtractResult.INVALID;
  at += ID_DIGITS;
  if (at == end) return ExtractResult.FOUND;
  if (!isDash(at++, end)) return ExtractResult.INVALID;
  if (at < end && readState(at, into) && (at + 1 == end || isDash(at + 1, end))) {
    if (++at == end) return ExtractResult.FOUND;
    at++;
  } else {
    into.sampling = Sampling.UNDECIDED;
  }
  return end - at == ID_DIGITS && readLowerHex(at, ID_DIGITS) ? ExtractResult.FOUND : ExtractResult.INVALID;
}

/** Reads a trace id of 16 or 32 digits in lower case, and not all zeroes ("TraceId"); gives how many, 0 where there is none. */
export function readTraceId(start: usize, end: usize, into: TraceContext): u32 {
  const digits = readHex(start, end, false);
  return (digits == ID_DIGITS || digits == 2 * ID_DIGITS) && takeTraceId(into) ? digits : 0;
}

function isDash(at: usize, end: usize): bool {
  return at < end && load<u8>(at) == DASH;
}

/** "Sampling State": `1` accept, `0` deny, `d` debug. */
function readState(at: usize, into: TraceContext): bool {
  const byte = load<u8>(at);
  if (byte == 0x30) into.sampling = Sampling.NO;
  else if (byte == 0x31) into.sampling = Sampling.YES;
  else if (byte == 0x64) into.sampling = Sampling.DEBUG;
  else return false;
  return true;
}

/**
 * Writes the header `b3`, without a parent's id, as spans on both sides of a request have ids of their own (OpenTelemetry,
 * "B3 Inject"). Gives the address behind it.
 */
export function putB3Single(at: usize, context: TraceContext): usize {
  const next = putHex(putByte(putShortTraceId(at, context), DASH), context.spanId, ID_DIGITS);
  const sampling = context.sampling;
  if (sampling == Sampling.UNDECIDED) return next;
  return putByte(putByte(next, DASH), sampling == Sampling.DEBUG ? 0x64 : sampling == Sampling.YES ? 0x31 : 0x30);
}
