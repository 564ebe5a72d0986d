import { TraceContext } from "../context";
import { hexHigh, hexLow, putHex } from "./digits";

/** Takes the digits that were read last as a trace's id, which is not all zeroes; whether they are one. */
export function takeTraceId(into: TraceContext): bool {
  into.traceHigh = hexHigh;
  into.traceLow = hexLow;
  return (hexHigh | hexLow) != 0;
}

/** Takes the digits that were read last as a span's id, which is not 0; whether they are one. */
export function takeSpanId(into: TraceContext): bool {
  into.spanId = hexLow;
  return hexLow != 0;
}

/** Writes a trace's id as 32 digits; gives the address behind it. */
export function putTraceId(at: usize, context: TraceContext): usize {
  return putHex(putHex(at, context.traceHigh, 16), context.traceLow, 16);
}

/** Writes a trace's id as 32 digits, or as 16 where it has no upper half; gives the address behind it. */
export function putShortTraceId(at: usize, context: TraceContext): usize {
  return context.traceHigh == 0 ? putHex(at, context.traceLow, 16) : putTraceId(at, context);
}
