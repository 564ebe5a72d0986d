import { format } from "prettier";
import { stringify } from "yaml";
import { overview } from "./grafana/overview.ts";
import { filterDashboard, type Dashboard } from "./grafana/dashboard.ts";
import { FILTERS } from "./metrics/index.ts";
import { readmeOf, readmeWithTable } from "./readme-tables.ts";
import { GROUPS } from "./rules/groups.ts";

/** The file with Prometheus' rules. */
export const RULES = "dashboards/rules/signalbox.yaml";

/** All dashboards, by the name of their file without its ending. */
export const DASHBOARDS: ReadonlyMap<string, Dashboard> = new Map([
  ["signalbox", overview()],
  ...FILTERS.map((filter): [string, Dashboard] => [filter.filter, filterDashboard(filter)]),
]);

/** A dashboard as its file has it. */
export async function dashboardText(dashboard: Dashboard): Promise<string> {
  return await format(JSON.stringify(dashboard), { parser: "json", printWidth: 120 });
}

/** Every file that `make dashboards` writes, by its path in the project. */
export async function written(): Promise<Map<string, string>> {
  const files = new Map<string, string>();
  for (const [name, dashboard] of DASHBOARDS) files.set(`dashboards/${name}.json`, await dashboardText(dashboard));
  const rules = stringify({ groups: GROUPS }, { lineWidth: 0, aliasDuplicateObjects: false });
  files.set(
    RULES,
    await format(`# Written by \`make dashboards\` from dashboards/rules/*.ts.\n\n${rules}`, {
      parser: "yaml",
      printWidth: 120,
    }),
  );
  for (const filter of FILTERS) files.set(readmeOf(filter), await readmeWithTable(filter));
  return files;
}
