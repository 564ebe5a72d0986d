/** That the description has exactly the metrics that the compiled filters define, over every configuration that the project shows. */
import assert from "node:assert/strict";
import { readFileSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { parse } from "yaml";
import { Emulator } from "../emulator/index.ts";
import { EVERYTHING } from "../filters/circuit-breaking/test/module/everything.ts";
import { FAILS, GET, Scenario, reviews } from "../filters/circuit-breaking/test/module/scenario.ts";
import { ReportingScenario } from "../filters/trace-propagation/test/module/reporting-scenario.ts";
import { Compiled } from "../test/support/module/compiled.ts";
import { PROJECT, filterNames, moduleFolder } from "../tools/project.ts";
import { FILTERS, METRICS, describedAs, labelsOf, metricsOf, namePattern, prometheusName } from "./metrics/index.ts";
import type { Kind } from "./metrics/index.ts";

/** Where the examples say that they run. */
const METADATA = { NAMESPACE: "default", LABELS: { app: "httpbin" } };

/** What a filter defines, by `<kind> <name>`. */
type Defined = Set<string>;

type Values = Emulator["metrics"];

function addDefined({ counters, gauges, histograms }: Values, to: Defined): void {
  for (const name of counters.keys()) to.add(`counter ${name}`);
  for (const name of gauges.keys()) to.add(`gauge ${name}`);
  for (const name of histograms.keys()) to.add(`histogram ${name}`);
}

/** What the examples of a filter define. A configuration that is refused defines nothing. */
function definedByExamples(filter: string): Defined {
  const defined: Defined = new Set();
  const folder = join(PROJECT, moduleFolder(filter), "examples");
  const compiled = new Compiled(filter);
  for (const file of readdirSync(folder)) {
    const [configuration = ""] = readFileSync(join(folder, file), "utf8").split(/^---\n/m);
    const emulator = new Emulator();
    const options = { rootId: filter, pluginName: `default.${filter}`, node: { metadata: METADATA } };
    const vm = compiled.loadInto(emulator);
    vm.createRoot({ ...options, configuration: JSON.stringify(parse(configuration)) });
    addDefined(emulator.metrics, defined);
  }
  return defined;
}

/** And what they do not have: a key that has a circuit, gateway errors, and spans. */
const BEYOND_EXAMPLES: Readonly<Record<string, () => readonly Values[]>> = {
  "circuit-breaking": () => {
    const keyed = new Scenario(EVERYTHING);
    keyed.ask(FAILS, { ...GET, "x-key": "a" });
    const gateway = new Scenario(reviews({ consecutiveGatewayErrors: 3 }));
    return [keyed.emulator.metrics, gateway.emulator.metrics];
  },
  "trace-propagation": () => [new ReportingScenario({}, { keep: [{ match: [{}] }] }).emulator.metrics],
};

const DEFINED = new Map<string, Defined>();

function definedBy(filter: string): Defined {
  const known = DEFINED.get(filter);
  if (known !== undefined) return known;
  const defined = definedByExamples(filter);
  for (const metrics of BEYOND_EXAMPLES[filter]?.() ?? []) addDefined(metrics, defined);
  DEFINED.set(filter, defined);
  return defined;
}

const isNamed = (one: string, kind: Kind, pattern: RegExp) =>
  one.startsWith(`${kind} `) && pattern.test(one.slice(kind.length + 1));

test("each filter is described", () => {
  assert.deepEqual(FILTERS.map(({ filter }) => filter).sort(), filterNames());
});

for (const filter of filterNames()) {
  test(`each metric that ${filter} defines is described, once and with its kind`, () => {
    const metrics = metricsOf(describedAs(filter));
    for (const one of definedBy(filter)) {
      const found = metrics.filter((metric) => isNamed(one, metric.kind, namePattern(metric)));
      assert.equal(found.length, 1, `${one}: described as ${found.map(({ name }) => name).join(", ") || "nothing"}`);
    }
  });

  test(`each metric that is described for ${filter} is defined`, () => {
    const defined = [...definedBy(filter)];
    for (const metric of metricsOf(describedAs(filter))) {
      const pattern = namePattern(metric);
      assert.ok(
        defined.some((one) => isNamed(one, metric.kind, pattern)),
        `${metric.name}: no configuration here makes the filter define it`,
      );
    }
  });
}

test("no two metrics have one name in Prometheus and the same labels", () => {
  const names = METRICS.map((metric) => `${prometheusName(metric)} ${labelsOf(metric).join()}`);
  assert.equal(new Set(names).size, names.length);
});

test("a label is cut out of names by exactly one rule, and no rule is for another", () => {
  const tags = FILTERS.flatMap((filter) => filter.tags.map(({ tag_name }) => tag_name));
  assert.deepEqual(tags.sort(), [...new Set(METRICS.flatMap(labelsOf))].sort());
});
