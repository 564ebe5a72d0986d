import { OrderedIndex } from "../../assembly/match/ordered-index";
import { VirtualHosts } from "../../assembly/match/virtual-hosts";
import { Chain } from "../../assembly/memory/chain";
import { Text } from "../../assembly/text/text";
import { TextTable } from "../../assembly/text/text-table";
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
  /** Whether the steering header says a port as well, and whether it does so behind the subset. */
  hasPort: bool;
  portLast: bool;
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
  /**
   * Leads from what the steering header says of a subset to its `Target`: from all that it says or, if it says a port, from that side of the
   * port on which the subset is. Null if there are none.
   */
  subsets: TextTable | null;
  /** If the header says a port: what it says on the other side of it, for all subsets alike. */
  beside: Text;
}

/** A destination, or a subset of it, by the ports that its requests go to. */
@unmanaged
export class Target {
  /** Of the ports that nothing is said of; null if no circuit is for them. */
  guard: Guard | null;
  /** Leads from a port that something is said of, in decimal, to its `Guard`, or to 0 if no circuit is for it. Null if there is none. */
  ports: TextTable | null;
}
