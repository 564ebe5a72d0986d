/**
 * `fault` as the configuration of Envoy's fault filter that istiod puts on a route.
 * Source: istio/istio pilot/pkg/networking/core/route/route.go, TranslateFault, translatePercentToFractionalPercent and
 * translateIntegerToFractionalPercent; pkg/util/grpc/codes.go.
 */
import { typed } from "../../support/envoy/index.ts";
import type { JsonObject } from "../../support/envoy/index.ts";
import type { HTTPFaultInjection, HTTPRoute, Percent } from "../routes/virtual-service.ts";

/** The filter's name, by which routes address it. */
export const FAULT = "envoy.filters.http.fault";

const TYPE = "envoy.extensions.filters.http.fault.v3.HTTPFault";

/** Names of gRPC status codes, each at its number. */
export const GRPC_STATUSES: readonly string[] = [
  ...["OK", "CANCELLED", "UNKNOWN", "INVALID_ARGUMENT", "DEADLINE_EXCEEDED", "NOT_FOUND", "ALREADY_EXISTS"],
  ...["PERMISSION_DENIED", "RESOURCE_EXHAUSTED", "FAILED_PRECONDITION", "ABORTED", "OUT_OF_RANGE", "UNIMPLEMENTED"],
  ...["INTERNAL", "UNAVAILABLE", "DATA_LOSS", "UNAUTHENTICATED"],
];

/** Of a million, cut off: Go's `uint32(value * 10000)`. */
function fractionalPercent({ value = 0 }: Percent): JsonObject {
  return { numerator: Math.trunc(value * 10_000), denominator: "MILLION" };
}

const UNITS: Readonly<Record<string, number>> = { h: 3_600_000, m: 60_000, s: 1000, ms: 1 };

/** Milliseconds of a duration as Go writes it (`1h30m`, `1.5s`, `5ms`), which is all that Istio lets through. */
export function milliseconds(duration: string): number {
  const parts = [...duration.matchAll(/([\d.]+)(ms|h|m|s)/g)];
  return parts.reduce((sum, [, count, unit]) => sum + Number(count) * UNITS[unit as string]!, 0);
}

/** A duration as protobuf's JSON form has it: seconds, with three digits behind the point or none. */
function protobufDuration(duration: string): string {
  const total = milliseconds(duration);
  return total % 1000 === 0 ? `${total / 1000}s` : `${(total / 1000).toFixed(3)}s`;
}

function translateDelay({ percentage, percent = 0, fixedDelay }: NonNullable<HTTPFaultInjection["delay"]>): JsonObject {
  const share = percentage ? fractionalPercent(percentage) : { numerator: percent, denominator: "HUNDRED" };
  return { percentage: share, fixed_delay: protobufDuration(fixedDelay) };
}

function translateAbort({ percentage, httpStatus, grpcStatus }: NonNullable<HTTPFaultInjection["abort"]>): JsonObject {
  const share = percentage && { percentage: fractionalPercent(percentage) };
  if (httpStatus !== undefined) return { ...share, http_status: httpStatus };
  return { ...share, grpc_status: GRPC_STATUSES.indexOf(grpcStatus as string) };
}

/** The message for a fault that Istio's validation lets through. */
export function translateFault({ delay, abort }: HTTPFaultInjection): JsonObject {
  return typed(TYPE, {
    ...(delay && { delay: translateDelay(delay) }),
    ...(abort && { abort: translateAbort(abort) }),
  });
}

/** The fault filter's configuration on a route, if the route has a fault. */
export function perFilter({ fault }: HTTPRoute): JsonObject {
  return fault === undefined ? {} : { [FAULT]: translateFault(fault) };
}
