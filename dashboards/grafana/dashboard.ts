/** Dashboards of Grafana: one for each filter, and what all have in common. */
import {
  DashboardBuilder,
  DashboardCursorSync,
  DashboardLinkBuilder,
  DashboardLinkType,
  DatasourceVariableBuilder,
  QueryVariableBuilder,
  RowBuilder,
  VariableRefresh,
  VariableSort,
  type Dashboard,
} from "@grafana/grafana-foundation-sdk/dashboard";
import { labelsOf, metricsOf, prometheusName, type FilterMetrics } from "../metrics/index.ts";
import { DATASOURCE, panelOf } from "./panels.ts";

export type { Dashboard };

/** A tag of all of them, by which they link to each other. */
const TAG = "signalbox";

/** The dashboard of a filter: its panels, those of labels under a row of their own. */
export function filterDashboard(filter: FilterMetrics): Dashboard {
  const { title, panels } = filter;
  const builder = emptyDashboard(`signalbox-${filter.filter}`, `Signalbox / ${title}`, existenceOf(filter));
  const hasLabels = ({ metrics }: FilterMetrics["panels"][number]) => metrics.every((one) => labelsOf(one).length > 0);
  const [whole, parts] = [panels.filter((one) => !hasLabels(one)), panels.filter(hasLabels)];
  let id = 1;
  for (const panel of whole) builder.withPanel(panelOf(panel, id++));
  if (parts.length > 0) builder.withRow(new RowBuilder("By what the configuration names").id(id++));
  for (const panel of parts) builder.withPanel(panelOf(panel, id++));
  return builder.build();
}

/** A metric that each proxy with the filter has, whatever the configuration says. */
export function existenceOf(filter: FilterMetrics): string {
  const found = metricsOf(filter).find((metric) => labelsOf(metric).length === 0);
  if (found === undefined) throw new Error(`each metric of ${filter.filter} has labels`);
  return prometheusName(found);
}

/**
 * A dashboard without panels: data source, namespace and pod are chosen above it.
 *
 * @param selector the series whose pods can be chosen
 */
export function emptyDashboard(uid: string, title: string, selector: string): DashboardBuilder {
  const inNamespace = selector.startsWith("{")
    ? selector.replace("}", ', namespace=~"$namespace"}')
    : `${selector}{namespace=~"$namespace"}`;
  return new DashboardBuilder(title)
    .uid(uid)
    .tags([TAG])
    .description("Written by make dashboards from dashboards/ of Signalbox.")
    .editable()
    .refresh("30s")
    .time({ from: "now-1h", to: "now" })
    .timezone("browser")
    .tooltip(DashboardCursorSync.Crosshair)
    .link(
      new DashboardLinkBuilder("Signalbox")
        .type(DashboardLinkType.Dashboards)
        .tags([TAG])
        .asDropdown(true)
        .includeVars(true)
        .keepTime(true),
    )
    .withVariable(new DatasourceVariableBuilder("datasource").label("Data source").type("prometheus"))
    .withVariable(choice("namespace", "Namespace", `label_values(${selector}, namespace)`))
    .withVariable(choice("pod", "Pod", `label_values(${inNamespace}, pod)`));
}

/** Several can be chosen. All are by default, those without the label too. */
function choice(name: string, label: string, query: string): QueryVariableBuilder {
  return new QueryVariableBuilder(name)
    .label(label)
    .query(query)
    .datasource(DATASOURCE)
    .refresh(VariableRefresh.OnTimeRangeChanged)
    .sort(VariableSort.AlphabeticalAsc)
    .multi(true)
    .includeAll(true)
    .allValue(".*")
    .current({ selected: true, text: "All", value: "$__all" });
}
