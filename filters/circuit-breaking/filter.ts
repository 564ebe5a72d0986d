import { monotonicTime } from "../../assembly/host/clock";
import { incrementMetric } from "../../assembly/host/metrics";
import { writeProperty } from "../../assembly/host/properties";
import { Outcome } from "../../assembly/plugin/outcome";
import { Stream } from "../../assembly/plugin/stream";
import { firstValue, readRequestHeaders } from "../../assembly/request/request";
import { utf8 } from "../../assembly/text/text";
import { admit } from "./admit";
import { Breaker, Mode } from "./breaker";
import { Call } from "./call";
import { Circuit } from "./circuit";
import { guardOf } from "./decide";
import { forgetCall, onAnswer, onStreamEnd, onWholeBody } from "./end";
import { Keys, circuitOf, keyOf } from "./keys";
import { Plan } from "./plan";
import { Admission } from "./record";
import { reject } from "./reject";

export { activate } from "./activate";
export { readPlan as read } from "./read-plan";

/** Without a configuration nothing is refused. */
export function unconfigured(): Outcome {
  return Outcome.CONTINUE;
}

/** Lets the request pass, or refuses it if its circuit is open. */
export function onRequestHeaders(plan: Plan, stream: Stream<Call>): Outcome {
  if (!readRequestHeaders()) {
    incrementMetric(plan.counters.errors, 1);
    return Outcome.CONTINUE;
  }
  const guard = guardOf(plan);
  if (guard == null) return Outcome.CONTINUE;
  const breaker = guard.breaker;
  if (plan.expose) writeProperty(utf8("circuit"), breaker.name);
  if (breaker.mode == Mode.FORCED_OPEN) return reject(breaker, 0);
  const keys = guard.keys;
  if (keys != null) return passByKey(plan, keys, stream);
  const circuit = guard.circuit;
  return circuit == null ? Outcome.CONTINUE : pass(plan, breaker, circuit, stream);
}

/** The response headers of a call that a circuit let pass. */
export function onResponseHeaders(call: Call, endOfStream: bool): Outcome {
  onAnswer(call, endOfStream);
  return Outcome.CONTINUE;
}

/**
 * The body of the response has ended. If a module does not say so, or trailers come after it, the host is asked at the stream's end
 * whether the response broke off, which costs more.
 */
export function onResponseBodyEnd(call: Call): void {
  onWholeBody(call);
}

/** The stream is over. */
export function onEnd(call: Call): void {
  onStreamEnd(call);
}

/** The configuration goes while the stream lives. */
export function forget(word: usize): void {
  forgetCall(changetype<Call>(word));
}

/** A request without the key belongs to no circuit. */
function passByKey(plan: Plan, keys: Keys, stream: Stream<Call>): Outcome {
  const key = keyOf(keys);
  if (key == 0) return Outcome.CONTINUE;
  const circuit = circuitOf(keys, key);
  if (circuit != keys.vacant) return pass(plan, keys.breaker, circuit, stream);
  const call = beginCall(plan, circuit, stream);
  call.keys = keys;
  call.key = key;
  return Outcome.CONTINUE;
}

function pass(plan: Plan, breaker: Breaker, circuit: Circuit, stream: Stream<Call>): Outcome {
  const admission = admit(circuit);
  if (admission == Admission.REFUSED) return refuse(breaker, circuit);
  // Generation 0 is of a record that cannot be read: there is nothing to count in.
  if (admission == Admission.UNCOUNTED || circuit.generation == 0) return Outcome.CONTINUE;
  const call = beginCall(plan, circuit, stream);
  call.probe = admission == Admission.PROBE;
  return Outcome.CONTINUE;
}

function beginCall(plan: Plan, circuit: Circuit, stream: Stream<Call>): Call {
  const call = Call.begin(stream, circuit);
  call.grpc = isGrpc(plan);
  if (circuit.breaker.policy.slow != 0) call.began = monotonicTime();
  return call;
}

function refuse(breaker: Breaker, circuit: Circuit): Outcome {
  if (breaker.mode == Mode.ENABLED) return reject(breaker, circuit.until);
  incrementMetric(breaker.counters.wouldReject, 1);
  return Outcome.CONTINUE;
}

/** `application/grpc`, or that and a plus (Envoy `source/common/grpc/common.cc: hasGrpcContentType`). */
function isGrpc(plan: Plan): bool {
  const type = firstValue(plan.contentType);
  const grpc = utf8("application/grpc");
  if (type == null || type.length < grpc.length || !grpc.is(type.start, grpc.length)) return false;
  return type.length == grpc.length || load<u8>(type.start + grpc.length) == 0x2b;
}
