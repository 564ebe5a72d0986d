import { Place } from "../../assembly/config/place";
import { MatchCompiler } from "../../assembly/match/compiler";
import { NO_KEY, OWN_KEY, readRequestKey } from "../../assembly/match/request-key";
import { Text, utf8 } from "../../assembly/text/text";
import { xxHash64 } from "../../assembly/text/xxhash64";
import { RouteCounters } from "./counters";
import { Fault } from "./fault";
import { readAbort } from "./read-abort";
import { readDelay } from "./read-delay";
import { TraceHeaders } from "./trace-headers";
import { readWindow } from "./window";

/**
 * Reads an entry's `fault` (Istio's `HTTPFaultInjection`, with `window` and `consistentBy` beside Istio's fields); null where
 * there is none. `name` is the entry's.
 */
export function readFault(place: Place, name: Text, compiler: MatchCompiler): Fault | null {
  if (!place.object()) return null;
  const region = compiler.region;
  const fault = changetype<Fault>(region.take(offsetof<Fault>()));
  fault.name = name;
  fault.seed = xxHash64(name.start, name.length, 0);
  fault.counters = RouteCounters.open(region);
  const delay = place.field(utf8("delay"));
  const abort = place.field(utf8("abort"));
  fault.delay = readDelay(delay, region);
  fault.abort = readAbort(abort, name, region);
  fault.window = readWindow(place.field(utf8("window")), region);
  readConsistentBy(place.field(utf8("consistentBy")), fault, compiler);
  place.refuse(utf8("throttle"), utf8("a Wasm filter cannot slow a body down safely: use Envoy's response_rate_limit"));
  place.noOtherFields();
  if (!delay.present && !abort.present) place.expected(utf8("delay, abort or both"));
  return fault;
}

/** `consistentBy: {header: name}`, `{cookie: name}`, `principal` or `traceId`. */
function readConsistentBy(place: Place, fault: Fault, compiler: MatchCompiler): void {
  const forms = utf8('{header: name}, {cookie: name}, "principal" or "traceId"');
  const key = readRequestKey(place, compiler, false, utf8("traceId"), forms);
  if (key == NO_KEY) return;
  if (key == OWN_KEY) {
    fault.trace = TraceHeaders.open(compiler.region, compiler.slots);
    return;
  }
  fault.key = key;
  fault.consistent = true;
}
