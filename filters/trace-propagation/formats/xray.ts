import { sameBytes, Text, utf8 } from "../../../assembly/text/text";
import { Sampling, TraceContext } from "../context";
import { anyHex, isNumber, putHex } from "./digits";
import { Reading } from "./reading";

const SEMICOLON: u8 = 0x3b;
const DASH: u8 = 0x2d;
/** `1-` and 8 digits, `-` and 24 digits. */
const ROOT_LENGTH: u32 = 35;

/**
 * Reads `x-amzn-trace-id`: fields `Root`, `Parent` and `Sampled` in any order, others left aside (AWS X-Ray, "Tracing header"). A load
 * balancer names the trace alone: without `Parent` there is no span.
 */
export function readXray(start: usize, length: u32, into: TraceContext): Reading {
  const end = start + length;
  let hasRoot = false;
  into.spanId = 0;
  into.sampling = Sampling.UNDECIDED;
  into.random = false;
  let at = start;
  while (at < end) {
    let stop = at;
    while (stop < end && load<u8>(stop) != SEMICOLON) stop++;
    if (valueOf(utf8("Root="), at, stop)) {
      if (hasRoot || !readRoot(into)) return Reading.INVALID;
      hasRoot = true;
    } else if (valueOf(utf8("Parent="), at, stop)) {
      into.spanId = anyHex(value, valueLength);
      if (!isNumber || valueLength != 16 || into.spanId == 0) return Reading.INVALID;
    } else if (valueOf(utf8("Sampled="), at, stop) && !readSampled(into)) {
      return Reading.INVALID;
    }
    at = stop + 1;
    while (at < end && load<u8>(at) == 0x20) at++;
  }
  return hasRoot ? Reading.FOUND : Reading.INVALID;
}

let value: usize = 0;
let valueLength: u32 = 0;

/** Whether a field is of that name; its value then is what is behind. */
function valueOf(name: Text, at: usize, end: usize): bool {
  if (end - at < name.length || !sameBytes(at, name.length, name.start, name.length)) return false;
  value = at + name.length;
  valueLength = <u32>(end - value);
  return true;
}

function readRoot(into: TraceContext): bool {
  if (
    valueLength != ROOT_LENGTH ||
    load<u8>(value) != 0x31 ||
    load<u8>(value, 1) != DASH ||
    load<u8>(value, 10) != DASH
  )
    return false;
  const time = anyHex(value + 2, 8);
  if (!isNumber) return false;
  const upper = anyHex(value + 11, 8);
  if (!isNumber) return false;
  into.traceHigh = (time << 32) | upper;
  into.traceLow = anyHex(value + 19, 16);
  return isNumber && (into.traceHigh | into.traceLow) != 0;
}

/** `?` asks whoever comes next to decide. */
function readSampled(into: TraceContext): bool {
  if (valueLength != 1) return false;
  const byte = load<u8>(value);
  into.sampling = byte == 0x31 ? Sampling.YES : byte == 0x30 ? Sampling.NO : Sampling.UNDECIDED;
  return byte == 0x31 || byte == 0x30 || byte == 0x3f;
}

/** Writes `x-amzn-trace-id`; gives the address behind it. */
export function putXray(at: usize, context: TraceContext): usize {
  let next = put(at, utf8("Root=1-"));
  next = putHex(next, context.traceHigh >> 32, 8);
  store<u8>(next++, DASH);
  next = putHex(next, context.traceHigh & 0xffffffff, 8);
  next = putHex(next, context.traceLow, 16);
  next = put(next, utf8(";Parent="));
  next = putHex(next, context.spanId, 16);
  if (context.sampling == Sampling.UNDECIDED) return next;
  next = put(next, utf8(";Sampled="));
  store<u8>(next, context.sampling == Sampling.NO ? 0x30 : 0x31);
  return next + 1;
}

function put(at: usize, text: Text): usize {
  memory.copy(at, text.start, text.length);
  return at + text.length;
}
