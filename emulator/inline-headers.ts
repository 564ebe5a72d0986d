/**
 * Names of which Envoy keeps one entry and no more: adding another value appends it to that entry, after a comma
 * (envoy/http/header_map.h `INLINE_*_HEADERS`, and the `RegisterCustomInlineHeader` of the filters that are linked in).
 * Found by adding each name twice in Envoy 1.40.0 and reading the pairs; `set-cookie`, `cookie` and most others stay
 * apart.
 */
const words = (list: string): readonly string[] => list.trim().split(/\s+/);

const BOTH = words(`
  connection content-length content-type keep-alive proxy-connection proxy-status transfer-encoding upgrade via
  x-envoy-attempt-count x-envoy-decorator-operation x-request-id cache-control content-encoding`);

/** One entry at most among request headers; `host` is another name of `:authority` there. */
export const INLINE_REQUEST_HEADERS: ReadonlySet<string> = new Set([
  ...BOTH,
  ...words(`
    :authority :method :path :protocol :scheme
    accept accept-encoding access-control-request-headers access-control-request-method
    access-control-request-private-network authentication authorization cdn-loop expect grpc-accept-encoding
    grpc-timeout if-match if-modified-since if-none-match if-range if-unmodified-since origin pragma referer te
    user-agent x-client-trace-id x-envoy-downstream-service-cluster x-envoy-downstream-service-node
    x-envoy-expected-rq-timeout-ms x-envoy-external-address x-envoy-force-trace x-envoy-hedge-on-per-try-timeout
    x-envoy-internal x-envoy-ip-tags x-envoy-max-retries x-envoy-original-path x-envoy-original-url
    x-envoy-retriable-header-names x-envoy-retriable-status-codes x-envoy-retry-grpc-on x-envoy-retry-on
    x-envoy-upstream-alt-stat-name x-envoy-upstream-rq-per-try-timeout-ms x-envoy-upstream-rq-timeout-alt-response
    x-envoy-upstream-rq-timeout-ms x-envoy-upstream-stream-duration-ms x-forwarded-client-cert x-forwarded-for
    x-forwarded-host x-forwarded-port x-forwarded-proto`),
]);

/** One entry at most among response headers. */
export const INLINE_RESPONSE_HEADERS: ReadonlySet<string> = new Set([
  ...BOTH,
  ...words(`
    :status access-control-allow-credentials access-control-allow-headers access-control-allow-methods
    access-control-allow-origin access-control-allow-private-network access-control-expose-headers
    access-control-max-age age date etag expires grpc-message grpc-status last-modified location server vary
    x-envoy-degraded x-envoy-immediate-health-check-fail x-envoy-ratelimited x-envoy-upstream-canary
    x-envoy-upstream-healthchecked-cluster x-envoy-upstream-service-time`),
]);

/** One entry at most among response trailers; among request trailers none is special. */
export const INLINE_RESPONSE_TRAILERS: ReadonlySet<string> = new Set(["grpc-message", "grpc-status"]);
