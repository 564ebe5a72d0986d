import { incrementMetric } from "../../assembly/host/metrics";
import { Sampling, TraceContext } from "./context";
import { ExtractResult } from "./formats/extract-result";
import { newId } from "./ids";
import { Plan } from "./plan";

/** Whether some format of the last request that was extracted was there and malformed. */
export let foundInvalid: bool = false;

/** Whether the context that was found names a trace and no span, so that its span's id was made up. */
export let spanIsNew: bool = false;

/** Whether W3C's headers were read, and told the trace of the context that was found. */
export let w3cTells: bool = false;

/**
 * Reads the current request's formats in the order of `extract`: the first that holds a context gives it. Those that come to
 * another trace are conflicts, and are counted. A sampling decision without ids is taken over where there is no context.
 *
 * Of one trace the upper half of its id is taken from whatever format has one, or W3C's headers would come to tell another trace,
 * and the random flag from W3C's, where it must stay as it is for as long as the trace's id does (W3C Trace Context Level 2,
 * "Random Trace ID Flag").
 *
 * Gives whether there is a context.
 */
export function extract(plan: Plan, into: TraceContext): bool {
  let found: TraceContext | null = null;
  let decision = Sampling.UNDECIDED;
  let conflicts = false;
  let traceHigh: u64 = 0;
  let random = false;
  foundInvalid = false;
  w3cTells = false;
  let inUse = plan.firstToRead;
  while (inUse != null) {
    const result = inUse.read();
    if (result == ExtractResult.INVALID) {
      foundInvalid = true;
    } else if (result == ExtractResult.DECISION) {
      if (decision == Sampling.UNDECIDED) decision = inUse.context.sampling;
    } else if (result == ExtractResult.FOUND) {
      const context = inUse.context;
      if (found == null) found = context;
      if (found.traceLow != context.traceLow || !areHalvesOfOne(traceHigh, context.traceHigh)) {
        conflicts = true;
      } else {
        traceHigh |= context.traceHigh;
        if (inUse.isW3c) {
          w3cTells = true;
          random = context.random;
        }
      }
    }
    inUse = inUse.nextToRead;
  }
  if (conflicts) incrementMetric(plan.counters.conflicts, 1);
  if (found == null) {
    into.sampling = decision;
    return false;
  }
  // Field by field takes fewer instructions than `memory.copy`, which looks at the bounds of memory first.
  into.traceHigh = traceHigh;
  into.traceLow = found.traceLow;
  spanIsNew = found.spanId == 0;
  into.spanId = spanIsNew ? newId() : found.spanId;
  into.sampling = found.sampling;
  into.random = random;
  into.needsRewrite = found.needsRewrite;
  return true;
}

/** Whether two upper halves can be of one trace's id, of which formats of 64 bits have the lower one alone. */
function areHalvesOfOne(a: u64, b: u64): bool {
  return a == b || a == 0 || b == 0;
}
