import { GRPC_STATUSES } from "../../grpc-statuses.ts";
import type { Schema } from "../problem.ts";
import { exempt, host, httpMatch, requestKey, steering } from "./match.ts";
import { direction, repeatedHeaders, trustDomain } from "./shared.ts";
import {
  FEW,
  DURATION,
  MOST,
  anyText,
  duration,
  flag,
  integer,
  list,
  object,
  oneOf,
  replyHeaders,
  required,
  resourceName,
  selector,
  text,
  type Fields,
} from "./types.ts";

/** A rate in per cent, above 0. */
const rate = (description: string, usual?: number): Schema => ({
  description,
  type: "number",
  minimum: 0.0001,
  maximum: 100,
  examples: [50],
  ...(usual !== undefined && { default: usual }),
});

const codes = (description: string): Schema => list(description, integer("an HTTP status", 100, 599), FEW);

const outlierDetection = (description: string): Schema =>
  object(
    description,
    {
      consecutive5xxErrors: integer("how many errors in a row open the circuit; 0: no number does", 0, MOST, 5),
      consecutiveGatewayErrors: integer("how many 502, 503 and 504 in a row open it; 0: no number does", 0, MOST, 0),
      splitExternalLocalOriginErrors: flag("whether failures to connect are counted apart from answers"),
      consecutiveLocalOriginFailures: integer("how many failures to connect in a row open it; needs split", 0, MOST, 5),
      interval: duration("the time that rates are of", "10s"),
      baseEjectionTime: duration("how long the circuit stays open the first time", "30s"),
      maxEjectionTime: duration("no opening is longer; 300s, or the base if longer"),
      maxEjectionTimeJitter: anyText("at most this is added to each opening", ["0s", "5s"], {
        pattern: `^0$|${DURATION}`,
        default: "0s",
      }),
      outlierDetectionHttpErrorCodes: codes("the statuses that are errors; 500 to 599 if not given"),
      ignoredHttpErrorCodes: codes("statuses that are no errors"),
      grpcErrorStatuses: list(
        "UNKNOWN, DEADLINE_EXCEEDED, UNIMPLEMENTED, INTERNAL, UNAVAILABLE, DATA_LOSS; in headers and trailers",
        oneOf("a gRPC status", GRPC_STATUSES.slice(1)),
        FEW,
      ),
      maxEjectionPercent: integer(
        "100 is accepted, others refused: a circuit opens for the whole destination",
        100,
        100,
      ),
      minHealthPercent: integer("0 is accepted, others refused: a circuit opens for the whole destination", 0, 0),
      failureRateThreshold: rate("per cent of the calls of the last `interval`"),
      slowCallDurationThreshold: duration("from the request's headers to those of the response"),
      slowCallRateThreshold: rate("needs `slowCallDurationThreshold`", 100),
      minimumNumberOfCalls: integer("below it no rate opens the circuit", 1, MOST, 20),
      permittedNumberOfCallsInHalfOpenState: integer("0: all are let in again at once, as natively", 0, MOST, 1),
      maxWaitDurationInHalfOpenState: duration("a probe without an answer for that long has failed"),
      honorRetryAfter: flag(
        "`retry-after` in seconds, of the 503 or 429 that opens the circuit, lengthens that up to `maxEjectionTime`",
      ),
      attempts: oneOf(
        "`LAST`: the answer that the caller gets counts; `EACH`: that of each attempt",
        ["LAST", "EACH"],
        "LAST",
      ),
    },
    {
      dependencies: {
        slowCallRateThreshold: ["slowCallDurationThreshold"],
        consecutiveLocalOriginFailures: {
          if: { properties: { consecutiveLocalOriginFailures: { exclusiveMinimum: 0 } } },
          then: {
            properties: { splitExternalLocalOriginErrors: { const: true } },
            required: ["splitExternalLocalOriginErrors"],
          },
        },
      },
    },
  );

const trafficPolicy = (description: string): Schema =>
  object(description, {
    outlierDetection: outlierDetection("what opens the circuit, and for how long"),
    portLevelSettings: list(
      "the settings of a port inherit nothing, and have their own circuit",
      object("what holds for a port", {
        port: required(object("the port", { number: required(integer("its number", 1, 65535)) })),
        outlierDetection: outlierDetection("what opens the circuit of the port"),
      }),
      FEW,
    ),
  });

