import { Timers } from "../../assembly/plugin/timers";
import { Waiting } from "../../assembly/plugin/deadlines";

/** What sends requests of the filter's own, of one configuration on one worker: it waits at the root's timer, and gets the answers. */
@unmanaged
export class Errand extends Waiting {
  /** Whether it is a `JaegerRemote`, which asks for strategies; else it is an `Exporter`, which sends spans. */
  asks: bool;
  /** Whose it is. */
  root: u32;
  timers: Timers;
}
