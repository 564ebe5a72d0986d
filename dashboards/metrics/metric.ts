/**
 * How the metrics of a filter are described, and what follows for Prometheus.
 *
 * A name is what the filter gives Envoy, which shows it after `wasmcustom.`. `<policy>` stands for what the configuration says there, and
 * `[…]` for a part that is not always there. What stands in angle brackets is a label in Prometheus, where Envoy has the rules
 * (`stats_config.stats_tags`) that `Tag` describes; else it is a part of the name there.
 */

/** No filter has a histogram: the proxy-wasm host of Envoy gives Prometheus one of whole numbers alone, and no filter measures any. */
export type Kind = "counter" | "gauge";

export interface Metric {
  /** Such as `authz.policy.<policy_namespace>.<policy>.rule.<rule>.denied`. */
  readonly name: string;
  readonly kind: Kind;
  /** What is counted, or what the gauge says. */
  readonly meaning: string;
  /** Of a gauge: what the values of several proxies make together. */
  readonly across?: "sum" | "max";
}

/** Metrics that belong on one panel of a dashboard, with the same unit. */
export interface Panel {
  readonly title: string;
  /** As Grafana names it (`@grafana/data`, value formats): `reqps`, `short`, `ops`. */
  readonly unit: string;
  readonly metrics: readonly Metric[];
  /** What the values of a gauge stand for, by value. */
  readonly values?: readonly string[];
  /** Whether the dashboard of all filters has it as well. */
  readonly overview?: true;
}

/** One of Envoy's `stats_tags`: the first group is cut out of the name, the second is the label's value. */
export interface Tag {
  readonly tag_name: string;
  readonly regex: string;
}

/** All metrics of a filter. */
export interface FilterMetrics {
  /** The name of its folder in `filters/`. */
  readonly filter: string;
  readonly title: string;
  readonly panels: readonly Panel[];
  /** Metrics by which the filter works, and which say nothing to people: on no dashboard. */
  readonly internal: readonly Metric[];
  readonly tags: readonly Tag[];
}

export function counter(name: string, meaning: string): Metric {
  return { name, kind: "counter", meaning };
}

export function gauge(name: string, meaning: string, across: "sum" | "max" = "max"): Metric {
  return { name, kind: "gauge", meaning, across };
}

export function metricsOf({ panels, internal }: FilterMetrics): Metric[] {
  return [...panels.flatMap(({ metrics }) => metrics), ...internal];
}

const LABEL = /<(\w+)>/g;

/** The labels that a metric can have, in the order of its name. */
export function labelsOf({ name }: Metric): string[] {
  return [...name.matchAll(LABEL)].map(([, label = ""]) => label);
}

/** The name in Prometheus where Envoy has the rules for labels, which are cut out; that of a key with the word before it. */
export function prometheusName({ name }: Metric): string {
  const rest = name.replace(/\[[^\]]*\]/g, "").replace(/(?:\.key)?\.<\w+>/g, "");
  return rest.replace(/\W/g, "_");
}

/** What the names that Envoy is given for a metric look like, without `wasmcustom.`. */
export function namePattern({ name }: Metric): RegExp {
  const pattern = name
    .replaceAll(".", "\\.")
    .replaceAll("[", "(?:")
    .replaceAll("]", ")?")
    .replace(LABEL, (_, label: string) => (NUMBERS.includes(label) ? "\\d+" : ".+?"));
  return new RegExp(`^${pattern}$`);
}

/** Labels whose values are numbers. */
const NUMBERS = ["rule", "key"];
