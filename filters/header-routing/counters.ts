import { MetricType, NO_METRIC, defineMetric } from "../../assembly/host/metrics";
import { Region } from "../../assembly/memory/region";
import { Text, utf8 } from "../../assembly/text/text";
import { Writer } from "../../assembly/text/writer";
import { Plan, Route } from "./plan";

/** Defines the counters of a configuration that was accepted. A route without a name has none. */
export function activate(plan: Plan): void {
  plan.noMatch = defineMetric(MetricType.COUNTER, utf8("header_routing.no_match"));
  const scratch = Region.open();
  let route = plan.firstRoute;
  while (route != null) {
    route.counter = route.name.length == 0 ? NO_METRIC : defineRouteCounter(route, scratch);
    route = route.nextRoute;
  }
  scratch.close();
}

/** `header_routing.route.<name>.matched`. */
function defineRouteCounter(route: Route, scratch: Region): u32 {
  const writer = Writer.open();
  writer.text(utf8("header_routing.route."));
  writer.text(route.name);
  writer.text(utf8(".matched"));
  const name = Text.copy(scratch, writer.start, writer.length);
  writer.close();
  return defineMetric(MetricType.COUNTER, name);
}
