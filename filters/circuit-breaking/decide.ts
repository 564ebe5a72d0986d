import { firstValue } from "../../assembly/request/request";
import { TextTable } from "../../assembly/text/text-table";
import { Value } from "../../assembly/request/value";
import { isDigit } from "../../assembly/text/ascii";
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

/** The subset that a value of the steering header names; null if it names none. `beside` bytes are neither of the subset nor of a port. */
function subsetOf(subsets: TextTable, value: Value, beside: u32, plan: Plan): Target | null {
  const length = value.length - beside;
  if (value.length < beside) return null;
  const portLast = plan.portLast;
  const start = portLast ? value.start : value.start + beside;
  const least: u32 = plan.hasPort ? 1 : 0;
  const most = least * min<u32>(length, PORT_DIGITS);
  let digits: u32 = 0;
  while (digits < most && isDigit(load<u8>(start + (portLast ? length - 1 - digits : digits)))) digits++;
  // The port has all digits that are there, or fewer if the subset has some next to it.
  for (let left = digits + 1; left > least; left--) {
    const port = left - 1;
    const known = subsets.find(portLast ? start : start + port, length - port);
    if (known == null) continue;
    const subset = changetype<Target>(<usize>known.value);
    if (subset.beside.is(portLast ? start + length : value.start, beside)) return subset;
  }
  return null;
}

/** The port is asked of the host only if something is said of one. */
function ofPort(target: Target, plan: Plan): Guard | null {
  const ports = target.ports;
  if (ports == null) return target.guard;
  const port = firstValue(plan.port);
  const own = port != null ? ports.find(port.start, port.length) : null;
  return own == null ? target.guard : changetype<Guard | null>(<usize>own.value);
}
