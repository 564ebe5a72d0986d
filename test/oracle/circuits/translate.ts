/**
 * `outlierDetection` as the fields of a cluster that istiod makes of it.
 * Source: istio/istio pilot/pkg/networking/core/cluster_traffic_policy.go, applyOutlierDetection;
 * releasenotes/notes/60828.yaml for `outlierDetectionHttpErrorCodes`.
 */
import { typed, type JsonObject } from "../../support/envoy/index.ts";
import { milliseconds } from "../faults/translate-fault.ts";

/** The fields of Istio's OutlierDetection that both sides honour, and the longest ejection, which Envoy alone has. */
export interface OutlierDetection {
  consecutive5xxErrors?: number;
  consecutiveGatewayErrors?: number;
  splitExternalLocalOriginErrors?: boolean;
  consecutiveLocalOriginFailures?: number;
  interval?: string;
  baseEjectionTime?: string;
  maxEjectionTime?: string;
  outlierDetectionHttpErrorCodes?: number[];
}

const PROTOCOL_OPTIONS = "envoy.extensions.upstreams.http.v3.HttpProtocolOptions";

/** A threshold as istiod writes it: what is 0 is never enforced. */
function enforced(name: string, value: number | undefined): JsonObject {
  return value === undefined ? {} : { [name]: value, [`enforcing_${name}`]: value > 0 ? 100 : 0 };
}

function duration(name: string, value: string | undefined): JsonObject {
  return value === undefined ? {} : { [name]: `${milliseconds(value) / 1000}s` };
}

/** Envoy's detector, by which every host can be ejected: 100 is the `maxEjectionPercent` that the filter stands for. */
export function detector(policy: OutlierDetection): JsonObject {
  const split = policy.splitExternalLocalOriginErrors === true;
  const local = policy.consecutiveLocalOriginFailures ?? 0;
  return {
    enforcing_success_rate: 0,
    ...enforced("consecutive_5xx", policy.consecutive5xxErrors),
    ...enforced("consecutive_gateway_failure", policy.consecutiveGatewayErrors),
    ...duration("interval", policy.interval),
    ...duration("base_ejection_time", policy.baseEjectionTime),
    ...duration("max_ejection_time", policy.maxEjectionTime),
    max_ejection_percent: 100,
    ...(split && { split_external_local_origin_errors: true, enforcing_local_origin_success_rate: 0 }),
    ...(split && local > 0 && { consecutive_local_origin_failure: local }),
  };
}

function hasStatus(code: number): JsonObject {
  return { http_response_headers_match: { headers: [{ name: ":status", string_match: { exact: `${code}` } }] } };
}

/** What a response must be like to count as an error, in place of 5xx. */
export function errorMatcher(codes: readonly number[]): JsonObject {
  const [only, ...others] = codes.map(hasStatus);
  return others.length === 0 ? only! : { or_match: { rules: [only!, ...others] } };
}

/** Fields of a cluster for both sides: each request has a connection of its own, and HTTP/1.1 has trailers. */
export function protocol(codes: readonly number[] = []): JsonObject {
  return {
    typed_extension_protocol_options: {
      [PROTOCOL_OPTIONS]: typed(PROTOCOL_OPTIONS, {
        common_http_protocol_options: { max_requests_per_connection: 1 },
        explicit_http_config: { http_protocol_options: { enable_trailers: true } },
        ...(codes.length > 0 && { outlier_detection: { error_matcher: errorMatcher(codes) } }),
      }),
    },
  };
}

/**
 * Fields of the native cluster. Without `update_merge_window: 0s` workers would hear of an ejection up to a second late; 0 is the panic
 * threshold that istiod writes.
 */
export function nativeCluster(policy: OutlierDetection): JsonObject {
  return {
    outlier_detection: detector(policy),
    common_lb_config: { healthy_panic_threshold: { value: 0 }, update_merge_window: "0s" },
    ...protocol(policy.outlierDetectionHttpErrorCodes),
  };
}
