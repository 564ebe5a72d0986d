import { OrderedIndex } from "../../assembly/match/ordered-index";
import { VirtualHosts } from "../../assembly/match/virtual-hosts";
import { HttpRoute } from "../../assembly/match/virtual-service";
import { Chain } from "../../assembly/memory/chain";
import { Timers } from "../../assembly/plugin/timers";
import { Budget } from "./budget";
import { Counters } from "./counters";
import { Fault } from "./fault";
import { HeaderControl } from "./header-control";
import { Window } from "./window";

/** What a configuration comes to: all that a request's decision needs, in one region. */
@unmanaged
export class Plan {
  /** Leads to a `VirtualService`, whose routes are `Route`s. */
  hosts: VirtualHosts;
  /** The slots of `:authority` and `:path`. */
  authority: u32;
  path: u32;
  /** Whether it takes the headers to know which route a request meets; else they are read once a fault is drawn. */
  looksAtHeaders: bool;
  /** When any fault is injected; always where there is none. */
  window: Window | null;
  /** Matches that never meet a fault. */
  exempt: OrderedIndex;
  /** Whether the active faults of the whole proxy are limited, and to how many. */
  limited: bool;
  maxActiveFaults: u32;
  budget: Budget | null;
  control: HeaderControl | null;
  counters: Counters;
  /** In which the requests are held, as `Injection`s. */
  timers: Timers;
  /** All faults, the header control's among them. */
  faults: Chain<Fault>;
}

/** One route of a VirtualService's `http`. */
@unmanaged
export class Route extends HttpRoute {
  /** Null where the requests that meet the route are left alone. */
  fault: Fault | null;
}
