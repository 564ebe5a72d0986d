import {
  firstValue,
  headersAreRead,
  presumeHeader,
  readRequestHeaders,
  reopenRequest,
} from "../../assembly/request/request";
import { VirtualService } from "../../assembly/match/virtual-service";
import { utf8 } from "../../assembly/text/text";
import { Plan, Route } from "./plan";

/** Whether the path that the current request's route was found by is presumed. */
let presumed = false;

/**
 * The route of the current request, by its headers if it takes any to know it. If it takes none but that the path begins with
 * `/`, and nobody has read them yet, that is presumed: `confirms` must be asked before anything comes of it.
 */
export function routeOf(plan: Plan): Route | null {
  presumed = !plan.looksAtHeaders && !headersAreRead();
  if (presumed) presumeHeader(plan.path, utf8("/"));
  return findRoute(plan);
}

/** Whether the route that `routeOf` gave holds by the request's own headers, which it reads if that was presumed. */
export function confirms(plan: Plan, route: Route | null): bool {
  if (!presumed) return true;
  reopenRequest();
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
