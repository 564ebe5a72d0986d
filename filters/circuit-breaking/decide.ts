import { firstValue } from "../../assembly/request/request";
import { TextTable } from "../../assembly/text/text-table";
import { Value } from "../../assembly/request/value";
import { isDigit } from "../../assembly/text/ascii";
import { Text } from "../../assembly/text/text";
import { Guard } from "./guard";
import { Destination, Plan, Target } from "./plan";

/** The most digits of a port. */
const PORT_DIGITS: u32 = 5;

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
  const subsets = destination.subsets;
  if (subsets == null) return destination.whole;
  const steering = firstValue(plan.steering);
  const subset = steering != null ? subsetOf(subsets, steering, destination.beside, plan) : null;
  return subset == null ? destination.whole : subset;
}

/**
 * The subset that a value of the steering header names; null if it names none. `beside` is what the header says on the other side of the port.
 * If digits of a subset are next to the port, the longest port counts that leaves the name of a subset.
 */
function subsetOf(subsets: TextTable, value: Value, beside: Text, plan: Plan): Target | null {
  if (!plan.hasPort) return targetAt(subsets, value.start, value.length);
  if (value.length < beside.length) return null;
  const length = value.length - beside.length;
  const portLast = plan.portLast;
  const start = portLast ? value.start : value.start + beside.length;
  if (!beside.is(portLast ? start + length : value.start, beside.length)) return null;
  const most = min<u32>(length, PORT_DIGITS);
  let digits: u32 = 0;
  while (digits < most && isDigit(load<u8>(start + (portLast ? length - 1 - digits : digits)))) digits++;
  for (; digits > 0; digits--) {
    const subset = targetAt(subsets, portLast ? start : start + digits, length - digits);
    if (subset != null) return subset;
  }
  return null;
}

function targetAt(subsets: TextTable, start: usize, length: u32): Target | null {
  const known = subsets.find(start, length);
  return known != null ? changetype<Target>(<usize>known.value) : null;
}

/** The port is asked of the host only if something is said of one. */
function ofPort(target: Target, plan: Plan): Guard | null {
  const ports = target.ports;
  if (ports == null) return target.guard;
  const port = firstValue(plan.port);
  const own = port != null ? ports.find(port.start, port.length) : null;
  return own == null ? target.guard : changetype<Guard | null>(<usize>own.value);
}
