import { counter, gauge, type FilterMetrics } from "./metric.ts";

/** `<circuit>` is the plugin's name, a dot and the circuit's; `<key>` is a place of `keyedBy`. */
const CIRCUIT = "circuit_breaking.circuit.<circuit>";
const KEYED = `${CIRCUIT}[.key.<key>]`;

export const CIRCUIT_BREAKING: FilterMetrics = {
  filter: "circuit-breaking",
  title: "circuit-breaking",
  panels: [
    {
      title: "State of circuits",
      unit: "short",
      overview: true,
      values: ["closed", "open", "half-open"],
      metrics: [gauge(`${KEYED}.state`, "0 closed, 1 open, 2 half-open; it changes when a request comes")],
    },
    {
      title: "Requests refused, and probes",
      unit: "reqps",
      overview: true,
      metrics: [
        counter("circuit_breaking.rejected", "requests that were refused because their circuit was open"),
        counter(
          "circuit_breaking.would_reject",
          "requests that `METRICS_ONLY` let pass, and that would have been refused",
        ),
        counter("circuit_breaking.probes", "requests that tried whether a half-open circuit can close"),
      ],
    },
    {
      title: "Changes of state",
      unit: "cps",
      metrics: [
        counter("circuit_breaking.opened", "circuits that opened"),
        counter("circuit_breaking.half_opened", "circuits that became half-open"),
        counter("circuit_breaking.closed", "circuits that closed"),
      ],
    },
    {
      title: "Requests refused, by circuit",
      unit: "reqps",
      metrics: [counter(`${CIRCUIT}.rejected`, "requests that this circuit refused")],
    },
    {
      title: "Openings, by circuit",
      unit: "cps",
      metrics: [counter(`${CIRCUIT}.opened`, "how often this circuit, or one of its keys, opened")],
    },
    {
      title: "Errors in a row",
      unit: "short",
      metrics: [
        gauge(`${KEYED}.consecutive_errors`, "errors since the last success"),
        gauge(`${KEYED}.consecutive_gateway_errors`, "the same for gateway errors, with `consecutiveGatewayErrors`"),
        gauge(
          `${KEYED}.consecutive_local_origin_failures`,
          "the same for connections that failed, with `splitExternalLocalOriginErrors`",
        ),
      ],
    },
    {
      title: "Calls that rates are taken of",
      unit: "reqps",
      metrics: [
        counter(`${KEYED}.requests`, "calls, with `failureRateThreshold` or `slowCallRateThreshold`"),
        counter(`${KEYED}.failures`, "those of them that failed"),
        counter(`${KEYED}.slow_calls`, "those of them that were slow, with `slowCallRateThreshold`"),
      ],
    },
    {
      title: "What the breaker could not do",
      unit: "cps",
      metrics: [
        counter(
          "circuit_breaking.errors",
          "requests that passed, or results that did not count, because Envoy did not do its part",
        ),
        counter("circuit_breaking.keys_overflow", "failures of a key that no circuit was left for"),
      ],
    },
  ],
  internal: [
    counter(`${KEYED}.transitions`, "rises when workers must look at the circuit again"),
    counter(`${CIRCUIT}.assignments`, "rises when a place of `keyedBy` has another key"),
    gauge(
      `${CIRCUIT}.key.<key>.idle_since`,
      "since when nothing happened to the key, by the monotonic clock, in milliseconds",
    ),
    gauge("circuit_breaking.self_test", "0: the filter asks with it whether Envoy keeps its metrics"),
  ],
  tags: [
    { tag_name: "circuit", regex: "^wasmcustom\\.circuit_breaking\\.circuit(\\.(.+?))(?:\\.key\\.\\d+)?\\.\\w+$" },
    { tag_name: "key", regex: "^wasmcustom\\.circuit_breaking\\.circuit\\..+(\\.key\\.(\\d+))\\.\\w+$" },
  ],
};
