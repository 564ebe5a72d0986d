/** Panels of Grafana, made of what the description says of metrics. */
import type { Builder, Dataquery } from "@grafana/grafana-foundation-sdk/cog";
import * as common from "@grafana/grafana-foundation-sdk/common";
import type { Panel as GrafanaPanel } from "@grafana/grafana-foundation-sdk/dashboard";
import { MappingType } from "@grafana/grafana-foundation-sdk/dashboard";
import { DataqueryBuilder, PromQueryFormat } from "@grafana/grafana-foundation-sdk/prometheus";
import { PanelBuilder as StateTimelineBuilder } from "@grafana/grafana-foundation-sdk/statetimeline";
import { PanelBuilder as TableBuilder } from "@grafana/grafana-foundation-sdk/table";
import { PanelBuilder as TimeSeriesBuilder } from "@grafana/grafana-foundation-sdk/timeseries";
import { labelsOf, type Panel } from "../metrics/index.ts";
import { expressionOf, legendOf } from "./expression.ts";

/** The data source that is chosen above the dashboard. */
export const DATASOURCE = { type: "prometheus", uid: "${datasource}" };

const HALF = 12;
const HEIGHT = 8;
/** Named as Grafana's palette names them, and told apart without colour by their words. */
const COLOURS = ["green", "red", "yellow"];

/** The panel of a group of metrics: a line for each, or for each of their labels; states as bars over time. */
export function panelOf(panel: Panel, id: number): Builder<GrafanaPanel> {
  return panel.values === undefined ? lines(panel, id) : states(panel, panel.values, id);
}

function lines(panel: Panel, id: number): Builder<GrafanaPanel> {
  const builder = new TimeSeriesBuilder()
    .unit(panel.unit)
    .min(0)
    .fillOpacity(10)
    .showPoints(common.VisibilityMode.Never)
    .legend(
      new common.VizLegendOptionsBuilder()
        .displayMode(common.LegendDisplayMode.List)
        .placement(common.LegendPlacement.Bottom)
        .showLegend(true),
    )
    .tooltip(
      new common.VizTooltipOptionsBuilder().mode(common.TooltipDisplayMode.Multi).sort(common.SortOrder.Descending),
    );
  return described(builder, panel, id);
}

function states(panel: Panel, values: readonly string[], id: number): Builder<GrafanaPanel> {
  const options = Object.fromEntries(
    values.map((text, value) => [String(value), { text, color: COLOURS[value], index: value }]),
  );
  const builder = new StateTimelineBuilder()
    .mappings([{ type: MappingType.ValueToText, options }])
    .showValue(common.VisibilityMode.Auto);
  return described(builder, panel, id);
}

/** What builders of all kinds of panels have. */
interface PanelBuilder extends Builder<GrafanaPanel> {
  id(id: number): this;
  title(title: string): this;
  description(description: string): this;
  datasource(datasource: typeof DATASOURCE): this;
  span(columns: number): this;
  height(rows: number): this;
  noValue(text: string): this;
  withTarget(target: Builder<Dataquery>): this;
}

function described<Built extends PanelBuilder>(builder: Built, panel: Panel, id: number): Built {
  const { title, metrics } = panel;
  const meanings = metrics.map((metric) => `- ${metric.name}: ${metric.meaning}`);
  const labelled = metrics.some((metric) => labelsOf(metric).length > 0);
  builder
    .id(id)
    .title(title)
    .description([...meanings, ...(labelled ? [NEEDS_LABELS] : [])].join("\n"))
    .datasource(DATASOURCE)
    .span(HALF)
    .height(HEIGHT);
  if (labelled) builder.noValue("No data. The labels come with manifests/metrics.");
  metrics.forEach((metric, index) => {
    const target = query(expressionOf(metric))
      .legendFormat(legendOf(metric, metrics.length > 1))
      .range();
    builder.withTarget(target.refId(String.fromCharCode(A + index)));
  });
  return builder;
}

const A = "A".charCodeAt(0);
const NEEDS_LABELS = "\nThe labels are there if the proxies have the rules for labels: manifests/metrics.";

function query(expression: string): DataqueryBuilder {
  return new DataqueryBuilder().expr(expression).datasource(DATASOURCE);
}

/** A line of its own for what is no filter's metric. */
export function line(
  title: string,
  description: string,
  expression: string,
  unit: string,
  id: number,
): Builder<GrafanaPanel> {
  return new TimeSeriesBuilder()
    .id(id)
    .title(title)
    .description(description)
    .datasource(DATASOURCE)
    .unit(unit)
    .min(0)
    .span(HALF)
    .height(HEIGHT)
    .withTarget(query(expression).legendFormat("{{type}}").range().refId("A"));
}

/** The alerts that fire now. */
export function firing(id: number): Builder<GrafanaPanel> {
  const expression = 'ALERTS{alertname=~"Signalbox.*", alertstate="firing"}';
  return new TableBuilder()
    .id(id)
    .title("Alerts that fire")
    .description("docs/alerts.md says what each means and what to look at first.")
    .datasource(DATASOURCE)
    .span(HALF)
    .height(HEIGHT)
    .noValue("none")
    .withTarget(query(expression).format(PromQueryFormat.Table).instant().refId("A"))
    .withTransformation({ id: "organize", options: { excludeByName: { Time: true, Value: true, __name__: true } } });
}
