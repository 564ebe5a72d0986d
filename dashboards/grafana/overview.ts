import { RowBuilder } from "@grafana/grafana-foundation-sdk/dashboard";
import { FILTERS } from "../metrics/index.ts";
import { CONFIGURATION_REFUSALS } from "../rules/refusals.ts";
import { emptyDashboard, existenceOf, type Dashboard } from "./dashboard.ts";
import { firing, line, panelOf } from "./panels.ts";

/** The dashboard of all filters: what is wrong now, and the panels of each filter that say whether it works. */
export function overview(): Dashboard {
  const names = FILTERS.map(existenceOf).join("|");
  const builder = emptyDashboard("signalbox", "Signalbox / all filters", `{__name__=~"${names}"}`);
  let id = 1;
  builder.withPanel(firing(id++));
  builder.withPanel(
    line("Configurations that proxies refused", "As istiod counts them.", CONFIGURATION_REFUSALS, "short", id++),
  );
  for (const { title, panels } of FILTERS) {
    builder.withRow(new RowBuilder(title).id(id++));
    for (const panel of panels.filter((one) => one.overview)) builder.withPanel(panelOf(panel, id++));
  }
  return builder.build();
}
