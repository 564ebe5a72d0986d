/** What a panel asks Prometheus about a metric. */
import { labelsOf, prometheusName, type Metric } from "../metrics/index.ts";

/** The proxies that are chosen above a dashboard. Prometheus gives a pod's namespace and name to what it scrapes. */
const CHOSEN = 'namespace=~"$namespace", pod=~"$pod"';

/** The expression: a counter's rate, or a gauge, of all chosen proxies together, for each set of labels. */
export function expressionOf(metric: Metric): string {
  const selected = `${prometheusName(metric)}{${CHOSEN}}`;
  const labels = labelsOf(metric);
  const by = labels.length === 0 ? "" : ` by (${labels.join(", ")}) `;
  if (metric.kind === "counter") return `sum${by}(rate(${selected}[$__rate_interval]))`;
  return `${metric.across}${by}(${selected})`;
}

/** The words for a line: its labels, and the last part of the name where the panel shows several metrics. */
export function legendOf(metric: Metric, withName: boolean): string {
  const what = metric.name.replace(/^.*[>\]]\./, "").replace(/^\w+?\./, "");
  const labels = labelsOf(metric).map((label) => `{{${label}}}`);
  return [...labels, ...(withName || labels.length === 0 ? [what] : [])].join(" ");
}
