/** A configuration, requests and answers that reach everything of the filter. */
import type { Random } from "../../../../test/oracle/random.ts";
import { FAILS, FLAG, GET, GRPC, OK, type Answer } from "./scenario.ts";

/** One error opens it. */
export const ONE = { consecutive5xxErrors: 1, baseEjectionTime: "1s", interval: "10s" };

/** All that a configuration can ask of the host. */
export const EVERYTHING = {
  expose: true,
  steering: { header: "x-subset", value: "outbound|{port}|{subset}|{host}" },
  exempt: [{ headers: { "x-exempt": {} } }],
  rejection: { headers: { "x-why": "open" } },
  destinationRules: [
    {
      name: "reviews",
      host: "*",
      trafficPolicy: {
        outlierDetection: {
          ...ONE,
          ...{ maxEjectionTimeJitter: "1s", failureRateThreshold: 50, slowCallDurationThreshold: "1s" },
          ...{ splitExternalLocalOriginErrors: true, attempts: "EACH", honorRetryAfter: true },
        },
        portLevelSettings: [{ port: { number: 9080 }, outlierDetection: ONE }],
      },
      subsets: [{ name: "v2", trafficPolicy: { outlierDetection: ONE } }],
      circuits: [
        { name: "keyed", match: [{ headers: { "x-key": {} } }], keyedBy: { header: "x-key" }, maxKeys: 2 },
        { name: "watched", match: [{ headers: { "x-watched": {} } }], state: "METRICS_ONLY", outlierDetection: ONE },
      ],
    },
  ],
};

/** Ends of a request, of each kind that is told apart. */
export const ANSWERS: readonly Answer[] = [
  ...[OK, FAILS, { status: 503, headers: { "retry-after": "7" } }, { status: 200, grpcStatus: 14 }],
  { status: 503, details: "upstream_reset_before_response_started{remote_reset}", flags: FLAG.UF },
  { status: 200, breaksOff: { details: "upstream_reset_after_response_started{x}", flags: FLAG.UC } },
  ...[
    { flags: FLAG.DC, after: 2000 },
    { status: 200, headers: { "grpc-status": "" } },
    { status: 200, after: 3000 },
  ],
];

/** Headers that lead to any of the circuits of `EVERYTHING`, or to none. */
export function anyHeaders(random: Random): Record<string, string> {
  const some = { "x-key": random.pick(["a", "b", "c", "d", ""]), "x-watched": "1", "x-exempt": "1", "x-subset": "v2" };
  const chosen = Object.entries(some).filter(([name]) => random.percent(name === "x-key" ? 40 : 12));
  return { ...random.pick([GET, GRPC]), ...Object.fromEntries(chosen) };
}
