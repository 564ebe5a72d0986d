import { monotonicTime } from "../../assembly/host/clock";
import { NO_METRIC, incrementMetric, recordMetric } from "../../assembly/host/metrics";
import { Status } from "../../assembly/host/status";
import { Region } from "../../assembly/memory/region";
import { SharedRecord } from "../../assembly/shared/record";
import { Text, utf8 } from "../../assembly/text/text";
import { Writer } from "../../assembly/text/writer";
import { Breaker } from "./breaker";
import { Change } from "./change";
import { Circuit, recordSize } from "./circuit";
import { CircuitMetrics } from "./counters";
import { CircuitState } from "./record";
import { NANOSECONDS_PER_MILLISECOND } from "../../assembly/text/nanoseconds";

const TRIES: u32 = 64;

/**
 * The circuit of a breaker, or of a place of its keys (counted from 1), with its metrics. `name` is the plugin's and the breaker's.
 * The record is not made.
 */
export function makeCircuit(breaker: Breaker, name: Text, place: u32): Circuit {
  const region = breaker.region;
  const policy = breaker.policy;
  const circuit = changetype<Circuit>(region.take(offsetof<Circuit>()));
  circuit.breaker = breaker;
  circuit.place = place;
  circuit.forget();
  const scratch = Region.open();
  const whole = place == 0 ? name : placeName(name, place, scratch);
  circuit.record = SharedRecord.open(utf8("circuit-breaking.1."), whole, recordSize(policy.hasRates), region);
  const metrics = CircuitMetrics.open(whole, scratch);
  circuit.transitions = metrics.counter(utf8("transitions"));
  circuit.consecutive = metrics.gauge(utf8("consecutive_errors"));
  circuit.stateGauge = metrics.gauge(utf8("state"));
  circuit.gateway = policy.consecutiveGateway == 0 ? NO_METRIC : metrics.gauge(utf8("consecutive_gateway_errors"));
  circuit.local = policy.split ? metrics.gauge(utf8("consecutive_local_origin_failures")) : NO_METRIC;
  circuit.requests = policy.hasRates ? metrics.counter(utf8("requests")) : NO_METRIC;
  circuit.failures = policy.hasRates ? metrics.counter(utf8("failures")) : NO_METRIC;
  circuit.slow = policy.slowRate != 0 ? metrics.counter(utf8("slow_calls")) : NO_METRIC;
  circuit.idleSince = place == 0 ? NO_METRIC : metrics.gauge(utf8("idle_since"));
  metrics.close();
  scratch.close();
  return circuit;
}

/** Stands for circuits that nothing is kept of: it is closed, and has no errors. */
export function vacantCircuit(breaker: Breaker): Circuit {
  const circuit = changetype<Circuit>(breaker.region.take(offsetof<Circuit>()));
  circuit.breaker = breaker;
  circuit.transitions = NO_METRIC;
  circuit.consecutive = NO_METRIC;
  circuit.gateway = NO_METRIC;
  circuit.local = NO_METRIC;
  circuit.requests = NO_METRIC;
  circuit.failures = NO_METRIC;
  circuit.slow = NO_METRIC;
  circuit.stateGauge = NO_METRIC;
  circuit.idleSince = NO_METRIC;
  return circuit;
}

/**
 * Makes the record of a circuit, closed, if there is none; closes one that was made by another policy, unless the configuration was
 * `replaced`: then that is a newer one's. To be called when a configuration was accepted. Envoy configures a plugin on its main thread
 * before any worker has it, so no worker's change is lost.
 */
export function shareCircuit(circuit: Circuit, replaced: bool): bool {
  const start = circuit.record.read();
  return (start != 0 && (replaced || circuit.ownsBytes(start))) || resetCircuit(circuit);
}

/** Closes a circuit for good: it is one of another policy or key now. False if the host does not let that come about. */
export function resetCircuit(circuit: Circuit): bool {
  const now = monotonicTime();
  let status = circuit.record.change<Change>(Change.reset(circuit, now), TRIES);
  if (status == Status.NOT_FOUND) {
    status = circuit.record.overwrite(Change.fresh(circuit, now).start) ? Status.OK : Status.INTERNAL_FAILURE;
  }
  if (status != Status.OK) return false;
  circuit.clearErrors();
  recordMetric(circuit.stateGauge, CircuitState.CLOSED);
  recordMetric(circuit.idleSince, now / NANOSECONDS_PER_MILLISECOND);
  incrementMetric(circuit.transitions, 1);
  return true;
}

function placeName(name: Text, place: u32, scratch: Region): Text {
  const writer = Writer.open();
  writer.text(name);
  writer.text(utf8(".key."));
  writer.integer(place);
  return writer.finish(scratch);
}
