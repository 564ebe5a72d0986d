import { findRoute } from "../../assembly/match/find-route";
import { Plan, Route } from "./plan";

/** The route of the current request; null where no VirtualService names its host or none of its routes matches. */
export function routeOf(plan: Plan): Route | null {
  return changetype<Route | null>(findRoute(plan.hosts, plan.authority));
}