const state = (description: string): Schema =>
  oneOf(description, ["ENABLED", "METRICS_ONLY", "DISABLED", "FORCED_OPEN"], "ENABLED");

const rejection = (description: string): Schema =>
  object(description, {
    httpStatus: integer("the status of the answer, 503 if not given", 200, 599),
    grpcStatus: oneOf("the status for a gRPC request, UNAVAILABLE if not given", GRPC_STATUSES),
    body: anyText("the answer's body, circuit open if not given", ["try again later"]),
    headers: replyHeaders("more headers of the answer", ["x-circuit-open", "retry-after", "x-envoy-ratelimited"]),
    retryAfter: flag("whether the answer says in retry-after for how long the circuit stays open", true),
  });

const subset = object("a subset, which has a circuit of its own and inherits blocks that it does not have", {
  name: required(text("the subset's name", ["v1", "v2"])),
  labels: { description: "accepted, so that a resource can be pasted" },
  trafficPolicy: trafficPolicy("what holds for the subset; it needs `steering`"),
});

const circuit = object(
  "a narrower circuit of a rule",
  {
    name: required(text("the circuit is `<rule>.<name>`", ["search"])),
    match: list("Istio's HTTPMatchRequest, and `cookies`, `principals` and claims, as in header-routing", httpMatch),
    keyedBy: requestKey(
      "`{header: …}`, `{cookie: …}`, `{claim: …}` or `principal`: one circuit for each value. A request without it belongs to none",
      ["header", "cookie", "claim"],
      ["principal"],
    ),
    maxKeys: integer(
      "how many values may have circuits at a time. A value gets one when a call of it fails. If all are used, the closed circuit that was idle longest is dropped, never an open one",
      1,
      10_000,
      1000,
    ),
    outlierDetection: outlierDetection("what opens the circuit; the rule's if not given"),
    state: state("what the circuit does; as the rule's if not given"),
    rejection: rejection("the answer of the open circuit; as the rule's if not given"),
  },
  { dependencies: { maxKeys: ["keyedBy"] } },
);

const destinationRule = object("a DestinationRule, without spec and metadata", {
  name: resourceName("the name of the circuit; the host if not given", ["reviews"]),
  namespace: resourceName("where a short `host` is", ["default", "bookinfo"], "default"),
  host: required(
    host(
      "whose requests, by `:authority`, as the `hosts` of a VirtualService; the most specific one counts. At the called side `*` is the application itself",
    ),
  ),
  trafficPolicy: trafficPolicy(
    "`outlierDetection`, and `portLevelSettings` with `port.number` and `outlierDetection`. The settings of a port inherit nothing, and have their own circuit",
  ),
  subsets: list(
    "`name` and `trafficPolicy`; each has a circuit of its own, and inherits blocks that it does not have. They need `steering`",
    subset,
  ),
  circuits: list("narrower circuits, before `trafficPolicy`; the first that matches counts", circuit),
  state: state(
    "`METRICS_ONLY` refuses nothing, `DISABLED` lets all pass and measures nothing, `FORCED_OPEN` refuses everything",
  ),
  rejection: rejection("the answer of an open circuit; as the plugin's if not given"),
  workloadSelector: selector("for which workloads the rule is", "compared with the proxy's own labels"),
  exportTo: { description: "accepted, so that a resource can be pasted" },
});

/** The fields of circuit-breaking without those that `signalbox` has beside the sections. */
export const circuitBreaking: Fields = {
  destinationRules: required(list("the DestinationRules", destinationRule)),
  steering: steering(
    'how the subset of a request is known, as in header-routing: `{header: x-subset, value: "{subset}"}`',
    false,
  ),
  exempt: exempt("requests that no circuit is for: they are never refused, and never count"),
  rejection: rejection("the answer of an open circuit; a rule or circuit may say any of these otherwise"),
  expose: flag(
    "filter state `wasm.circuit` says which circuit a request belongs to: `%FILTER_STATE(wasm.circuit:PLAIN)%` in access logs",
  ),
};

export const circuitBreakingShared: Fields = {
  direction: direction(
    "inbound answers also say `x-envoy-ratelimited: true`, so that the caller's proxy does not try again",
  ),
  trustDomain: trustDomain("the mesh's trust domain, as in the other filters"),
  repeatedHeaders: repeatedHeaders("how a header that a request repeats is matched, as in the other filters"),
};
