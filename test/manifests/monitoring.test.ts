/** That Grafana and the Prometheus operator find in manifests/monitoring what lies in dashboards/. */
import assert from "node:assert/strict";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { test } from "node:test";
import { parse, stringify } from "yaml";
import { noPromtool, promtool } from "../../dashboards/promtool.ts";
import { PROJECT, filesBelow } from "../../tools/project.ts";

interface Resource {
  apiVersion: string;
  kind: string;
  metadata: { name: string; labels: Record<string, string>; annotations?: Record<string, string> };
  data?: Record<string, string>;
  spec?: object;
}

const textOf = (file: string) => readFileSync(join(PROJECT, file), "utf8");
const RESOURCES = filesBelow("manifests/monitoring")
  .filter((file) => !file.endsWith("kustomization.yaml"))
  .map((file) => parse(textOf(file)) as Resource);

test("each dashboard is a ConfigMap with the label that Grafana's sidecar looks for, in a file of its own", () => {
  const dashboards = filesBelow("dashboards").filter((file) => file.endsWith(".json"));
  assert.ok(dashboards.length > 0);
  const maps = RESOURCES.filter(({ kind }) => kind === "ConfigMap");
  assert.deepEqual(
    maps.map(({ metadata }) => metadata.name),
    dashboards.map((file) => `signalbox-dashboard-${basename(file, ".json")}`),
  );
  maps.forEach(({ metadata, data }, index) => {
    assert.equal(metadata.labels.grafana_dashboard, "1");
    const file = `${metadata.name}.json`;
    assert.deepEqual(Object.keys(data ?? {}), [file]);
    assert.deepEqual(JSON.parse(data?.[file] ?? ""), JSON.parse(textOf(dashboards[index] ?? "")));
  });
});

test("the PrometheusRule has the rules, as the operator's kind takes them", () => {
  const [rule, ...others] = RESOURCES.filter(({ kind }) => kind === "PrometheusRule");
  assert.equal(others.length, 0);
  assert.equal(rule?.apiVersion, "monitoring.coreos.com/v1");
  assert.deepEqual(rule.spec, parse(textOf("dashboards/rules/signalbox.yaml")));
});

test("promtool takes what the operator makes of it", { skip: noPromtool }, (t) => {
  const folder = mkdtempSync(join(tmpdir(), "signalbox-rules-"));
  t.after(() => rmSync(folder, { recursive: true, force: true }));
  writeFileSync(join(folder, "rules.yaml"), stringify(RESOURCES.find(({ kind }) => kind === "PrometheusRule")?.spec));
  promtool(folder, "check", "rules", "rules.yaml");
});
