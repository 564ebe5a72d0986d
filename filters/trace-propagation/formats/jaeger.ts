import { Sampling, TraceContext } from "../context";
import { hexLow, putByte, putHex, readHex } from "./digits";
import { ExtractResult } from "./extract-result";
import { putShortTraceId, takeSpanId, takeTraceId } from "./trace-id";

const COLON: u8 = 0x3a;
/** Bits of the flags; "firehose" (8) and those that are not used are left aside. */
const SAMPLED: u32 = 1;
const DEBUG: u32 = 2;

/**
 * Reads `uber-trace-id`: `<trace id>:<span id>:<parent span id>:<flags>` in hexadecimal digits. Ids may lack leading zeroes;
 * the parent's is deprecated and not used, the flags are one or two digits, and debug counts only where sampled is set
 * (Jaeger, "Propagation Format"). Clients that encode the values of HTTP headers as in URLs write `%3A` for the colons.
 */
export function readUberTraceId(start: usize, length: u32, into: TraceContext): ExtractResult {
  const end = start + length;
  let at = behindNumber(start, end, 32);
  if (at == 0 || !takeTraceId(into)) return ExtractResult.INVALID;
  at = behindNumber(at, end, 16);
  if (at == 0 || !takeSpanId(into)) return ExtractResult.INVALID;
  at = behindNumber(at, end, 16);
  if (at == 0) return ExtractResult.INVALID;
  const digits = readHex(at, end, true);
  if (digits - 1 > 1 || at + digits != end) return ExtractResult.INVALID;
  const flags = <u32>hexLow;
  into.sampling = (flags & SAMPLED) == 0 ? Sampling.NO : (flags & DEBUG) == 0 ? Sampling.YES : Sampling.DEBUG;
  return ExtractResult.FOUND;
}

/** Reads a number of so many digits at most; gives the address behind the colon that ends it, 0 where there is none. */
function behindNumber(start: usize, end: usize, most: u32): usize {
  const digits = readHex(start, end, true);
  if (digits - 1 >= most) return 0;
  const at = start + digits;
  if (at < end && load<u8>(at) == COLON) return at + 1;
  const encoded = end - at > 2 && load<u16>(at) == 0x3325 && (load<u8>(at, 2) | 0x20) == 0x61;
  return encoded ? at + 3 : 0;
}

/** Writes `uber-trace-id`; an open decision is "not sampled" there. Gives the address behind it. */
export function putUberTraceId(at: usize, context: TraceContext): usize {
  let next = putByte(putShortTraceId(at, context), COLON);
  next = putByte(putHex(next, context.spanId, 16), COLON);
  next = putByte(putByte(next, 0x30), COLON);
  const sampled = context.sampling >= Sampling.YES ? SAMPLED : 0;
  return putHex(next, context.sampling == Sampling.DEBUG ? SAMPLED | DEBUG : sampled, 1);
}
