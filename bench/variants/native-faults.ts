import { directResponse, matchHeader, type Json } from "../measure/bootstrap.ts";
import { ALWAYS, scenarioVariant, STATUS, USER, type Scenario } from "./faults.ts";
import type { Variant } from "./variant.ts";

const NAME = "envoy.filters.http.fault";
const TYPE = "type.googleapis.com/envoy.extensions.filters.http.fault.v3.HTTPFault";

/** Envoy's own fault filter in a scenario, configured on routes as istiod does. */
export function nativeFaults(scenario: Scenario): Variant {
  const routes: Json[] = [];
  if (scenario.shareOfAll === undefined) routes.push(route(100, ALWAYS));
  if (scenario.share !== undefined) routes.push(route(scenario.share, USER));
  routes.push(route(scenario.shareOfAll));
  const filters = [faultFilter()];
  const title = `native fault filter, ${scenario.title}`;
  return { name: `native-fault-${scenario.name}`, title, ...scenarioVariant(scenario), filters, routes };
}

/** The filter by itself: what it does is said by routes. */
export function faultFilter(): Json {
  return { name: NAME, typed_config: { "@type": TYPE } };
}

/** A route that aborts a share of its requests, in per cent. */
export function withFault(route: { [field: string]: Json }, share: number): Json {
  const percentage = { numerator: share * 10_000, denominator: "MILLION" };
  const fault = { "@type": TYPE, abort: { http_status: STATUS, percentage } };
  return { ...route, typed_per_filter_config: { [NAME]: fault } };
}

/** A route of those with a value of `end-user`, or of all; without a share it has no fault. */
function route(share?: number, user?: string): Json {
  const answer = directResponse(user === undefined ? matchHeader() : matchHeader("end-user", user), "reviews");
  return share === undefined ? answer : withFault(answer, share);
}
