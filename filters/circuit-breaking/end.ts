import { monotonicTime } from "../../assembly/host/clock";
import { incrementMetric, metricValue, recordMetric } from "../../assembly/host/metrics";
import { forgetAnswer, readAnswer, retryAfter, httpStatus } from "./answer";
import { Call } from "./call";
import { Cause, causeOfAnswer, clientHasGone, finalGrpcStatus, isFlagged, wasConnected } from "./cause";
import { isFromUpstream, judgeCall } from "./judge";
import { ProbeResult } from "./record";
import { endProbe } from "./settle";
import { Verdict, isFailure, verdictOfGrpc, verdictOfHeaders } from "./verdict";
import { NANOSECONDS_PER_SECOND } from "../../assembly/text/nanoseconds";

/** The response headers of a call have come. */
export function onAnswer(call: Call, endOfStream: bool): void {
  if (!readAnswer()) return;
  const policy = call.circuit.breaker.policy;
  call.answered = true;
  call.slow = isSlow(call);
  const verdict = verdictOfHeaders(call, policy, endOfStream);
  if (verdict == Verdict.NEUTRAL) {
    call.slow = false;
    clearLocalErrors(call);
  }
  if (verdict == Verdict.UNDECIDED) {
    call.undecided = true;
    return;
  }
  const asks = policy.honorsRetryAfter && (httpStatus == 503 || httpStatus == 429);
  judge(call, verdict, asks ? <u64>retryAfter * NANOSECONDS_PER_SECOND : 0);
  if (endOfStream) call.over = true;
}

/** The response has come whole, so it did not break off; what a gRPC status says is known when the stream ends. */
export function onWholeBody(call: Call): void {
  if (call.answered && !call.undecided) call.over = true;
}

/** The stream of a call is over. */
export function onStreamEnd(call: Call): void {
  if (!call.over) {
    forgetAnswer();
    if (!call.answered) endUnanswered(call);
    else if (call.undecided) judge(call, verdictOfTrailers(call), 0);
    else if (isFlagged() && causeOfAnswer() == Cause.BROKEN_OFF) judge(call, Verdict.LOCAL_ERROR, 0);
  }
  Call.end(call);
}

/** The configuration goes before the stream: a probe gives its place back. */
export function forgetCall(call: Call): void {
  if (call.probe) endProbe(call, ProbeResult.NEUTRAL, 0);
  Call.end(call);
}

function judge(call: Call, verdict: Verdict, least: u64): void {
  if (!call.probe) return judgeCall(call, verdict, call.slow, least);
  endProbe(call, resultOf(call, verdict), least);
}

function resultOf(call: Call, verdict: Verdict): ProbeResult {
  if (verdict == Verdict.SUCCESS && !isFromUpstream()) return ProbeResult.NEUTRAL;
  if (isFailure(verdict) || call.slow) return ProbeResult.FAILED;
  return verdict == Verdict.SUCCESS ? ProbeResult.SUCCEEDED : ProbeResult.NEUTRAL;
}

/** No headers came: the client has gone, perhaps as the call was slow, or another filter has answered in their place. */
function endUnanswered(call: Call): void {
  const gone = clientHasGone();
  call.slow = gone && isSlow(call);
  clearLocalErrors(call);
  judge(call, Verdict.NEUTRAL, 0);
}

/** Natively a connection that comes about begins the count of this proxy's own errors anew, also if nothing that counts comes of it. */
function clearLocalErrors(call: Call): void {
  const circuit = call.circuit;
  if (call.probe || !circuit.breaker.policy.split || metricValue(circuit.local) == 0) return;
  if (wasConnected() && circuit.counts(call.generation)) recordMetric(circuit.local, 0);
}

/** What a gRPC stream's end says of it. */
function verdictOfTrailers(call: Call): Verdict {
  if (isFlagged()) {
    const cause = clientHasGone() ? Cause.OTHER : causeOfAnswer();
    if (cause == Cause.BROKEN_OFF) return Verdict.LOCAL_ERROR;
    if (cause != Cause.UPSTREAM) return Verdict.NEUTRAL;
  }
  const status = finalGrpcStatus();
  if (status >= 0) return verdictOfGrpc(call.circuit.breaker.policy, <u32>min<i64>(status, u32.MAX_VALUE));
  incrementMetric(call.circuit.breaker.counters.errors, 1);
  return Verdict.NEUTRAL;
}

function isSlow(call: Call): bool {
  if (call.began == 0) return false;
  const now = monotonicTime();
  return now > call.began && now - call.began > call.circuit.breaker.policy.slow;
}
