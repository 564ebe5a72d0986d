import { Sampling, TraceContext } from "../context";
import { anyHex, isNumber, putHex } from "./digits";
import { putTraceId } from "./b3";
import { Reading } from "./reading";

const COLON: u8 = 0x3a;
const SAMPLED: u64 = 1;
const DEBUG: u64 = 2;

/** Where the field that was found last ends, and where the one behind it begins; 0 where there is none. */
let fieldEnd: usize = 0;
let nextField: usize = 0;

/**
 * Reads `uber-trace-id`: `<trace id>:<span id>:<parent span id>:<flags>`, its colons perhaps URL-encoded. Ids may lack their leading zeroes;
 * the parent's is deprecated and not looked at (Jaeger, "Propagation Format").
 */
export function readUberTraceId(start: usize, length: u32, into: TraceContext): Reading {
  const end = start + length;
  into.random = false;
  findField(start, end);
  if (nextField == 0 || !readTraceId(start, <u32>(fieldEnd - start), into)) return Reading.INVALID;
  const span = nextField;
  findField(span, end);
  if (nextField == 0) return Reading.INVALID;
  into.spanId = anyHex(span, <u32>(fieldEnd - span));
  if (!isNumber || into.spanId == 0) return Reading.INVALID;
  const parent = nextField;
  findField(parent, end);
  if (nextField == 0) return Reading.INVALID;
  anyHex(parent, <u32>(fieldEnd - parent));
  if (!isNumber) return Reading.INVALID;
  const flagsStart = nextField;
  const digits = <u32>(end - flagsStart);
  const flags = anyHex(flagsStart, digits);
  if (!isNumber || digits > 2) return Reading.INVALID;
  into.sampling = (flags & SAMPLED) == 0 ? Sampling.NO : (flags & DEBUG) != 0 ? Sampling.DEBUG : Sampling.YES;
  return Reading.FOUND;
}

function readTraceId(start: usize, length: u32, into: TraceContext): bool {
  if (length == 0 || length > 32) return false;
  const upper = length > 16 ? length - 16 : 0;
  into.traceHigh = upper > 0 ? anyHex(start, upper) : 0;
  if (upper > 0 && !isNumber) return false;
  into.traceLow = anyHex(start + upper, length - upper);
  return isNumber && (into.traceHigh | into.traceLow) != 0;
}

function findField(from: usize, end: usize): void {
  nextField = 0;
  for (fieldEnd = from; fieldEnd < end; fieldEnd++) {
    if (load<u8>(fieldEnd) == COLON) nextField = fieldEnd + 1;
    else if (isEncodedColon(fieldEnd, end)) nextField = fieldEnd + 3;
    if (nextField != 0) return;
  }
}

function isEncodedColon(at: usize, end: usize): bool {
  return end - at >= 3 && load<u8>(at) == 0x25 && load<u8>(at, 1) == 0x33 && (load<u8>(at, 2) | 0x20) == 0x61;
}

/** Writes `uber-trace-id`; gives the address behind it. */
export function putUberTraceId(at: usize, context: TraceContext): usize {
  let next = putTraceId(at, context);
  store<u8>(next++, COLON);
  next = putHex(next, context.spanId, 16);
  store<u8>(next++, COLON);
  store<u8>(next++, 0x30);
  store<u8>(next++, COLON);
  const sampled = context.sampling >= Sampling.YES ? SAMPLED : 0;
  return putHex(next, sampled | (context.sampling == Sampling.DEBUG ? DEBUG : 0), 1);
}
