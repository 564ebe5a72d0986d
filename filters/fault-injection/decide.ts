import { readRequestHeaders, firstValue, openRequest } from "../../assembly/request/request";
import { addHeaderValue } from "../../assembly/request/states";
import { VirtualService } from "../../assembly/match/virtual-service";
import { utf8 } from "../../assembly/text/text";
import { Plan, Route } from "./plan";

/** Starts a request's decision: nothing of it is read yet. */
export function begin(plan: Plan): void {
  openRequest(plan.slots);
  plan.source.use();
}

/**
 * The route of the current request, by its headers where it takes any to know it. Where it takes none but that the path
 * begins with `/`, that is presumed: `confirms` must be asked before anything comes of it.
 */
export function routeOf(plan: Plan): Route | null {
  if (!plan.looksAtHeaders) {
    const slash = utf8("/");
    addHeaderValue(plan.path, slash.start, slash.length);
  }
  return findRoute(plan);
}

/** Whether the route that `routeOf` gave holds by the request's own headers, which it reads if that was presumed. */
export function confirms(plan: Plan, route: Route | null): bool {
  if (plan.looksAtHeaders) return true;
  begin(plan);
  return readRequestHeaders() && findRoute(plan) == route;
}

function findRoute(plan: Plan): Route | null {
  const authority = firstValue(plan.authority);
  if (authority == null && plan.hosts.hasNames) return null;
  const found = authority == null ? plan.hosts.find(0, 0) : plan.hosts.find(authority.start, authority.length);
  const service = changetype<VirtualService | null>(found);
  if (service == null) return null;
  const rule = service.routes.first();
  return rule == null ? null : changetype<Route>(rule.outcome);
}
