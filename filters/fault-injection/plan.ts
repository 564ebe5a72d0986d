import { OrderedIndex } from "../../assembly/match/ordered-index";
import { VirtualHosts } from "../../assembly/match/virtual-hosts";
import { HttpRoute } from "../../assembly/match/virtual-service";
import { Source } from "../../assembly/plugin/source";
import { SlotTable } from "../../assembly/request/slots";
import { Budget } from "./budget";
import { Counters } from "./counters";
import { Deadlines } from "./deadlines";
import { Fault } from "./fault";
import { HeaderControl } from "./header-control";
import { Window } from "./window";

/** What a configuration comes to: all that a request's decision needs, in one region. */
@unmanaged
export class Plan {
  slots: SlotTable;
  /** Leads to a `VirtualService`, whose routes are `Route`s. */
  hosts: VirtualHosts;
  /** The slots of `:authority` and `:path`. */
  authority: u32;
  path: u32;
  /** Whether it takes the headers to know which route a request meets; else they are read once a fault is drawn. */
  looksAtHeaders: bool;
  source: Source;
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
  /** The requests that are held, as `Injection`s. */
  held: Deadlines;
  /** What the root's timer is set for, in nanoseconds of the monotonic clock; 0 where it is off. */
  armed: u64;
}

/** One route of a VirtualService's `http`. */
@unmanaged
export class Route extends HttpRoute {
  /** Null where the requests that meet the route are left alone. */
  fault: Fault | null;
}
