import { VirtualHosts } from "../../assembly/match/virtual-hosts";
import { HttpRoute } from "../../assembly/match/virtual-service";
import { Chain } from "../../assembly/memory/chain";
import { Text } from "../../assembly/text/text";
import { HeaderOperations } from "./header-operations";

/** What a configuration comes to: all that a request's decision needs, in one region. */
@unmanaged
export class Plan {
  /** Leads to a `VirtualService`. */
  hosts: VirtualHosts;
  /** The slots of `:authority` and of the steering header. */
  authority: u32;
  steering: u32;
  /** The header that steers, in lower case. */
  steeringHeader: Text;
  /** Whether that is `:authority`, which stays as it came where nothing is decided. */
  steersAuthority: bool;
  /** Whether the route's name becomes filter state. */
  expose: bool;
  /** The counter for requests that no route matches. */
  noMatch: u32;
  /** All routes. */
  routes: Chain<Route>;
}

/** One route of a VirtualService's `http`. */
@unmanaged
export class Route extends HttpRoute {
  counter: u32;
  destinations: Destination | null;
  totalWeight: u32;
  /** The fact whose value a request's destination sticks to, where `sticky`. */
  hashSlot: u32;
  sticky: bool;
  /** The next route of the plan. */
  next: Route | null;
}

/** One destination of a route, in the order in which they stand; those of weight 0 are left out. */
@unmanaged
export class Destination {
  /** What the steering header becomes; null where the destination lacks a part that the template names. */
  steering: Text | null;
  weight: u32;
  /** `host|subset|port`. */
  identity: Text;
  /** What makes this destination's hash another than the next one's. */
  seed: u64;
  request: HeaderOperations | null;
  response: HeaderOperations | null;
  next: Destination | null;
}
