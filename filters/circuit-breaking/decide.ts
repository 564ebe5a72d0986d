import { firstValue } from "../../assembly/request/request";
import { Value } from "../../assembly/request/value";
import { isDigit } from "../../assembly/text/ascii";
import { Guard } from "./guard";
import { Destination, Plan, Subset, Target } from "./plan";

/** What the current request belongs to; null if no circuit is for it. */
export function guardOf(plan: Plan): Guard | null {
  const authority = firstValue(plan.authority);
  if (authority == null) return null;
  const destination = changetype<Destination | null>(plan.hosts.find(authority.start, authority.length));
  if (destination == null || plan.exempt.first() != null) return null;
  const circuits = destination.circuits;
  if (circuits != null) {
    const rule = circuits.first();
    if (rule != null) return changetype<Guard>(rule.outcome);
  }
  return ofPort(targetOf(destination, plan), plan);
}

/** The subset that the request was sent to, or the whole destination. */
function targetOf(destination: Destination, plan: Plan): Target {
  let subset = destination.subsets;
  if (subset == null) return destination.whole;
  const steering = firstValue(plan.steering);
  if (steering == null) return destination.whole;
  while (subset != null) {
    if (names(subset, steering)) return subset.target;
    subset = subset.next;
  }
  return destination.whole;
}

function names(subset: Subset, value: Value): bool {
  const before = subset.before;
  const after = subset.after;
  if (!subset.hasPort) return before.is(value.start, value.length);
  const around = before.length + after.length;
  if (value.length <= around || !before.is(value.start, before.length)) return false;
  const port = value.start + before.length;
  const end = value.start + value.length - after.length;
  if (!after.is(end, after.length)) return false;
  for (let at = port; at < end; at++) if (!isDigit(load<u8>(at))) return false;
  return true;
}

/** The port is asked of the host only if something is said of one. */
function ofPort(target: Target, plan: Plan): Guard | null {
  let own = target.ports;
  if (own == null) return target.guard;
  const port = firstValue(plan.port);
  while (port != null && own != null) {
    if (own.port.is(port.start, port.length)) return own.guard;
    own = own.next;
  }
  return target.guard;
}
