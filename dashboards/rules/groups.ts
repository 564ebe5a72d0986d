import { series } from "../metrics/index.ts";
import { RECORDED } from "./recordings.ts";
import { CONFIGURATION_REFUSALS } from "./refusals.ts";
import { alert, type Alert, type Group } from "./rule.ts";

const PROXY = "{{ $labels.pod }} in {{ $labels.namespace }}";

const rejectedBy = (labels: string, name: string) => `sum by (${labels}) (rate(${series(name)}[5m])) > 0`;
/** By circuit where there are labels, else by proxy. */
const CIRCUITS_OPEN = [
  rejectedBy("namespace, pod, circuit", "circuit_breaking.circuit.<circuit>.rejected"),
  `(${rejectedBy("namespace, pod", "circuit_breaking.rejected")} unless on (namespace, pod) ${series("circuit_breaking.circuit.<circuit>.rejected")})`,
].join(" or ");

export const ALERTS: readonly Alert[] = [
  alert("SignalboxConfigurationRefused", `${CONFIGURATION_REFUSALS} > 0`, "0m", {
    severity: "critical",
    summary: "A proxy refused the configuration of an extension.",
    description:
      "Proxies that run go on with the configuration before it. Pods that start now answer 500 to every request.",
  }),
  alert(
    "SignalboxAuthzDenials",
    `${RECORDED.AUTHZ_DENIED_SHARE.record} > 0.05 and ${RECORDED.AUTHZ_DENIED.record} > 0.1`,
    "10m",
    {
      severity: "warning",
      summary: `authz denies {{ $value | humanizePercentage }} of the requests to ${PROXY}.`,
      description:
        "A policy is too strict, a caller has another identity than before, or somebody tries what is not allowed.",
    },
  ),
  alert("SignalboxAuthzUnsure", `sum by (namespace, pod) (increase(${series("authz.unsure")}[5m])) > 0`, "5m", {
    severity: "warning",
    summary: `authz denies requests to ${PROXY} because something about them is not known.`,
    description: "Envoy does not give a fact that a rule asks for, or the caller's certificate has no valid SPIFFE ID.",
  }),
  alert("SignalboxCircuitOpen", CIRCUITS_OPEN, "2m", {
    severity: "warning",
    summary: `${PROXY} refuses requests: circuit {{ with $labels.circuit }}{{ . }} {{ end }}is open.`,
    description: "The destination failed too often, so requests to it are refused without being sent.",
  }),
  alert(
    "SignalboxCircuitBreakerImpaired",
    `sum by (namespace, pod) (increase(${series("circuit_breaking.errors")}[10m])) > 0 or sum by (namespace, pod) (increase(${series("circuit_breaking.keys_overflow")}[10m])) > 0`,
    "10m",
    {
      severity: "warning",
      summary: `circuit-breaking at ${PROXY} does not count some results.`,
      description: "Envoy did not do its part, or there are more failing keys than maxKeys: circuits may stay closed.",
    },
  ),
  alert(
    "SignalboxFaultsActive",
    `${RECORDED.FAULTS.record} > 0 or sum by (namespace, pod) (${series("fault_injection.active_faults")}) > 0`,
    "15m",
    {
      severity: "info",
      summary: `fault-injection injects faults at ${PROXY}.`,
      description: "It has done so for 15 minutes. If nobody is testing, the configuration was forgotten.",
    },
  ),
  alert("SignalboxSpansDropped", `${RECORDED.SPANS_DROPPED_SHARE.record} > 0.01`, "10m", {
    severity: "warning",
    summary: `${PROXY} drops {{ $value | humanizePercentage }} of its spans.`,
    description: "Traces have holes. The collector refuses spans, is too slow, or is not known to the proxy.",
  }),
  alert("SignalboxJoinsMissed", `${RECORDED.JOINS_MISSED_SHARE.record} > 0.1`, "15m", {
    severity: "warning",
    summary: `{{ $value | humanizePercentage }} of the calls of ${PROXY} are joined to no request.`,
    description: "Each of them begins a trace of its own: traces of this workload are torn.",
  }),
];

/** Every group, in the order in which Prometheus evaluates them. */
export const GROUPS: readonly Group[] = [
  { name: "signalbox-recordings", rules: Object.values(RECORDED) },
  { name: "signalbox-alerts", rules: ALERTS },
];
