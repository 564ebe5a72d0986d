/** That what is committed is what `make dashboards` writes, and that documents say what the description says. */
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { parse } from "yaml";
import { PROJECT, filesBelow } from "../tools/project.ts";
import { FILTERS, labelsOf, metricsOf } from "./metrics/index.ts";
import { readmeOf } from "./readme-tables.ts";
import { ALERTS } from "./rules/groups.ts";
import { RULES, written } from "./written.ts";

const textOf = (file: string) => readFileSync(join(PROJECT, file), "utf8");

test("dashboards, rules and the READMEs' tables are what `make dashboards` writes", async () => {
  const files = await written();
  for (const [file, text] of files) assert.equal(textOf(file), text, `${file}: run make dashboards`);
  const others = filesBelow("dashboards").filter((file) => file.endsWith(".json") && !files.has(file));
  assert.deepEqual(others, []);
});

test("a second writing gives the same bytes", async () => {
  assert.deepEqual([...(await written())], [...(await written())]);
});

for (const filter of FILTERS.filter((one) => one.tags.length > 0)) {
  test(`${readmeOf(filter)} shows the rules for labels as Envoy takes them`, () => {
    const block = /```yaml\n(stats_config:\n(?: .*\n)+)```/.exec(textOf(readmeOf(filter)))?.[1] ?? "";
    assert.deepEqual(parse(block), { stats_config: { stats_tags: filter.tags } });
  });
}

test("each metric is on a dashboard of its filter, but for the internal ones", () => {
  for (const filter of FILTERS) {
    const text = textOf(`dashboards/${filter.filter}.json`);
    for (const metric of metricsOf(filter)) {
      assert.equal(text.includes(`- ${metric.name}: `), !filter.internal.includes(metric), metric.name);
    }
  }
});

test("each panel with labels says where labels come from", () => {
  for (const filter of FILTERS) {
    const { panels } = JSON.parse(textOf(`dashboards/${filter.filter}.json`)) as { panels: Shown[] };
    for (const { title, metrics } of filter.panels.filter((one) =>
      one.metrics.some((two) => labelsOf(two).length > 0),
    )) {
      const shown = panels.find((one) => one.title === title);
      assert.match(shown?.fieldConfig.defaults.noValue ?? "", /manifests\/metrics/, `${title} of ${metrics.length}`);
    }
  }
});

interface Shown {
  title: string;
  fieldConfig: { defaults: { noValue?: string } };
}

test("docs/alerts.md has a part for each alert, which its runbook_url leads to, and for no other", () => {
  const headings = [...textOf("docs/alerts.md").matchAll(/^## (Signalbox\w+)$/gm)].map(([, name = ""]) => name);
  assert.deepEqual(
    headings,
    ALERTS.map(({ alert }) => alert),
  );
  for (const { alert, annotations } of ALERTS) {
    assert.ok(annotations.runbook_url.endsWith(`docs/alerts.md#${alert.toLowerCase()}`), annotations.runbook_url);
  }
});

test("the tests of the rules have each alert fire, and each of them not", () => {
  const { tests } = parse(textOf(RULES.replace(".yaml", ".test.yaml"))) as { tests: RuleTest[] };
  const asked = tests.flatMap(({ alert_rule_test = [] }) => alert_rule_test);
  for (const { alert } of ALERTS) {
    const own = asked.filter(({ alertname }) => alertname === alert);
    assert.ok(
      own.some(({ exp_alerts = [] }) => exp_alerts.length > 0),
      `${alert} never fires`,
    );
    assert.ok(
      own.some(({ exp_alerts = [] }) => exp_alerts.length === 0),
      `${alert} always fires`,
    );
  }
});

interface RuleTest {
  alert_rule_test?: { alertname: string; exp_alerts?: object[] }[];
}
