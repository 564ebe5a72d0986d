import { incrementMetric, metricValue } from "../../assembly/host/metrics";
import { Status } from "../../assembly/host/status";
import { Call } from "./call";
import { Change } from "./change";
import { Circuit } from "./circuit";
import { MILLION } from "./policy";
import { Reason } from "./reason";
import { CircuitRecord, RECORD_SIZE, reaches } from "./record";
import { Window, bucketOf } from "./window";

/** Of how many calls the rate was that `countRates` found to be reached, and what it was, of a million. */
export let rateOfCalls: u64 = 0;
export let rateOf: u64 = 0;

const TRIES: u32 = 8;

/**
 * Counts calls that ended, for the shares of the last interval. Gives which one is reached, if any: that is asked only if a call was a
 * failure or slow, as no other makes a share larger.
 */
export function countRates(call: Call, now: u64, calls: u32, failures: u32, slow: bool): Reason {
  const circuit = call.circuit;
  enterPart(call, now);
  if (calls > 0) incrementMetric(circuit.requests, calls);
  if (failures > 0) incrementMetric(circuit.failures, failures);
  if (slow) incrementMetric(circuit.slow, 1);
  return failures > 0 || slow ? reached(circuit, now) : Reason.NONE;
}

/** Whoever comes first into a part of the interval notes what the counters show. */
function enterPart(call: Call, now: u64): void {
  const circuit = call.circuit;
  const part = bucketOf(now, circuit.breaker.policy.interval);
  if (circuit.bucket >= part) return;
  const status = circuit.record.change<Change>(Change.enter(circuit, call.generation, now), TRIES);
  if (status == Status.OK || status == Status.BAD_ARGUMENT) circuit.bucket = part;
  else incrementMetric(circuit.breaker.counters.errors, 1);
}

function reached(circuit: Circuit, now: u64): Reason {
  const start = circuit.record.read();
  if (start == 0 || !circuit.owns(changetype<CircuitRecord>(start))) return Reason.NONE;
  const policy = circuit.breaker.policy;
  const window = changetype<Window>(start + RECORD_SIZE);
  const begin = window.begin(bucketOf(now, policy.interval));
  if (begin == null) return Reason.NONE;
  const calls = since(circuit.requests, begin.requests);
  if (calls < policy.minimumCalls || calls == 0) return Reason.NONE;
  if (isRate(since(circuit.failures, begin.failures), calls, policy.failureRate)) return Reason.FAILURE_RATE;
  if (isRate(since(circuit.slow, begin.slow), calls, policy.slowRate)) return Reason.SLOW_CALL_RATE;
  return Reason.NONE;
}

function isRate(some: u64, calls: u64, share: u32): bool {
  if (share == 0 || !reaches(some, calls, share)) return false;
  rateOfCalls = calls;
  rateOf = (some * MILLION) / calls;
  return true;
}

function since(counter: u32, before: u64): u64 {
  const now = metricValue(counter);
  return now > before ? now - before : 0;
}
