import { VirtualService } from "../../assembly/match/virtual-service";
import { firstValue } from "../../assembly/request/request";
import { Plan, Route } from "./plan";

/**
 * The route of the current request; null where no VirtualService names its host or none of its routes matches.
 */
export function routeOf(plan: Plan): Route | null {
  const authority = firstValue(plan.authority);
  if (authority == null) return null;
  const service = changetype<VirtualService | null>(plan.hosts.find(authority.start, authority.length));
  if (service == null) return null;
  const rule = service.routes.first();
  return rule == null ? null : changetype<Route>(rule.outcome);
}
