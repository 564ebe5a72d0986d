import { Choice } from "../../assembly/config/choice";
import { Place } from "../../assembly/config/place";
import { MatchCompiler } from "../../assembly/match/compiler";
import { headerName } from "../../assembly/match/http-match-request";
import { Fact } from "../../assembly/request/slots";
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
  if (!place.present) return;
  const node = place.node;
  if (node != null && node.text != null) {
    const choice = Choice.at(place).or(utf8("principal"), 1).or(utf8("traceId"), 2).value(0);
    if (choice == 1) return follow(fault, compiler, Fact.PRINCIPAL, utf8(""));
    if (choice == 2) fault.trace = TraceHeaders.open(compiler.region, compiler.slots);
    return;
  }
  if (!place.object()) return;
  const header = place.field(utf8("header"));
  const cookie = place.field(utf8("cookie"));
  place.noOtherFields();
  if (header.present == cookie.present) {
    return place.expected(utf8('{header: name}, {cookie: name}, "principal" or "traceId"'));
  }
  const written = header.present ? header.nonEmptyString() : cookie.nonEmptyString();
  if (written == null) return;
  if (cookie.present) return follow(fault, compiler, Fact.COOKIE, written);
  const name = headerName(header, written, compiler.region);
  if (name != null) follow(fault, compiler, Fact.HEADER, name);
}

function follow(fault: Fault, compiler: MatchCompiler, fact: Fact, name: Text): void {
  fault.key = compiler.slots.slot(fact, name);
  fault.consistent = true;
}
