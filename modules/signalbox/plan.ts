import { TrafficDirection, trafficDirection } from "../../assembly/request/traffic-direction";
import { Plan as Authz } from "../../filters/authz/plan";
import { Plan as Circuits } from "../../filters/circuit-breaking/plan";
import { Plan as Faults } from "../../filters/fault-injection/plan";
import { Plan as Routing } from "../../filters/header-routing/plan";
import { Plan as Traces } from "../../filters/trace-propagation/plan";

export { Authz, Circuits, Faults, Routing, Traces };

/** The sections, in the order in which a request comes to them. The numbers are those by which the frame knows the filters. */
export const enum Section {
  TRACES = 0,
  AUTHZ = 1,
  ROUTING = 2,
  CIRCUITS = 3,
  FAULTS = 4,
}

/** What a configuration comes to: a plan for each section that it has. */
@unmanaged
export class Plan {
  traces: Traces | null;
  authz: Authz | null;
  routing: Routing | null;
  circuits: Circuits | null;
  faults: Faults | null;
  /** A bit for each section that acts on requests that come in, and on those that go out. Each of these has a plan. */
  inbound: u32;
  outbound: u32;

  /** Has a section act. */
  add(section: Section, inbound: bool, outbound: bool): void {
    if (inbound) this.inbound |= 1 << section;
    if (outbound) this.outbound |= 1 << section;
  }

  /**
   * The sections that act on the current request, a bit each. The listener is asked only if it makes a difference; if nobody can say
   * which way the request goes, every section acts: a listener that says nothing may be either.
   */
  acting(): u32 {
    if (this.inbound == this.outbound) return this.inbound;
    const direction = trafficDirection();
    if (direction == TrafficDirection.INBOUND) return this.inbound;
    return direction == TrafficDirection.OUTBOUND ? this.outbound : this.inbound | this.outbound;
  }
}
