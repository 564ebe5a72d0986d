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
  const filters = [{ name: NAME, typed_config: { "@type": TYPE } }];
  const title = `native fault filter, ${scenario.title}`;
  return { name: `native-fault-${scenario.name}`, title, ...scenarioVariant(scenario), filters, routes };
}

/** A route of those with a value of `end-user`, or of all; without a share it has no fault. */
function route(share?: number, user?: string): Json {
  const answer = directResponse(user === undefined ? matchHeader() : matchHeader("end-user", user), "reviews");
  if (share === undefined) return answer;
  const percentage = { numerator: share * 10_000, denominator: "MILLION" };
  const fault = { "@type": TYPE, abort: { http_status: STATUS, percentage } };
  return { ...(answer as { [field: string]: Json }), typed_per_filter_config: { [NAME]: fault } };
}
