import { OrderedIndex } from "../../assembly/match/ordered-index";
import { VirtualHosts } from "../../assembly/match/virtual-hosts";
import { Chain } from "../../assembly/memory/chain";
import { Text } from "../../assembly/text/text";
import { Counters } from "./counters";
import { Guard } from "./guard";
import { Sharing } from "./sharing";

/** What a configuration comes to: all that a request's decision needs, in one region. */
@unmanaged
export class Plan {
  /** Leads to a `Destination`. */
  hosts: VirtualHosts;
  /** The slots of `:authority`, `content-type`, the steering header and the listener's port. */
  authority: u32;
  contentType: u32;
  steering: u32;
  port: u32;
  /** Matches that no circuit is for. */
  exempt: OrderedIndex;
  /** Whether filter state says which circuit a request belongs to. */
  expose: bool;
  counters: Counters;
  /** All guards. */
  guards: Chain<Guard>;
  sharing: Sharing;
}

/** What a DestinationRule says of the requests to its host. */
@unmanaged
export class Destination {
  /** The rules' outcomes are `Guard`s: what `circuits` says goes before all else. Null if there are none. */
  circuits: OrderedIndex | null;
  whole: Target;
  /** Go on with `next`. */
  subsets: Subset | null;
}

/** A destination, or a subset of it, by the ports that its requests go to. */
@unmanaged
export class Target {
  /** Of the ports that nothing is said of; null if no circuit is for them. */
  guard: Guard | null;
  ports: PortGuard | null;

  /** Whether something is said of a port. */
  has(port: Text): bool {
    let own = this.ports;
    while (own != null && !own.port.equals(port)) own = own.next;
    return own != null;
  }
}

@unmanaged
export class PortGuard {
  /** In decimal. */
  port: Text;
  guard: Guard | null;
  next: PortGuard | null;
}

@unmanaged
export class Subset {
  /** What the steering header says of it, where a port may stand between the two parts; else all of it is in the first. */
  before: Text;
  after: Text;
  hasPort: bool;
  target: Target;
  next: Subset | null;
}
