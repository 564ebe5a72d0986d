import { monotonicTime } from "../../assembly/host/clock";
import { incrementMetric, metricValue, recordMetric } from "../../assembly/host/metrics";
import { isTimed } from "./answer";
import { Call } from "./call";
import { Cause, attempts, causeOfAnswer, wasConnected } from "./cause";
import { Circuit } from "./circuit";
import { NOWHERE } from "./directory";
import { countRates, rateOf, rateOfCalls } from "./rates";
import { Reason } from "./reason";
import { tripCircuit } from "./settle";
import { Verdict, isFailure } from "./verdict";
import { NANOSECONDS_PER_MILLISECOND } from "../../assembly/text/nanoseconds";

/** No request is sent more often than that, whatever the host says. */
const MAX_ATTEMPTS: u64 = 64;

/**
 * Counts the result of a call that began while its circuit was closed, and opens the circuit if that is one too many. `slow` says that it
 * took too long, `least` for how many nanoseconds the destination asks to be left alone.
 */
export function judgeCall(call: Call, verdict: Verdict, slow: bool, least: u64): void {
  if (isFailure(verdict)) fail(call, verdict, slow, least);
  else if (verdict == Verdict.SUCCESS) succeed(call, slow);
  else if (slow && call.circuit.counts(call.generation)) countCalls(call, 1, 0, true, 0);
}

/** Whether the destination has answered: a success may be a reply of anybody's (`cause.ts`). It costs a host call where Envoy does not time it. */
export function isFromUpstream(): bool {
  return isTimed || causeOfAnswer() == Cause.UPSTREAM;
}

/** A success that finds no errors costs the reading of one metric. */
function succeed(call: Call, slow: bool): void {
  const policy = call.circuit.breaker.policy;
  const earlier = policy.eachAttempt ? earlierAttempts() : 0;
  if (earlier > 0 && !claim(call)) return;
  const circuit = call.circuit;
  let clean = metricValue(circuit.consecutive) == 0;
  if (clean && policy.split) clean = metricValue(circuit.local) == 0;
  if (clean && earlier == 0 && !policy.hasRates) return;
  if (!isFromUpstream() || !circuit.counts(call.generation)) return;
  if (earlier > 0 && countErrors(call, Verdict.GATEWAY_ERROR, earlier, 0)) return;
  if (!clean || earlier > 0) circuit.clearErrors();
  countCalls(call, earlier + 1, earlier, slow, 0);
}

function fail(call: Call, verdict: Verdict, slow: bool, least: u64): void {
  if (!claim(call)) return;
  const circuit = call.circuit;
  if (!circuit.counts(call.generation)) return;
  if (circuit.place != 0) recordMetric(circuit.idleSince, monotonicTime() / NANOSECONDS_PER_MILLISECOND);
  const times = 1 + (circuit.breaker.policy.eachAttempt ? earlierAttempts() : 0);
  if (!countErrors(call, verdict, times, least)) countCalls(call, times, times, slow, least);
}

/**
 * Gives the key of a call that failed a circuit, if it has none; false if there is none left. The call began before that, so it counts
 * only if the circuit has not been open since.
 */
function claim(call: Call): bool {
  const keys = call.keys;
  if (keys == null) return true;
  const known = keys.find(call.key);
  const place = known == NOWHERE ? keys.assign(call.key) : known;
  if (place == NOWHERE) return false;
  const circuit = keys.at(place);
  circuit.refresh();
  if (circuit.openings != 0) return false;
  call.keys = null;
  call.circuit = circuit;
  call.generation = circuit.generation;
  return true;
}

/** What the attempts before the last one met is not known: that there was another means that it failed. */
function earlierAttempts(): u32 {
  const all = attempts();
  return all == 0 ? 0 : <u32>min(all - 1, MAX_ATTEMPTS);
}

/** Counts so many errors in a row; true if that opened the circuit. */
function countErrors(call: Call, verdict: Verdict, times: u32, least: u64): bool {
  const circuit = call.circuit;
  for (let i: u32 = 0; i < times; i++) {
    const reason = countError(circuit, verdict);
    if (reason == Reason.NONE) continue;
    tripCircuit(call, reason, errorsInARow(circuit, reason), 0, least);
    return true;
  }
  return false;
}

/** Counts an error as Envoy does (`outlier_detection_impl.cc`); `>=` and not `==`, so that errors that come at once open it too. */
function countError(circuit: Circuit, verdict: Verdict): Reason {
  const policy = circuit.breaker.policy;
  if (policy.split && verdict == Verdict.LOCAL_ERROR) {
    // Natively each connection that comes about begins the count anew, whatever comes of the request.
    if (wasConnected()) recordMetric(circuit.local, 0);
    incrementMetric(circuit.local, 1);
    return isReached(circuit.local, policy.consecutiveLocal) ? Reason.CONSECUTIVE_LOCAL : Reason.NONE;
  }
  if (policy.split) recordMetric(circuit.local, 0);
  if (verdict == Verdict.ERROR) recordMetric(circuit.gateway, 0);
  else incrementMetric(circuit.gateway, 1);
  incrementMetric(circuit.consecutive, 1);
  if (isReached(circuit.gateway, policy.consecutiveGateway)) return Reason.CONSECUTIVE_GATEWAY;
  return isReached(circuit.consecutive, policy.consecutive5xx) ? Reason.CONSECUTIVE_5XX : Reason.NONE;
}

function isReached(gauge: u32, threshold: u32): bool {
  return threshold != 0 && metricValue(gauge) >= threshold;
}

function errorsInARow(circuit: Circuit, reason: Reason): u64 {
  if (reason == Reason.CONSECUTIVE_LOCAL) return metricValue(circuit.local);
  return metricValue(reason == Reason.CONSECUTIVE_GATEWAY ? circuit.gateway : circuit.consecutive);
}

/** Counts calls for the rates, if there are any, and opens the circuit if one is reached. */
function countCalls(call: Call, calls: u32, failures: u32, slow: bool, least: u64): void {
  const circuit = call.circuit;
  if (!circuit.breaker.policy.hasRates) return;
  const now = monotonicTime();
  if (now == 0) {
    incrementMetric(circuit.breaker.counters.errors, 1);
    return;
  }
  const reason = call.counted ? countAgain(call, now, failures) : countRates(call, now, calls, failures, slow);
  call.counted = true;
  if (failures > 0) call.failed = true;
  if (reason != Reason.NONE) tripCircuit(call, reason, rateOfCalls, rateOf, least);
}

/** A call that has been counted, and whose answer broke off then: it is one that failed, if it was not before. */
function countAgain(call: Call, now: u64, failures: u32): Reason {
  return failures > 0 && !call.failed ? countRates(call, now, 0, 1, false) : Reason.NONE;
}
