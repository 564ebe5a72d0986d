import { series } from "../metrics/index.ts";
import type { Recording } from "./rule.ts";

/** Each proxy by itself, as a filter decides in its proxy alone. */
const BY = "by (namespace, pod)";

/** Of several counters: how much they rise in a second, together, over five minutes. */
function rate(...names: string[]): string {
  return names.map((name) => `sum ${BY} (rate(${series(name)}[5m]))`).join(" + ");
}

/** A share, NaN where nothing happened. */
function share(parts: string[], others: string[]): string {
  return `(${rate(...parts)}) / (${rate(...parts, ...others)})`;
}

const AUTHZ_DENIED: Recording = {
  record: "namespace_pod:authz_denied:rate5m",
  expr: rate("authz.denied"),
};
const AUTHZ_DENIED_SHARE: Recording = {
  record: "namespace_pod:authz_denied:ratio_rate5m",
  expr: share(["authz.denied"], ["authz.allowed"]),
};
const FAULTS: Recording = {
  record: "namespace_pod:fault_injection_injected:rate5m",
  expr: rate("fault_injection.delays_injected", "fault_injection.aborts_injected"),
};

const DROPPED = ["queue_full", "no_cluster", "rejected", "gave_up"].map(
  (why) => `trace_propagation.spans.dropped.${why}`,
);
const SPANS_DROPPED_SHARE: Recording = {
  record: "namespace_pod:trace_propagation_spans_dropped:ratio_rate5m",
  expr: share(DROPPED, ["trace_propagation.spans.sent"]),
};
const JOINS_MISSED_SHARE: Recording = {
  record: "namespace_pod:trace_propagation_join_missed:ratio_rate5m",
  expr: share(
    ["trace_propagation.join_missed", "trace_propagation.join_missed_torn"],
    ["trace_propagation.joined", "trace_propagation.joined_alone"],
  ),
};

/** What the alerts ask, by what it is. */
export const RECORDED = { AUTHZ_DENIED, AUTHZ_DENIED_SHARE, FAULTS, SPANS_DROPPED_SHARE, JOINS_MISSED_SHARE };
