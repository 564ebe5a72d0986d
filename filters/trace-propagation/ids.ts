import { randomBits } from "../../assembly/host/random";
import { TraceContext } from "./context";

/** Makes it a trace's first context: random ids, of which W3C Trace Context Level 2 §3.2.3.3 and §3.2.2.5 forbid all zeroes. */
export function beginTrace(context: TraceContext): void {
  context.traceHigh = randomBits();
  context.traceLow = newId();
  context.spanId = newId();
  context.random = true;
}

/** The id of a span, or the lower half of a trace's: any 64 bits but zeroes. */
export function newId(): u64 {
  let id: u64;
  do id = randomBits();
  while (id == 0);
  return id;
}
