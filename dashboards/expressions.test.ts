/** What dashboards and rules ask Prometheus: that it is PromQL, asks for what there is, and that alerts fire when they should. */
import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { stringify } from "yaml";
import { PROJECT } from "../tools/project.ts";
import { METRICS, prometheusName } from "./metrics/index.ts";
import { noPromtool, promtool } from "./promtool.ts";
import { GROUPS } from "./rules/groups.ts";
import { DASHBOARDS, RULES } from "./written.ts";

/** Metrics of others: Istio's, and Prometheus' own. */
const OF_OTHERS = ["pilot_total_xds_rejects", "ALERTS"];

/** Every expression, by where it is. Variables of Grafana have a value, as it gives them one. */
function expressions(): Map<string, string> {
  const found = new Map<string, string>();
  for (const [name, { panels = [] }] of DASHBOARDS) {
    for (const panel of panels) {
      const { title, targets = [] } = panel as { title?: string; targets?: { expr?: string }[] };
      targets.forEach(({ expr = "" }, index) => {
        found.set(`${name}, ${title}, ${index}`, expr.replaceAll("$__rate_interval", "5m"));
      });
    }
  }
  for (const { rules } of GROUPS) {
    for (const rule of rules) found.set("record" in rule ? rule.record : rule.alert, rule.expr);
  }
  return found;
}

/** The names of series in an expression: words that are no function, no keyword, no label and in no string. */
function seriesIn(expression: string): string[] {
  const bare = expression
    .replace(/"[^"]*"/g, '""')
    .replace(/\{[^}]*\}/g, "")
    .replace(/\[[^\]]*\]/g, "")
    .replace(/\b(by|on)\s*\([^)]*\)/g, "")
    .replace(/\boffset \w+/g, "")
    .replace(/[a-z]+\w*\s*\(/g, "(");
  return [...bare.matchAll(/[a-zA-Z_][\w:]*/g)].map(([word]) => word).filter((word) => !KEYWORDS.has(word));
}

const KEYWORDS = new Set(["and", "or", "unless", "sum", "max", "count"]);

test("dashboards and rules ask for metrics that are described, for recorded ones, and for few others", () => {
  const recorded = GROUPS.flatMap(({ rules }) => rules.flatMap((rule) => ("record" in rule ? rule.record : [])));
  const known = new Set([...METRICS.map(prometheusName), ...recorded, ...OF_OTHERS]);
  let asked = 0;
  for (const [place, expression] of expressions()) {
    const series = seriesIn(expression);
    assert.ok(series.length > 0, `${place} asks for nothing: ${expression}`);
    for (const one of series) assert.ok(known.has(one), `${place}: there is no ${one}`);
    asked += series.length;
  }
  assert.ok(asked > METRICS.length, `${asked}`);
});

test("promtool takes every expression of the dashboards", { skip: noPromtool }, (t) => {
  const folder = mkdtempSync(join(tmpdir(), "signalbox-expressions-"));
  t.after(() => rmSync(folder, { recursive: true, force: true }));
  const rules = [...expressions().values()].map((expr, index) => ({ record: `expression:number:${index}`, expr }));
  writeFileSync(join(folder, "rules.yaml"), stringify({ groups: [{ name: "all", rules }] }));
  promtool(folder, "check", "rules", "--lint-fatal", "rules.yaml");
});

test("promtool takes the rules", { skip: noPromtool }, () => {
  promtool(PROJECT, "check", "rules", "--lint-fatal", RULES);
});

test("alerts fire, and do not, as their tests say", { skip: noPromtool }, () => {
  promtool(PROJECT, "test", "rules", RULES.replace(".yaml", ".test.yaml"));
});
