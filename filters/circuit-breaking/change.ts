import { writeInstead } from "../../assembly/shared/record";
import { arenaTake } from "../../assembly/memory/arena";
import { metricValue } from "../../assembly/host/metrics";
import { randomBits } from "../../assembly/host/random";
import { Circuit, recordSize } from "./circuit";
import { Admission, CircuitRecord, CircuitState, ProbeResult, RECORD_SIZE } from "./record";
import { Window, bucketOf } from "./window";

const enum Kind {
  ADMIT,
  TRIP,
  PROBE_OVER,
  ENTER,
  RESET,
}

/** A change of a circuit's record, for `SharedRecord.change`: `apply` may be called several times, each time with what is there then. */
@unmanaged
export class Change {
  private kind: Kind;
  private circuit: Circuit;
  /** In which generation the call began that it comes from. */
  private generation: u32;
  private result: ProbeResult;
  private now: u64;
  private least: u64;
  private jitter: u64;
  /** Where the record lies that `apply` was called with last, changed; 0 if it never was. */
  start: usize;
  /** What becomes of a request. */
  admission: Admission;
  /** What the record was before. */
  from: CircuitState;
  private generationBefore: u32;
  private refusedBefore: bool;

  /** A request comes. */
  static admit(circuit: Circuit, now: u64): Change {
    return Change.of(Kind.ADMIT, circuit, 0, now);
  }

  /** Errors or shares of that generation are enough to open the circuit, for `least` nanoseconds if its policy does not cap that. */
  static trip(circuit: Circuit, generation: u32, now: u64, least: u64): Change {
    const change = Change.of(Kind.TRIP, circuit, generation, now);
    change.least = least;
    return change;
  }

  /** A probe of that generation is over. */
  static probeOver(circuit: Circuit, generation: u32, result: ProbeResult, now: u64, least: u64): Change {
    const change = Change.of(Kind.PROBE_OVER, circuit, generation, now);
    change.result = result;
    change.least = least;
    return change;
  }

  /** A call of that generation is the first to end in a part of the interval. */
  static enter(circuit: Circuit, generation: u32, now: u64): Change {
    return Change.of(Kind.ENTER, circuit, generation, now);
  }

  /** The circuit is one of another policy or key now. */
  static reset(circuit: Circuit, now: u64): Change {
    return Change.of(Kind.RESET, circuit, 0, now);
  }

  private static of(kind: Kind, circuit: Circuit, generation: u32, now: u64): Change {
    const change = changetype<Change>(memoryOfChange);
    change.kind = kind;
    change.circuit = circuit;
    change.generation = generation;
    change.now = now;
    change.least = 0;
    change.start = 0;
    change.admission = Admission.PASSED;
    const most = circuit.breaker.policy.jitter;
    change.jitter = most == 0 ? 0 : randomBits() % (most + 1);
    return change;
  }

  get record(): CircuitRecord {
    return changetype<CircuitRecord>(this.start);
  }

  /** Whether the state is another one than before. */
  get changesState(): bool {
    return this.record.generation != this.generationBefore;
  }

  /** Whether other workers must hear of it: what they do with a request is another thing than before. */
  get mustBeHeard(): bool {
    return this.changesState || this.record.refuses(this.circuit.breaker.policy) != this.refusedBefore;
  }

  /** Whether the record that was found is this configuration's, and of another generation than that. */
  isOfAnother(generation: u32): bool {
    return this.start != 0 && this.circuit.owns(this.record) && this.record.generation != generation;
  }

  /** Gives whether there is anything to write. */
  apply(start: usize, length: u32): bool {
    this.start = start;
    const circuit = this.circuit;
    if (length != recordSize(circuit.breaker.policy.hasRates)) {
      this.start = 0;
      if (this.kind != Kind.RESET) return false;
      this.makeAnew();
      return true;
    }
    const record = this.record;
    this.from = <CircuitState>record.state;
    this.generationBefore = record.generation;
    this.refusedBefore = record.refuses(circuit.breaker.policy);
    if (this.kind == Kind.RESET) {
      record.reset(circuit.breaker.hash, this.now);
      this.restartWindow();
      return true;
    }
    return circuit.owns(record) && this.changeOwn(record);
  }

  private changeOwn(record: CircuitRecord): bool {
    const policy = this.circuit.breaker.policy;
    if (this.kind == Kind.ADMIT) {
      const started = record.started;
      this.admission = record.admit(policy, this.now, this.jitter);
      if (record.generation == this.generationBefore && record.started == started) return false;
    } else {
      if (record.generation != this.generation) return false;
      if (this.kind == Kind.PROBE_OVER) {
        if (record.state != CircuitState.HALF_OPEN || record.inFlight == 0) return false;
        record.probeOver(policy, this.result, this.now, this.jitter, this.least);
      } else {
        if (record.state != CircuitState.CLOSED) return false;
        if (this.kind == Kind.ENTER) return this.enterPart();
        record.trip(policy, this.now, this.jitter, this.least);
      }
    }
    if (record.state == CircuitState.CLOSED) this.restartWindow();
    return true;
  }

  private get window(): Window {
    return changetype<Window>(this.start + RECORD_SIZE);
  }

  private get part(): u64 {
    return bucketOf(this.now, this.circuit.breaker.policy.interval);
  }

  private enterPart(): bool {
    const circuit = this.circuit;
    if (this.window.knows(this.part)) return false;
    this.window.enter(
      this.part,
      metricValue(circuit.requests),
      metricValue(circuit.failures),
      metricValue(circuit.slow),
    );
    return true;
  }

  private restartWindow(): void {
    const circuit = this.circuit;
    if (!circuit.breaker.policy.hasRates) return;
    this.window.restart(
      this.part,
      metricValue(circuit.requests),
      metricValue(circuit.failures),
      metricValue(circuit.slow),
    );
  }

  /** Another image left something else there, or nobody anything. */
  private makeAnew(): void {
    const size = recordSize(this.circuit.breaker.policy.hasRates);
    this.start = arenaTake(size);
    memory.fill(this.start, 0, size);
    this.from = CircuitState.CLOSED;
    this.generationBefore = 0;
    this.refusedBefore = false;
    this.record.reset(this.circuit.breaker.hash, this.now);
    this.restartWindow();
    writeInstead(this.start, size);
  }

  /** The record of a circuit that nobody has made yet, for `SharedRecord.overwrite`. */
  static fresh(circuit: Circuit, now: u64): Change {
    const change = Change.reset(circuit, now);
    change.makeAnew();
    return change;
  }
}

const memoryOfChange: usize = memory.data(128, 8);
