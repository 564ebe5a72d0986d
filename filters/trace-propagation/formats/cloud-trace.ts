import { utf8 } from "../../../assembly/text/text";
import { Sampling, TraceContext } from "../context";
import { decimal, isNumber, putByte, putDecimal, readHex } from "./digits";
import { ExtractResult } from "./extract-result";
import { putTraceId, takeTraceId } from "./trace-id";

const SLASH: u8 = 0x2f;
const SEMICOLON: u8 = 0x3b;
const TRACE_DIGITS: u32 = 32;
/** The options are the bits of one byte, of which the lowest says "sampled". */
const MAX_OPTIONS: u64 = 255;
const SAMPLED: u64 = 1;

/**
 * Reads `x-cloud-trace-context`: 32 hexadecimal digits, perhaps `/` and the span's id in decimal, perhaps `;o=` and the options in decimal
 * (Google Cloud, "Trace context", "Legacy X-Cloud-Trace-Context header"). Id and options may be empty, as in App Engine's
 * `TraceContextHelper`; without an id there is no span, nor is there with 0.
 */
export function readCloudTrace(start: usize, length: u32, into: TraceContext): ExtractResult {
  const end = start + length;
  let at = start + TRACE_DIGITS;
  if (readHex(start, end, true) != TRACE_DIGITS || !takeTraceId(into)) return ExtractResult.INVALID;
  if (at < end && load<u8>(at) == SLASH) {
    const span = ++at;
    while (at < end && load<u8>(at) != SEMICOLON) at++;
    if (at != span) {
      into.spanId = decimal(span, <u32>(at - span));
      if (!isNumber) return ExtractResult.INVALID;
    }
  }
  return at == end || readOptions(at, <u32>(end - at), into) ? ExtractResult.FOUND : ExtractResult.INVALID;
}

function readOptions(start: usize, length: u32, into: TraceContext): bool {
  if (length < 3 || !utf8(";o=").is(start, 3)) return false;
  if (length == 3) return true;
  const options = decimal(start + 3, length - 3);
  into.sampling = (options & SAMPLED) != 0 ? Sampling.YES : Sampling.NO;
  return isNumber && options <= MAX_OPTIONS;
}

/** Writes `x-cloud-trace-context`; an open decision is not told. Gives the address behind it. */
export function putCloudTrace(at: usize, context: TraceContext): usize {
  const next = putDecimal(putByte(putTraceId(at, context), SLASH), context.spanId);
  if (context.sampling == Sampling.UNDECIDED) return next;
  memory.copy(next, utf8(";o=").start, 3);
  return putByte(next + 3, context.sampling == Sampling.NO ? 0x30 : 0x31);
}
