/**
 * The section `circuitBreaking`. Metrics are the process's, so both sides of a comparison count errors together, those of the fault-injection
 * behind it: circuits that are forced open by a match decide, and the others never see enough errors to open.
 */
import type { JsonObject } from "../../support/envoy/index.ts";
import type { Random } from "../random.ts";
import { routeCondition } from "./generate-services.ts";

/** More than all requests of a run. */
const NEVER = 1_000_000;
const POLICIES: readonly JsonObject[] = [
  { consecutive5xxErrors: NEVER },
  { consecutive5xxErrors: 0, failureRateThreshold: 50, minimumNumberOfCalls: NEVER, interval: "1s" },
  { consecutive5xxErrors: NEVER, consecutiveGatewayErrors: NEVER, splitExternalLocalOriginErrors: true },
];

export function generateCircuits(random: Random, name: string): JsonObject {
  const [header, match] = routeCondition(random);
  const circuits: JsonObject[] = [
    { name: "forced", match: [{ headers: { [header]: match } } as unknown as JsonObject], state: "FORCED_OPEN" },
    { name: "keyed", match: [{ uri: { prefix: "/" } }], keyedBy: { header: "x-user" } },
  ];
  return {
    destinationRules: [
      {
        name,
        host: random.pick(["*", "*.default.svc.cluster.local", "reviews"]),
        trafficPolicy: { outlierDetection: random.pick(POLICIES) },
        circuits: circuits.filter(() => random.percent(25)),
        ...(random.percent(15) && { state: random.pick(["METRICS_ONLY", "DISABLED"]) }),
      },
    ],
    ...(random.percent(30) && {
      rejection: { httpStatus: 429, body: "circuit", headers: { "x-keep": "circuit" }, retryAfter: false },
    }),
    ...(random.percent(20) && { expose: true }),
  };
}
