import { findRoute } from "../../assembly/match/find-route";
import { headersAreRead, presumeHeader, readRequestHeaders, reopenRequest } from "../../assembly/request/request";
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
  return foundRoute(plan);
}

/** Whether the route that `routeOf` gave holds by the request's own headers, which it reads if that was presumed. */
export function confirms(plan: Plan, route: Route | null): bool {
  if (!presumed) return true;
  reopenRequest();
  return readRequestHeaders() && foundRoute(plan) == route;
}

function foundRoute(plan: Plan): Route | null {
  return changetype<Route | null>(findRoute(plan.hosts, plan.authority));
}
