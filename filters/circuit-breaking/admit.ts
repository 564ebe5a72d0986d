import { monotonicTime } from "../../assembly/host/clock";
import { incrementMetric } from "../../assembly/host/metrics";
import { Status } from "../../assembly/host/status";
import { Change } from "./change";
import { Circuit } from "./circuit";
import { Reason } from "./reason";
import { Admission, CircuitState } from "./record";
import { announce } from "./transition";

/** So often a change is tried that other workers are in the way of; a request is then refused. */
const TRIES: u32 = 8;

/**
 * What becomes of a request that comes. Closed, it costs the reading of one metric. What the host does not let be known lets the request
 * pass.
 */
export function admit(circuit: Circuit): Admission {
  circuit.refresh();
  if (circuit.state == CircuitState.CLOSED) return Admission.PASSED;
  const now = monotonicTime();
  if (now == 0) return withoutHost(circuit);
  if (circuit.refuses && now < circuit.until) return Admission.REFUSED;
  const change = Change.admit(circuit, now);
  const status = circuit.record.change<Change>(change, TRIES);
  if (status == Status.CAS_MISMATCH) return Admission.REFUSED;
  if (status == Status.OK) {
    announce(circuit, change, reasonOf(change));
    if (change.admission == Admission.PROBE) incrementMetric(circuit.breaker.counters.probes, 1);
    return change.admission;
  }
  if (status != Status.BAD_ARGUMENT) return withoutHost(circuit);
  circuit.learn(change.start);
  return change.admission;
}

function withoutHost(circuit: Circuit): Admission {
  incrementMetric(circuit.breaker.counters.errors, 1);
  return Admission.UNCOUNTED;
}

function reasonOf(change: Change): Reason {
  return change.from == CircuitState.HALF_OPEN ? Reason.PROBES_LOST : Reason.WAITED;
}
