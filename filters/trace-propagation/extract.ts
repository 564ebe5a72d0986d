import { incrementMetric } from "../../assembly/host/metrics";
import { Sampling, TraceContext } from "./context";
import { Reading } from "./formats/reading";
import { newId } from "./ids";
import { Plan } from "./plan";

/** Whether some format of the last request that was extracted was there and malformed. */
export let foundInvalid: bool = false;

/** Whether W3C's headers were read, and told the trace of the context that was found. */
export let w3cTells: bool = false;

/**
 * Reads the current request's formats in the order of `extract`: the first that holds a context gives it. Those that come to
 * another trace are conflicts, and are counted. A sampling decision without ids is taken over where there is no context.
 *
 * Gives whether there is a context.
 */
export function extract(plan: Plan, into: TraceContext): bool {
  let found: TraceContext | null = null;
  let decision = Sampling.UNDECIDED;
  let conflicts = false;
  foundInvalid = false;
  w3cTells = false;
  let carrier = plan.firstToRead;
  while (carrier != null) {
    const reading = carrier.read();
    if (reading == Reading.INVALID) {
      foundInvalid = true;
    } else if (reading == Reading.DECISION) {
      if (decision == Sampling.UNDECIDED) decision = carrier.context.sampling;
    } else if (reading == Reading.FOUND) {
      if (found == null) found = carrier.context;
      if (!isSameTrace(found, carrier.context)) conflicts = true;
      else if (carrier.isW3c) w3cTells = true;
    }
    carrier = carrier.nextToRead;
  }
  if (conflicts) incrementMetric(plan.counters.conflicts, 1);
  if (found == null) {
    into.sampling = decision;
    return false;
  }
  memory.copy(changetype<usize>(into), changetype<usize>(found), offsetof<TraceContext>());
  if (into.spanId == 0) into.spanId = newId();
  return true;
}

/** Formats with ids of 64 bits have the lower half of the trace's alone. */
function isSameTrace(a: TraceContext, b: TraceContext): bool {
  return a.traceLow == b.traceLow && (a.traceHigh == b.traceHigh || a.traceHigh == 0 || b.traceHigh == 0);
}
