import { Sampling, TraceContext } from "../context";
import { hexLow, putByte, putHex, readLowerHex, readLowerHex16, readLowerHex32 } from "./digits";
import { ExtractResult } from "./extract-result";
import { putTraceId, takeSpanId, takeTraceId } from "./trace-id";

/** The length of version 00, and where its fields begin (W3C Trace Context §3.2.2). */
const LENGTH: u32 = 55;
const TRACE_ID: usize = 3;
const PARENT_ID: usize = 36;
const FLAGS: usize = 53;
const DASH: u8 = 0x2d;
/** The characters `00`. */
const ZEROS: u32 = 0x3030;
/** §3.2.2.5; the random flag is Level 2's. Other flags are not looked at, and written as 0. */
const SAMPLED: u32 = 1;
const RANDOM: u32 = 2;
/** By what `00` to `03` differ from `00`: the second character is in the upper byte. */
const KNOWN_FLAGS: u32 = (SAMPLED | RANDOM) << 8;

/**
 * Reads a traceparent of version 00, or the fields of 00 at the beginning of a higher version, which may have more behind a
 * dash; ff is no version (W3C Trace Context §3.2.2 to §3.2.4, §4.2). Flags that are known are read in any version.
 */
export function readTraceparent(start: usize, length: u32, into: TraceContext): ExtractResult {
  if (length < LENGTH || !hasDashes(start)) return ExtractResult.INVALID;
  const isVersion00 = load<u16>(start) == ZEROS;
  if (!isVersion00 && (!readLowerHex(start, 2) || hexLow == 0xff)) return ExtractResult.INVALID;
  if (length > LENGTH && (isVersion00 || load<u8>(start + LENGTH) != DASH)) return ExtractResult.INVALID;
  if (!readLowerHex32(start + TRACE_ID) || !takeTraceId(into)) return ExtractResult.INVALID;
  if (!readLowerHex16(start + PARENT_ID) || !takeSpanId(into)) return ExtractResult.INVALID;
  let flags = (<u32>load<u16>(start + FLAGS)) ^ ZEROS;
  if ((flags & ~KNOWN_FLAGS) == 0) {
    flags >>= 8;
  } else {
    if (!readLowerHex(start + FLAGS, 2)) return ExtractResult.INVALID;
    flags = <u32>hexLow;
  }
  into.sampling = (flags & SAMPLED) != 0 ? Sampling.YES : Sampling.NO;
  into.random = (flags & RANDOM) != 0;
  return ExtractResult.FOUND;
}

function hasDashes(start: usize): bool {
  return load<u8>(start, 2) == DASH && load<u8>(start, 35) == DASH && load<u8>(start, 52) == DASH;
}

/** Writes a traceparent of version 00; an open decision is "not sampled" there. Gives the address behind it. */
export function putTraceparent(at: usize, context: TraceContext): usize {
  let next = putByte(putHex(at, 0, 2), DASH);
  next = putByte(putTraceId(next, context), DASH);
  next = putByte(putHex(next, context.spanId, 16), DASH);
  const sampled = context.sampling >= Sampling.YES ? SAMPLED : 0;
  return putHex(next, sampled | (context.random ? RANDOM : 0), 2);
}
