import { incrementMetric, metricValue, recordMetric } from "../../assembly/host/metrics";
import { SharedRecord } from "../../assembly/shared/record";
import { Breaker } from "./breaker";
import { CircuitRecord, CircuitState, RECORD_SIZE } from "./record";
import { WINDOW_SIZE } from "./window";

/**
 * One circuit, as this worker sees it: the words that all workers of the process share, and a copy of the record, which is read again
 * when `transitions` says that somebody has changed it.
 */
@unmanaged
export class Circuit {
  breaker: Breaker;
  record: SharedRecord;
  /** A counter that rises after each change of the record that others must hear of. */
  transitions: u32;
  /** Gauges: errors in a row, those of a gateway among them, and with split those of this proxy's own. */
  consecutive: u32;
  gateway: u32;
  local: u32;
  /** Counters of the calls that the rates are of. */
  requests: u32;
  failures: u32;
  slow: u32;
  /** A gauge: the `CircuitState`. */
  stateGauge: u32;
  /** A gauge, of the circuit of a key alone: since when nothing was counted, or until when it is open, in milliseconds. */
  idleSince: u32;
  /** The number of the key's place, counted from 1; 0 if the circuit is not that of a key. */
  place: u32;
  /** What `transitions` showed when the record was read last; the highest number if it never was. */
  private seen: u64;
  /** Of which generation the record was then. */
  private heardOf: u32;
  /** The copy. Generation 0 is of a record that cannot be read, or that is not for this configuration any more: nothing counts. */
  state: CircuitState;
  generation: u32;
  until: u64;
  /** How many openings count as one after the other; 0 if it was never open. */
  openings: u32;
  /** Whether a request that comes before `until` is refused. */
  refuses: bool;
  /** The latest part of the interval that this worker knows to be noted (`window.ts`). */
  bucket: u64;

  /** Nothing is known of it yet. */
  forget(): void {
    this.seen = u64.MAX_VALUE;
  }

  /** Makes the copy what the record is, if the record may have changed. */
  refresh(): void {
    const transitions = metricValue(this.transitions);
    if (transitions == this.seen) return;
    const start = this.record.read();
    this.learn(start);
    this.heardOf = this.generation;
    // What could not be read is read again at the next asking.
    if (start != 0) this.seen = transitions;
  }

  /** Makes the copy what the bytes at `start` are; 0 if there are none. */
  learn(start: usize): void {
    const record = changetype<CircuitRecord>(start);
    const known = start != 0 && this.owns(record);
    this.state = known ? <CircuitState>record.state : CircuitState.CLOSED;
    this.generation = known ? record.generation : 0;
    this.until = known ? record.until : 0;
    this.openings = known ? record.openings : 0;
    this.refuses = known && record.refuses(this.breaker.policy);
  }

  /** The same for bytes that were read. */
  ownsBytes(start: usize): bool {
    return this.owns(changetype<CircuitRecord>(start));
  }

  /** Whether a record is one that this configuration may change. */
  owns(record: CircuitRecord): bool {
    return record.hash == this.breaker.hash;
  }

  /**
   * Whether calls of a generation count now: the circuit is closed, and all workers have been told so. Until then the gauges may still
   * be set to 0 by the worker that closed it. If they have not been told while a whole call took place, that worker's VM has failed
   * before it could: then this one tells them, and calls count from the next on.
   */
  counts(generation: u32): bool {
    this.refresh();
    if (this.state != CircuitState.CLOSED || generation == 0 || this.generation != generation) return false;
    if (this.heardOf == generation) return true;
    incrementMetric(this.transitions, 1);
    return false;
  }

  /** There are no errors in a row any more. */
  clearErrors(): void {
    recordMetric(this.consecutive, 0);
    recordMetric(this.gateway, 0);
    recordMetric(this.local, 0);
  }
}

/** The bytes of the record of such a circuit. */
export function recordSize(hasRates: bool): u32 {
  return hasRates ? RECORD_SIZE + WINDOW_SIZE : RECORD_SIZE;
}
