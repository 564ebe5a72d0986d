import { incrementMetric, recordMetric } from "../../assembly/host/metrics";
import { Change } from "./change";
import { Circuit } from "./circuit";
import { logTransition } from "./log";
import { Reason } from "./reason";
import { CircuitState } from "./record";
import { NANOSECONDS_PER_MILLISECOND } from "../../assembly/text/nanoseconds";

/** Makes known a change that was written: to this worker at once, and if need be to the others, in metrics and in the log. */
export function announce(circuit: Circuit, change: Change, reason: Reason, calls: u64 = 0, share: u64 = 0): void {
  circuit.learn(change.start);
  if (change.changesState) enter(circuit, change, reason, calls, share);
  if (change.mustBeHeard) incrementMetric(circuit.transitions, 1);
}

/** What counts errors must be 0 before others hear that the circuit has closed. */
function enter(circuit: Circuit, change: Change, reason: Reason, calls: u64, share: u64): void {
  const breaker = circuit.breaker;
  const counters = breaker.counters;
  const state = change.record.state;
  if (state == CircuitState.OPEN) {
    incrementMetric(counters.opened, 1);
    incrementMetric(breaker.opened, 1);
    recordMetric(circuit.idleSince, change.record.until / NANOSECONDS_PER_MILLISECOND);
  } else {
    incrementMetric(state == CircuitState.CLOSED ? counters.closed : counters.halfOpened, 1);
  }
  if (state != CircuitState.HALF_OPEN) circuit.clearErrors();
  // By the difference: whichever of two changes comes to this first, the gauge is the state when both have.
  incrementMetric(circuit.stateGauge, <i64>state - <i64>change.from);
  logTransition(circuit, change, reason, calls, share);
}
