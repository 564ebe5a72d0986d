/** The description of all metrics of all filters, from which dashboards, alerts, the READMEs' tables and Envoy's rules for labels are made. */
import { AUTHZ } from "./authz.ts";
import { CIRCUIT_BREAKING } from "./circuit-breaking.ts";
import { FAULT_INJECTION } from "./fault-injection.ts";
import { HEADER_ROUTING } from "./header-routing.ts";
import { metricsOf, prometheusName, type FilterMetrics, type Metric } from "./metric.ts";
import { TRACE_PROPAGATION } from "./trace-propagation.ts";

export * from "./metric.ts";

/** In the order in which `signalbox` asks its sections. */
export const FILTERS: readonly FilterMetrics[] = [
  TRACE_PROPAGATION,
  AUTHZ,
  HEADER_ROUTING,
  CIRCUIT_BREAKING,
  FAULT_INJECTION,
];

export const METRICS: readonly Metric[] = FILTERS.flatMap(metricsOf);

const BY_NAME = new Map(METRICS.map((metric) => [metric.name, metric]));

/**
 * The name that a metric has in Prometheus, for expressions.
 *
 * @throws Error where the description has no metric with that name
 */
export function series(name: string): string {
  const metric = BY_NAME.get(name);
  if (metric === undefined) throw new Error(`no filter has a metric ${name}`);
  return prometheusName(metric);
}

/** Where the description of a filter is. */
export function describedAs(filter: string): FilterMetrics {
  const found = FILTERS.find((one) => one.filter === filter);
  if (found === undefined) throw new Error(`dashboards/metrics/ does not describe ${filter}`);
  return found;
}
