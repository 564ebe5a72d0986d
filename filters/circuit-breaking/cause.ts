import { propertyLength, propertyStart, readProperty } from "../../assembly/host/properties";
import { Status } from "../../assembly/host/status";
import { Text, utf8 } from "../../assembly/text/text";

/** Who made an answer, by `response.code_details` (Envoy `source/common/router/router.cc`, `stream_info.h: ResponseCodeDetails`). */
export const enum Cause {
  /** The host does not say. */
  UNKNOWN,
  UPSTREAM,
  /** Envoy's router, as no connection came about, or the one that there was broke before an answer. */
  RESET,
  /** The upstream, whose answer broke off. */
  BROKEN_OFF,
  /** Envoy's router, as the upstream took too long. */
  TIMEOUT,
  /** Anybody else: it says nothing of the destination. */
  OTHER,
}

/** The bits of `response.flags` of a client that has gone: DownstreamConnectionTermination, DownstreamRemoteReset. */
const CLIENT_GONE: u64 = 0x4000 | 0x10000000;

/** Who made the answer of the current stream. */
export function causeOfAnswer(): Cause {
  if (readProperty(utf8("response\0code_details")) != Status.OK) return Cause.UNKNOWN;
  if (utf8("via_upstream").is(propertyStart, propertyLength)) return Cause.UPSTREAM;
  if (begins(utf8("upstream_reset_before_response_started{"))) {
    return begins(utf8("upstream_reset_before_response_started{overflow")) ? Cause.OTHER : Cause.RESET;
  }
  if (begins(utf8("upstream_reset_after_response_started{"))) return Cause.BROKEN_OFF;
  return is(utf8("response_timeout")) ||
    is(utf8("upstream_per_try_timeout")) ||
    is(utf8("upstream_per_try_idle_timeout"))
    ? Cause.TIMEOUT
    : Cause.OTHER;
}

/** Whether Envoy's flags say that something went wrong with the stream; also if it does not say. */
export function isFlagged(): bool {
  return flags() != 0;
}

/** Whether the client has gone before its answer. */
export function clientHasGone(): bool {
  return (flags() & CLIENT_GONE) != 0;
}

/**
 * Whether the request had a connection to an upstream: Envoy knows its own end of it from then on (`upstream_request.cc: onPoolReady`).
 * `upstream.cx_pool_ready_duration` would not tell: it is also there once a connection failed.
 */
export function wasConnected(): bool {
  return readProperty(utf8("upstream\0local_address")) == Status.OK && propertyLength > 0;
}

/** How often the request was sent, retries included. */
export function attempts(): u64 {
  if (readProperty(utf8("upstream\0request_attempt_count")) != Status.OK || propertyLength != 8) return 1;
  return load<u64>(propertyStart);
}

/** The gRPC status of a stream that is over, from its headers or trailers; -1 if the host does not say. */
export function finalGrpcStatus(): i64 {
  if (readProperty(utf8("response\0grpc_status")) != Status.OK || propertyLength != 8) return -1;
  return load<i64>(propertyStart);
}

function flags(): u64 {
  if (readProperty(utf8("response\0flags")) != Status.OK || propertyLength != 8) return 0;
  return load<u64>(propertyStart);
}

function begins(start: Text): bool {
  return propertyLength >= start.length && start.is(propertyStart, start.length);
}

function is(whole: Text): bool {
  return whole.is(propertyStart, propertyLength);
}
