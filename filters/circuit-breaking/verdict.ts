import { incrementMetric } from "../../assembly/host/metrics";
import { Call } from "./call";
import { Cause, causeOfAnswer } from "./cause";
import { NO_NUMBER, grpcStatus, httpStatus } from "./answer";
import { Policy, is5xx, isGateway } from "./policy";

/** How a call went, as far as its destination is to blame. */
export const enum Verdict {
  /** Nothing that says how the destination is. */
  NEUTRAL,
  SUCCESS,
  /** The destination's answer is an error; one of a gateway. */
  ERROR,
  GATEWAY_ERROR,
  /** There was no answer: this proxy made one (`local origin`). */
  LOCAL_ERROR,
  /** Headers came, and trailers will say it. */
  UNDECIDED,
}

/** gRPC's, and what Envoy makes of them (`source/common/grpc/status.cc: grpcToHttpStatus`). */
const DEADLINE_EXCEEDED: u32 = 4;
const UNAVAILABLE: u32 = 14;

export function isFailure(verdict: Verdict): bool {
  return verdict >= Verdict.ERROR && verdict <= Verdict.LOCAL_ERROR;
}

/**
 * What the response headers that were read (`answer.ts`) say of a call. Who made the answer is asked only if it looks like an error:
 * of a success it matters seldom (`judge.ts`).
 */
export function verdictOfHeaders(call: Call, policy: Policy, endOfStream: bool): Verdict {
  const grpc = call.grpc && grpcStatus != NO_NUMBER;
  if (!isSuspect(policy, grpc)) {
    // Whoever answers gRPC with another status than 200 sends no trailers, and natively that status counts.
    return call.grpc && !grpc && !endOfStream && httpStatus == 200 ? Verdict.UNDECIDED : Verdict.SUCCESS;
  }
  const cause = causeOfAnswer();
  if (cause == Cause.UPSTREAM) {
    if (grpc) return verdictOfGrpc(policy, grpcStatus);
    // Envoy asks no list about gRPC (`router.cc: RouterOutlierDetectionProcess`).
    return call.grpc ? verdictOfStatus() : verdictOfHttp(policy);
  }
  if (cause == Cause.UNKNOWN) incrementMetric(call.circuit.breaker.counters.errors, 1);
  return cause == Cause.RESET || cause == Cause.TIMEOUT ? Verdict.LOCAL_ERROR : Verdict.NEUTRAL;
}

/** What a gRPC status of the upstream's says. */
export function verdictOfGrpc(policy: Policy, status: u32): Verdict {
  if (!policy.isGrpcError(status)) return Verdict.SUCCESS;
  return status == UNAVAILABLE || status == DEADLINE_EXCEEDED ? Verdict.GATEWAY_ERROR : Verdict.ERROR;
}

/** Whether it takes more than the status to know what an answer says: it is an error, or could stand for one. */
function isSuspect(policy: Policy, grpc: bool): bool {
  if (grpc) return grpcStatus != 0;
  return is5xx(httpStatus) || policy.isError(httpStatus) || policy.isIgnored(httpStatus);
}

function verdictOfStatus(): Verdict {
  if (!is5xx(httpStatus)) return Verdict.SUCCESS;
  return isGateway(httpStatus) ? Verdict.GATEWAY_ERROR : Verdict.ERROR;
}

/** A listed status that is none of a server's counts as 500. */
function verdictOfHttp(policy: Policy): Verdict {
  if (policy.isIgnored(httpStatus)) return Verdict.NEUTRAL;
  if (!policy.isError(httpStatus)) return Verdict.SUCCESS;
  return isGateway(httpStatus) ? Verdict.GATEWAY_ERROR : Verdict.ERROR;
}
