import { monotonicTime } from "../../assembly/host/clock";
import { withPair } from "../../assembly/host/header-list";
import { beginLine, textOf } from "../../assembly/text/line";
import { sendLocalReplyWithHeaders } from "../../assembly/host/local-reply";
import { incrementMetric } from "../../assembly/host/metrics";
import { Status } from "../../assembly/host/status";
import { Outcome } from "../../assembly/plugin/outcome";
import { TrafficDirection, trafficDirection } from "../../assembly/request/traffic-direction";
import { Text, utf8 } from "../../assembly/text/text";
import { Breaker } from "./breaker";
import { NANOSECONDS_PER_SECOND } from "../../assembly/text/nanoseconds";

/**
 * Answers a request that a circuit refuses, which opens again at `until` (0: never). It goes on if the host does not take the answer.
 */
export function reject(breaker: Breaker, until: u64): Outcome {
  const rejection = breaker.rejection;
  const inbound = trafficDirection() == TrafficDirection.INBOUND;
  let headers = inbound ? rejection.inboundHeaders : rejection.headers;
  if (rejection.retryAfter && until != 0) headers = withRetryAfter(headers, until);
  const status = sendLocalReplyWithHeaders(
    rejection.httpStatus,
    rejection.details,
    rejection.body,
    headers,
    rejection.grpcStatus,
  );
  if (status != Status.OK) {
    incrementMetric(breaker.counters.errors, 1);
    return Outcome.CONTINUE;
  }
  incrementMetric(breaker.counters.rejected, 1);
  incrementMetric(breaker.rejected, 1);
  return Outcome.ANSWERED;
}

/** `retry-after` in whole seconds, at least 1 (RFC 9110 §10.2.3): before that nobody is let in. */
function withRetryAfter(headers: Text, until: u64): Text {
  const now = monotonicTime();
  const left = until > now ? until - now : 0;
  const line = beginLine();
  line.integer(max<u64>(1, (left + NANOSECONDS_PER_SECOND - 1) / NANOSECONDS_PER_SECOND));
  return withPair(headers, utf8("retry-after"), textOf(line));
}
