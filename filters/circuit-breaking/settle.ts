import { monotonicTime } from "../../assembly/host/clock";
import { incrementMetric } from "../../assembly/host/metrics";
import { Status } from "../../assembly/host/status";
import { Call } from "./call";
import { Change } from "./change";
import { Reason } from "./reason";
import { CircuitState, ProbeResult } from "./record";
import { announce } from "./transition";

/** So often a change is tried that other workers are in the way of. The next error tries again to open the circuit. */
const TRIES: u32 = 8;
/** A probe's result that is lost would keep its place until its lease is over. */
const PROBE_TRIES: u32 = 64;

/** Opens the circuit of a call, unless its generation is over. `calls` and `share` are what the log says. */
export function tripCircuit(call: Call, reason: Reason, calls: u64, share: u64, least: u64): void {
  const now = monotonicTime();
  const circuit = call.circuit;
  const change = Change.trip(circuit, call.generation, now, least);
  const status = now == 0 ? Status.INTERNAL_FAILURE : circuit.record.change<Change>(change, TRIES);
  if (status == Status.OK) announce(circuit, change, reason, calls, share);
  else if (status == Status.BAD_ARGUMENT && change.isOfAnother(call.generation)) {
    // Whoever changed it has not told yet, or never will, as its VM has failed in between.
    incrementMetric(circuit.transitions, 1);
  } else lacks(call, status);
}

/** Tells the circuit of a probe what came of it. */
export function endProbe(call: Call, result: ProbeResult, least: u64): void {
  call.probe = false;
  call.over = true;
  const now = monotonicTime();
  const circuit = call.circuit;
  const change = Change.probeOver(circuit, call.generation, result, now, least);
  const status = now == 0 ? Status.INTERNAL_FAILURE : circuit.record.change<Change>(change, PROBE_TRIES);
  if (status == Status.OK) announce(circuit, change, reasonOf(change));
  else lacks(call, status);
}

function reasonOf(change: Change): Reason {
  return change.record.state == CircuitState.OPEN ? Reason.PROBE_FAILED : Reason.PROBES_SUCCEEDED;
}

/** A change was not written: nothing was to be changed (`BadArgument`), or the host did not do its part. */
function lacks(call: Call, status: Status): void {
  if (status != Status.BAD_ARGUMENT) incrementMetric(call.circuit.breaker.counters.errors, 1);
}
