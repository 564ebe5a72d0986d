import { Value } from "../../../assembly/request/value";
import { Attributes } from "./attribute";

/** OpenTelemetry's numbers of a span's kinds (`trace.proto: SpanKind`). */
export const enum SpanKind {
  SERVER = 2,
  CLIENT = 3,
}

/** Bits of `Span.flags` above W3C's: whether the parent is of another process is known; and that it is. */
export const PARENT_IS_KNOWN: u32 = 0x100;
export const PARENT_IS_REMOTE: u32 = 0x200;

/** A span that is over, as it is encoded. */
@unmanaged
export class Span {
  traceHigh: u64;
  traceLow: u64;
  id: u64;
  /** 0 for a root. */
  parent: u64;
  kind: SpanKind;
  /** W3C's flags as they were sent on, and those above. */
  flags: u32;
  /** In nanoseconds since 1970. */
  start: u64;
  end: u64;
  /** The bytes of its name. */
  name: usize;
  nameLength: u32;
  /** What was sent on in `tracestate`. */
  tracestate: usize;
  tracestateLength: u32;
  attributes: Attributes;
  /** `error.type` of a span that is an error; null for others. */
  error: Value | null;
}
