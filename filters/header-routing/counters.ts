import { NO_METRIC, defineCounter } from "../../assembly/host/metrics";
import { laterEach } from "../../assembly/memory/agenda";
import { Region } from "../../assembly/memory/region";
import { Text, utf8 } from "../../assembly/text/text";
import { Plan, Route } from "./plan";

/** Defines the counters of a configuration that was accepted. A route without a name has none. */
export function activate(plan: Plan): void {
  plan.noMatch = defineCounter(utf8("header_routing.no_match"));
  laterEach<Route>(plan.routes.first, defineCounterOf);
}

function defineCounterOf(route: Route): void {
  const scratch = Region.open();
  route.counter = route.name.length == 0 ? NO_METRIC : defineRouteCounter(route, scratch);
  scratch.close();
}

/** `header_routing.route.<name>.matched`. */
function defineRouteCounter(route: Route, scratch: Region): u32 {
  return defineCounter(Text.joined(scratch, utf8("header_routing.route."), route.name, utf8(".matched")));
}
