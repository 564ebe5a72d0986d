import { allocate } from "../../assembly/memory/heap";
import { incrementMetric } from "../../assembly/host/metrics";
import { Waiting } from "../../assembly/plugin/deadlines";
import { Stream } from "../../assembly/plugin/stream";
import { Abort, Fault } from "./fault";
import { Plan } from "./plan";

/** What befalls one stream, from when it is decided until the stream ends. Pooled. */
@unmanaged
export class Injection extends Waiting {
  plan: Plan;
  fault: Fault;
  /** What the request is aborted with, after its delay if there is one; null where it is not. */
  abort: Abort | null;
  httpStatus: u32;
  grpcStatus: u32;
  /** Whether it still counts as an active fault. */
  private active: bool;
  next: Injection | null;

  /** A record for a stream; its fault is active from now on. */
  static begin(stream: Stream<Injection>, plan: Plan, fault: Fault): Injection {
    let injection = free;
    if (injection == null) injection = changetype<Injection>(allocate(offsetof<Injection>()));
    else free = injection.next;
    memory.fill(changetype<usize>(injection), 0, offsetof<Injection>());
    injection.stream = stream.id;
    injection.owner = stream.owner;
    injection.plan = plan;
    injection.fault = fault;
    injection.active = true;
    return injection;
  }

  /**
   * Counts as an active fault no longer. Envoy does so when a delay is over that no abort follows (`fault_filter.cc:
   * postDelayInjection`), so that a stream that lives long does not count for as long as it lives.
   */
  deactivate(): void {
    if (!this.active) return;
    this.active = false;
    incrementMetric(this.plan.counters.active, -1);
  }

  /** Whether the request is held. */
  get isHeld(): bool {
    return this.place != 0;
  }
}

/** The stream is over: its fault is no longer active, and the record can be used for another stream. */
export function endInjection(injection: Injection): void {
  if (injection.isHeld) injection.plan.timers.remove(injection);
  injection.deactivate();
  injection.next = free;
  free = injection;
}

let free: Injection | null = null;
