/** Whether a trace is recorded, as far as its context says. */
export const enum Sampling {
  UNDECIDED = 0,
  NO = 1,
  YES = 2,
  /** Recorded in any case (B3's debug flag, Datadog's priority 2). */
  DEBUG = 3,
}

@unmanaged
export class TraceContext {
  /** The trace id's halves; 64-bit ids have no upper one. */
  traceHigh: u64;
  traceLow: u64;
  spanId: u64;
  sampling: Sampling;
  /** W3C Trace Context Level 2's random flag: the lower 7 bytes of the trace id are random. */
  random: bool;
  /** The headers that it was read from also say something malformed, which must not be passed on. */
  needsRewrite: bool;

  /** Makes all of it unknown, which must be each field; by stores, as `memory.fill` looks at the bounds of memory first. */
  clear(): void {
    this.traceHigh = 0;
    this.traceLow = 0;
    this.spanId = 0;
    this.sampling = Sampling.UNDECIDED;
    this.random = false;
    this.needsRewrite = false;
  }
}
