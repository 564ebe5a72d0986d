import { counter, gauge, type FilterMetrics } from "./metric.ts";

/** `<sampling_rule>` and `<keep_policy>` are the plugin's name, a dot and that of the rule or policy. */
const RULE = "trace_propagation.sampling.<sampling_rule>";
const KEEP = "trace_propagation.keep.<keep_policy>";
/** Thousandths of traces. */
const FORFEITED = "thousandths of traces that could have been let through, and did not come in time";

export const TRACE_PROPAGATION: FilterMetrics = {
  filter: "trace-propagation",
  title: "trace-propagation",
  panels: [
    {
      title: "Traces that go on, and that begin here",
      unit: "reqps",
      overview: true,
      metrics: [
        counter("trace_propagation.extracted", "requests that came with a context"),
        counter("trace_propagation.injected", "requests whose trace headers were written"),
        counter("trace_propagation.restarted.absent", "traces that began here because nothing came"),
        counter("trace_propagation.restarted.invalid", "traces that began here because what came is malformed"),
      ],
    },
    {
      title: "Calls that were joined, and that were not",
      unit: "reqps",
      metrics: [
        counter("trace_propagation.joined", "calls that were joined by a key"),
        counter("trace_propagation.joined_ambiguous", "those of them whose key several requests of the trace had"),
        counter("trace_propagation.joined_alone", "calls that were joined to the only request in flight"),
        counter("trace_propagation.join_missed", "calls that were not joined: nothing is known under their key"),
        counter(
          "trace_propagation.join_missed_torn",
          "calls that were not joined: requests of several traces have their key",
        ),
      ],
    },
    {
      title: "Headers that disagree or are malformed",
      unit: "reqps",
      metrics: [
        counter("trace_propagation.conflicts", "requests whose formats tell different traces"),
        counter("trace_propagation.tracestate_discarded", "malformed tracestates that were taken away"),
        counter("trace_propagation.baggage_discarded", "malformed or oversized baggages that were taken away"),
      ],
    },
    {
      title: "Spans: recorded, sent and dropped",
      unit: "cps",
      overview: true,
      metrics: [
        counter("trace_propagation.spans.recorded", "spans that were made"),
        counter("trace_propagation.spans.sent", "spans that a collector took"),
        counter("trace_propagation.spans.dropped.queue_full", "spans that were dropped: there was no room for them"),
        counter("trace_propagation.spans.dropped.no_cluster", "spans that were dropped: Envoy has no such cluster"),
        counter("trace_propagation.spans.dropped.rejected", "spans that were dropped: the collector refused them"),
        counter("trace_propagation.spans.dropped.gave_up", "spans that were dropped: ten attempts failed"),
      ],
    },
    {
      title: "Requests that keep reported, and that a limit left out",
      unit: "reqps",
      metrics: [
        counter("trace_propagation.spans.kept.error", "requests that `keep` reported because they failed"),
        counter("trace_propagation.spans.kept.slow", "requests that `keep` reported because they were slow"),
        counter("trace_propagation.spans.kept.match", "requests that `keep` reported because they matched"),
        counter("trace_propagation.spans.kept_limited", "requests that `keep` did not report: a limit was reached"),
      ],
    },
    {
      title: "Requests that keep reported, by policy",
      unit: "reqps",
      metrics: [counter(`${KEEP}.granted`, "requests that a policy of `keep` reported")],
    },
    {
      title: "Requests to the collector",
      unit: "reqps",
      metrics: [
        counter("trace_propagation.exports.sent", "requests with spans that the collector took"),
        counter("trace_propagation.exports.retried", "requests with spans that are sent again"),
        counter("trace_propagation.exports.failed", "requests with spans that came to nothing"),
      ],
    },
    {
      title: "Traces sampled, by rule with rateLimiting or adaptive",
      unit: "cps",
      metrics: [
        counter(
          `${RULE}.granted`,
          "traces that `rateLimiting`, the limit after `adaptive` or a limit of Jaeger's let through",
        ),
        counter(
          `${RULE}.lower_bound_granted`,
          "traces that `minSamplesPerSecond` of `adaptive`, or Jaeger's lower bound, let through",
        ),
        counter(`${RULE}.arrived`, "traces that `adaptive` decided about"),
      ],
    },
    {
      title: "Requests to Jaeger for strategies of sampling",
      unit: "cps",
      metrics: [
        counter("trace_propagation.sampling.remote.updated", "answers of Jaeger to `jaegerRemote` that were taken"),
        counter(
          "trace_propagation.sampling.remote.failed",
          "requests of `jaegerRemote` without an answer, or whose answer was refused",
        ),
      ],
    },
    {
      title: "Probability of adaptive, in billionths",
      unit: "short",
      metrics: [gauge(`${RULE}.probability_ppb`, "the probability of `adaptive`, in billionths")],
    },
  ],
  internal: [
    gauge(`${RULE}.forfeited`, FORFEITED),
    gauge(`${RULE}.lower_bound_forfeited`, FORFEITED),
    gauge(`${KEEP}.forfeited`, FORFEITED),
    gauge("trace_propagation.self_test", "0: the filter asks with it whether Envoy keeps its metrics"),
  ],
  tags: [
    {
      tag_name: "sampling_rule",
      regex:
        "^wasmcustom\\.trace_propagation\\.sampling(\\.(.+))\\.(?:(?:lower_bound_)?(?:granted|forfeited)|arrived|probability_ppb)$",
    },
    {
      tag_name: "keep_policy",
      regex: "^wasmcustom\\.trace_propagation\\.keep(\\.(.+))\\.(?:granted|forfeited)$",
    },
  ],
};
