import { arenaTake } from "../../../assembly/memory/arena";
import { Text, utf8 } from "../../../assembly/text/text";
import { Sampling, TraceContext } from "../context";
import { hexHigh, hexLow, putByte, putHex, readHex } from "./digits";
import { fieldLength, fieldStart, nextField, putOthers, roomFor, takeName } from "./fields";
import { Header, line } from "./header";
import { ExtractResult } from "./extract-result";
import { putTraceId, takeSpanId } from "./trace-id";

const SEMICOLON: u8 = 0x3b;
const DASH: u8 = 0x2d;
const VERSION: u8 = 0x31;
/** The version and a dash, 8 digits and a dash, 24 digits. */
const ROOT_LENGTH: u32 = 35;
const TIME: usize = 2;
const UNIQUE: usize = 11;

/** Which fields were there. */
const ROOT: u32 = 1;
const PARENT: u32 = 2;
const SAMPLED: u32 = 4;

/**
 * Reads `x-amzn-trace-id`: the fields `Root`, and perhaps `Parent` and `Sampled`, in any order (AWS X-Ray, "Tracing header").
 * Others are left aside: what a load balancer says of itself in `Self`, and what applications add (Elastic Load Balancing, "Request
 * tracing"). Without `Parent` there is no span; `Sampled=?` leaves the decision open.
 */
export function readXray(start: usize, length: u32, into: TraceContext): ExtractResult {
  const end = start + length;
  let found: u32 = 0;
  for (let at = start; at < end;) {
    at = nextField(at, end, SEMICOLON);
    let field: u32 = 0;
    let valid = true;
    if (takeName(utf8("Root="))) {
      field = ROOT;
      valid = readRoot(into);
    } else if (takeName(utf8("Parent="))) {
      field = PARENT;
      valid = fieldLength == 16 && readHex(fieldStart, fieldStart + 16, true) == 16 && takeSpanId(into);
    } else if (takeName(utf8("Sampled="))) {
      field = SAMPLED;
      valid = readSampled(into);
    }
    if (!valid || (found & field) != 0) return ExtractResult.INVALID;
    found |= field;
  }
  return (found & ROOT) != 0 ? ExtractResult.FOUND : ExtractResult.INVALID;
}

function readRoot(into: TraceContext): bool {
  const start = fieldStart;
  if (fieldLength != ROOT_LENGTH || load<u8>(start) != VERSION) return false;
  if (load<u8>(start, 1) != DASH || load<u8>(start, 10) != DASH) return false;
  if (readHex(start + TIME, start + TIME + 8, true) != 8) return false;
  const time = hexLow;
  if (readHex(start + UNIQUE, start + ROOT_LENGTH, true) != 24) return false;
  into.traceHigh = (time << 32) | hexHigh;
  into.traceLow = hexLow;
  return (into.traceHigh | into.traceLow) != 0;
}

function readSampled(into: TraceContext): bool {
  if (fieldLength != 1) return false;
  const byte = load<u8>(fieldStart);
  if (byte == 0x31) into.sampling = Sampling.YES;
  else if (byte == 0x30) into.sampling = Sampling.NO;
  else return byte == 0x3f;
  return true;
}

function isOwn(): bool {
  return takeName(utf8("Root=")) || takeName(utf8("Parent=")) || takeName(utf8("Sampled=")) || takeName(utf8("Self="));
}

/** Writes the fields `Root`, `Parent` and `Sampled`; an open decision is not told. Gives the address behind them. */
export function putXray(at: usize, context: TraceContext): usize {
  let next = put(at, utf8("Root=1-"));
  // The id as one number, parted by a dash behind its first 8 digits.
  putTraceId(next + 1, context);
  putByte(putHex(next, context.traceHigh >> 32, 8), DASH);
  next += 33;
  if (context.spanId != 0) next = putHex(put(next, utf8(";Parent=")), context.spanId, 16);
  if (context.sampling == Sampling.UNDECIDED) return next;
  return putByte(put(next, utf8(";Sampled=")), context.sampling == Sampling.NO ? 0x30 : 0x31);
}

function put(at: usize, text: Text): usize {
  memory.copy(at, text.start, text.length);
  return at + text.length;
}

/** Makes the header say a context; of the same trace, where it says that already, with what applications have added to it. */
export function writeXray(header: Header, context: TraceContext, keepsOthers: bool): void {
  const others = keepsOthers ? header.value : null;
  const start = others == null ? line : arenaTake(80 + roomFor(others));
  header.set(start, putOthers(putXray(start, context), others, SEMICOLON, isOwn));
}
