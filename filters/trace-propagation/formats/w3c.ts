import { Sampling, TraceContext } from "../context";
import { isNumber, lowerHex, putHex } from "./digits";
import { Reading } from "./reading";

/** The characters of version 00, and where its fields begin (W3C Trace Context §3.2.2). */
const LENGTH: u32 = 55;
const TRACE_ID: usize = 3;
const PARENT_ID: usize = 36;
const FLAGS: usize = 53;
const DASH: u8 = 0x2d;
const SAMPLED: u64 = 1;
/** Level 2 §3.2.2.5.2. */
const RANDOM: u64 = 2;

/**
 * Reads a traceparent. What a higher version than 00 has behind the four known fields is left aside, 0xff is no version (W3C Trace
 * Context §3.2.2, §4.2); digits are lower-case, ids not all zeroes.
 */
export function readTraceparent(start: usize, length: u32, into: TraceContext): Reading {
  if (length < LENGTH || !hasDashes(start)) return Reading.INVALID;
  const version = lowerHex(start, 2);
  if (!isNumber || version == 0xff) return Reading.INVALID;
  if (length > LENGTH && (version == 0 || load<u8>(start + LENGTH) != DASH)) return Reading.INVALID;
  into.traceHigh = lowerHex(start + TRACE_ID, 16);
  let valid = isNumber;
  into.traceLow = lowerHex(start + TRACE_ID + 16, 16);
  valid = valid && isNumber;
  into.spanId = lowerHex(start + PARENT_ID, 16);
  valid = valid && isNumber;
  const flags = lowerHex(start + FLAGS, 2);
  if (!valid || !isNumber || (into.traceHigh | into.traceLow) == 0 || into.spanId == 0) return Reading.INVALID;
  into.sampling = (flags & SAMPLED) != 0 ? Sampling.YES : Sampling.NO;
  into.random = (flags & RANDOM) != 0;
  return Reading.FOUND;
}

function hasDashes(start: usize): bool {
  return load<u8>(start, 2) == DASH && load<u8>(start, 35) == DASH && load<u8>(start, 52) == DASH;
}

/** Writes a traceparent of version 00, of its flags those that are known; gives the address behind it. */
export function putTraceparent(at: usize, context: TraceContext): usize {
  let next = putHex(at, 0, 2);
  store<u8>(next++, DASH);
  next = putHex(next, context.traceHigh, 16);
  next = putHex(next, context.traceLow, 16);
  store<u8>(next++, DASH);
  next = putHex(next, context.spanId, 16);
  store<u8>(next++, DASH);
  const sampled = context.sampling >= Sampling.YES ? SAMPLED : 0;
  return putHex(next, sampled | (context.random ? RANDOM : 0), 2);
}
