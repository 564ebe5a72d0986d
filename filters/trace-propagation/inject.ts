import { incrementMetric } from "../../assembly/host/metrics";
import { HeaderMap } from "../../assembly/host/headers";
import { dropHeader, setHeader } from "../../assembly/request/header-writes";
import { firstOfEach } from "../../assembly/request/request";
import { Value } from "../../assembly/request/value";
import { Text, utf8 } from "../../assembly/text/text";
import { Baggage } from "./lists/baggage";
import { FormatInUse } from "./formats/format-in-use";
import { TraceContext } from "./context";
import { ListState } from "./lists/list-state";
import { Plan } from "./plan";
import { Tracestate } from "./lists/tracestate";

/**
 * Writes the current request's context, `plan.context`, in the formats of `inject`: those alone whose headers do not say it already.
 * `anew` writes all of them, as the context is not the one that came.
 */
export function inject(plan: Plan, anew: bool): void {
  let written = false;
  let inUse = plan.firstToWrite;
  while (inUse != null) {
    if (anew || !tells(inUse, plan.context)) {
      inUse.format.write(plan.context);
      written = true;
    }
    inUse = inUse.nextToWrite;
  }
  if (written) incrementMetric(plan.counters.injected, 1);
  if (plan.removesForeign) removeForeign(plan.firstToRead);
}

/** Whether the format's headers say the context already. */
function tells(inUse: FormatInUse, context: TraceContext): bool {
  if (!inUse.reads) inUse.read();
  return inUse.tells(context);
}

/** The headers of formats that are read and not written. */
function removeForeign(first: FormatInUse | null): void {
  let inUse = first;
  while (inUse != null) {
    if (!inUse.writes) inUse.format.remove();
    inUse = inUse.nextToRead;
  }
}

/** Makes the request's tracestate what it goes on with, and gives that; null where it goes on without. */
export function injectTracestate(plan: Plan, tracestate: Tracestate): Value | null {
  const came = firstOfEach(plan.tracestate);
  if (tracestate.state == ListState.AS_IT_CAME) return came;
  if (tracestate.state == ListState.INVALID) incrementMetric(plan.counters.tracestateDiscarded, 1);
  const value = tracestate.state == ListState.ANEW ? tracestate.write() : null;
  writeList(utf8("tracestate"), value, came != null);
  return value;
}

/** Makes the request's baggage what goes on of it: all that is valid and within the limits, whatever trace the request is of. */
export function injectBaggage(plan: Plan): void {
  const came = firstOfEach(plan.baggage);
  if (came == null) return;
  const baggage = Baggage.read(came);
  if (baggage.state == ListState.AS_IT_CAME) return;
  if (baggage.state == ListState.INVALID) incrementMetric(plan.counters.baggageDiscarded, 1);
  writeList(utf8("baggage"), baggage.write(), true);
}

/** Writes a list's header, or takes it away where there is nothing to write and it came. */
function writeList(name: Text, value: Value | null, came: bool): void {
  if (value != null) setHeader(HeaderMap.REQUEST_HEADERS, name, value.start, value.length);
  else if (came) dropHeader(HeaderMap.REQUEST_HEADERS, name);
}
