import { Choice } from "../../assembly/config/choice";
import { readMilliseconds } from "../../assembly/config/duration";
import { readGrpcStatus } from "../../assembly/config/grpc-status";
import { readPercentage } from "../../assembly/config/percentage";
import { Place } from "../../assembly/config/place";
import { Region } from "../../assembly/memory/region";
import { Text, utf8 } from "../../assembly/text/text";
import { Policy } from "./policy";
import { NANOSECONDS_PER_MILLISECOND } from "../../assembly/text/nanoseconds";

const MOST: i64 = 0xffffffff;

/** UNKNOWN, DEADLINE_EXCEEDED, UNIMPLEMENTED, INTERNAL, UNAVAILABLE, DATA_LOSS: Envoy takes these for 500 to 599 (`source/common/grpc/status.cc`). */
const GRPC_ERRORS: u32 = (1 << 2) | (1 << 4) | (1 << 12) | (1 << 13) | (1 << 14) | (1 << 15);

const NO_STATUS: u32 = u32.MAX_VALUE;
const ALL_CALLS: u32 = 1_000_000;

/**
 * Reads `outlierDetection`: Istio's fields with Istio's defaults (istio `pilot/pkg/networking/core/cluster_traffic_policy.go:
 * applyOutlierDetection`), and those that this filter adds. Null if there is none.
 */
export function readPolicy(place: Place, region: Region): Policy | null {
  if (!place.object()) return null;
  const policy = Policy.open(region);
  readThresholds(place, policy);
  readTimes(place, policy);
  readRates(place, policy);
  policy.permitted = <u32>place.field(utf8("permittedNumberOfCallsInHalfOpenState")).integer(0, MOST, 1);
  readCodes(place.field(utf8("outlierDetectionHttpErrorCodes")), policy, false);
  readCodes(place.field(utf8("ignoredHttpErrorCodes")), policy, true);
  policy.grpcErrors = readGrpcErrors(place.field(utf8("grpcErrorStatuses")));
  policy.honorsRetryAfter = place.field(utf8("honorRetryAfter")).boolean(false);
  policy.eachAttempt =
    Choice.at(place.field(utf8("attempts")))
      .or(utf8("LAST"), 0)
      .or(utf8("EACH"), 1)
      .value(0) == 1;
  refuseOthers(place);
  place.noOtherFields();
  if (!policy.opens) place.warn(utf8("the circuit never opens: no number of errors and no rate opens it"));
  return policy;
}

function readThresholds(place: Place, policy: Policy): void {
  policy.consecutive5xx = <u32>place.field(utf8("consecutive5xxErrors")).integer(0, MOST, 5);
  policy.consecutiveGateway = <u32>place.field(utf8("consecutiveGatewayErrors")).integer(0, MOST, 0);
  policy.split = place.field(utf8("splitExternalLocalOriginErrors")).boolean(false);
  const local = place.field(utf8("consecutiveLocalOriginFailures"));
  const errors = <u32>local.integer(0, MOST, 0);
  // 0 is Envoy's default, as istiod writes only what is above it.
  policy.consecutiveLocal = errors == 0 ? 5 : errors;
  if (errors > 0 && !policy.split) {
    local.error(utf8("it needs splitExternalLocalOriginErrors: true, as in Istio"));
  }
}

function readTimes(place: Place, policy: Policy): void {
  policy.interval = nanoseconds(place.field(utf8("interval")), 10_000);
  const base = place.field(utf8("baseEjectionTime"));
  policy.base = nanoseconds(base, 30_000);
  const milliseconds = <u32>(policy.base / NANOSECONDS_PER_MILLISECOND);
  const longest = place.field(utf8("maxEjectionTime"));
  policy.longest = nanoseconds(longest, max<u32>(300_000, milliseconds));
  if (policy.longest < policy.base) longest.error(utf8("it must be at least baseEjectionTime"));
  const jitter = place.field(utf8("maxEjectionTimeJitter"));
  policy.jitter = isZero(jitter) ? 0 : nanoseconds(jitter, 0);
  policy.lease = nanoseconds(place.field(utf8("maxWaitDurationInHalfOpenState")), milliseconds);
}

function readRates(place: Place, policy: Policy): void {
  policy.failureRate = readRate(place.field(utf8("failureRateThreshold")), 0);
  policy.slow = nanoseconds(place.field(utf8("slowCallDurationThreshold")), 0);
  const rate = place.field(utf8("slowCallRateThreshold"));
  const share = readRate(rate, ALL_CALLS);
  if (policy.slow != 0) policy.slowRate = share;
  else if (rate.present) rate.error(utf8("it needs slowCallDurationThreshold: the time after which a call is slow"));
  policy.minimumCalls = <u32>place.field(utf8("minimumNumberOfCalls")).integer(1, MOST, 20);
}

/** A share of a million, above 0. */
function readRate(place: Place, otherwise: u32): u32 {
  if (!place.present) return otherwise;
  const share = readPercentage(place, otherwise);
  const node = place.node;
  if (share == 0 && node != null && node.number == 0) place.expected(utf8("a percentage from 0.0001 to 100"));
  return share;
}

function readCodes(place: Place, policy: Policy, ignored: bool): void {
  if (!place.list()) return;
  let item = place.firstOfFew();
  while (item != null) {
    if (!item.present) item.expected(utf8("an HTTP status"));
    const status = <u32>item.integer(100, 599, 0);
    if (status != 0) {
      if (ignored) policy.ignore(status);
      else policy.listError(status);
    }
    item = item.next();
  }
}

function readGrpcErrors(place: Place): u32 {
  if (!place.present || !place.list()) return GRPC_ERRORS;
  let errors: u32 = 0;
  let item = place.firstOfFew();
  while (item != null) {
    if (!item.present) item.expected(utf8("the name of a gRPC status"));
    const status = readGrpcStatus(item, NO_STATUS);
    if (status == 0) item.error(utf8("OK is no error"));
    else if (status != NO_STATUS) errors |= 1 << status;
    item = item.next();
  }
  return errors;
}

function refuseOthers(place: Place): void {
  acceptOnly(
    place.field(utf8("maxEjectionPercent")),
    100,
    utf8(
      "not supported: a circuit opens for the whole destination: write 100, and leave single hosts to a native DestinationRule",
    ),
  );
  acceptOnly(
    place.field(utf8("minHealthPercent")),
    0,
    utf8(
      "not supported: a circuit opens for the whole destination: write 0, and leave single hosts to a native DestinationRule",
    ),
  );
  place.refuse(utf8("consecutiveErrors"), utf8("Istio ignores it too: write consecutive5xxErrors"));
}

function acceptOnly(place: Place, value: i64, problem: Text): void {
  if (place.present && place.integer(0, 100, value) != value) place.error(problem);
}

function nanoseconds(place: Place, otherwise: u32): u64 {
  return <u64>readMilliseconds(place, otherwise) * NANOSECONDS_PER_MILLISECOND;
}

function isZero(place: Place): bool {
  const node = place.node;
  return node != null && (node.isText(utf8("0s")) || node.isText(utf8("0")));
}
