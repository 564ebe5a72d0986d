import { openRequest, firstValue, isPresent } from "../../assembly/request/request";
import { useIdentity } from "../../assembly/request/principal";
import { Plan, Route, VirtualService } from "./plan";

/** Starts a request's decision: nothing of it is read yet. */
export function begin(plan: Plan): void {
  openRequest(plan.slots);
  useIdentity(plan.direction, plan.ownPrincipal);
}

/**
 * The route of the current request; null where no VirtualService names its host or none of its routes matches.
 *
 * A request without `:path` (CONNECT) meets no route, as in Envoy (`RouteEntryImplBase::matchRoute`).
 */
export function routeOf(plan: Plan): Route | null {
  const authority = firstValue(plan.authority);
  if (authority == null || !isPresent(plan.path)) return null;
  const service = changetype<VirtualService | null>(plan.hosts.find(authority.start, authority.length));
  if (service == null) return null;
  const rule = service.routes.first();
  return rule == null ? null : changetype<Route>(rule.outcome);
}
