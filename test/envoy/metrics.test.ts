/** That a real Envoy shows Prometheus the metrics of all filters with the names, types and labels that `dashboards/metrics/` describes. */
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { FILTERS, METRICS, labelsOf, prometheusName } from "../../dashboards/metrics/index.ts";
import { EVERYTHING } from "../../filters/circuit-breaking/test/module/everything.ts";
import { Envoy, cluster, fetchOnce, forward, inlineWasm, listener } from "../support/envoy/index.ts";
import type { JsonObject } from "../support/envoy/index.ts";

const policy = (name: string, action: string, fields: JsonObject = {}): JsonObject => ({
  ...{ name, namespace: "default", action, rules: [{ to: [{ operation: { paths: [`/${name}`] } }] }], ...fields },
});
const EACH_EFFECT: readonly JsonObject[] = [
  policy("an.allow", "ALLOW"),
  policy("a-deny", "DENY"),
  policy("audit", "AUDIT"),
  policy("dry.deny", "DENY", { dryRun: true }),
  policy("dry-allow", "ALLOW", { dryRun: true }),
];
const REVIEWS = { name: "reviews", namespace: "default", hosts: ["reviews"] };
const gatewayErrors = { outlierDetection: { consecutiveGatewayErrors: 3 } };
const KEYED = { name: "keyed", match: [{ headers: { "x-key": {} } }], keyedBy: { header: "x-key" } };

const CONFIGURATIONS: Readonly<Record<string, JsonObject>> = {
  authz: { policies: EACH_EFFECT },
  "header-routing": {
    steering: { header: "x-subset", value: "{subset}" },
    virtualServices: [
      { ...REVIEWS, http: [{ name: "jason.v2", route: [{ destination: { host: "reviews", subset: "v2" } }] }] },
    ],
  },
  // Its one entry has no name, so it is named `reviews.http[0]`.
  "fault-injection": {
    virtualServices: [{ ...REVIEWS, http: [{ fault: { abort: { httpStatus: 503, percentage: { value: 0 } } } }] }],
  },
  "circuit-breaking": EVERYTHING as JsonObject,
  "gateway-errors": {
    destinationRules: [{ name: "gateway", host: "*", trafficPolicy: gatewayErrors, circuits: [KEYED] }],
  },
  "trace-propagation": {
    participate: true,
    sampling: {
      rateLimiting: { maxTracesPerSecond: 5 },
      rules: [{ name: "check.out", match: [{ uri: { prefix: "/checkout" } }], adaptive: {} }],
    },
    reporting: { opentelemetry: { service: "otel.observability.svc.cluster.local" } },
    keep: [
      { name: "errors", statusCode: { statusCodes: ["ERROR"] } },
      { name: "slow", latency: { thresholdMs: 1000 } },
      { name: "v1.debug", match: [{ headers: { "x-debug": {} } }] },
    ],
  },
  "jaeger-remote": { participate: true, sampling: { jaegerRemote: { cluster: "closed" } } },
};

const MODULES: Readonly<Record<string, string>> = {
  "gateway-errors": "circuit-breaking",
  "jaeger-remote": "trace-propagation",
};

/** A series as Envoy shows it: `<kind> <name>`, and its labels. */
interface Shown {
  series: string;
  labels: Record<string, string>;
}

let envoy: Envoy;
let shown: Shown[];

before(async () => {
  const listeners = Object.entries(CONFIGURATIONS).map(([name, configuration]) => {
    const filters = [inlineWasm(`default.${name}`, { module: MODULES[name] ?? name, configuration })];
    return listener(name, { filters, routes: [forward("closed")] });
  });
  envoy = await Envoy.start({
    metadata: { NAMESPACE: "default" },
    // Nobody listens there, so the first call of a key fails and gives it a circuit.
    clusters: [cluster("closed", 1)],
    listeners,
    bootstrap: { stats_config: { stats_tags: FILTERS.flatMap(({ tags }) => tags) } as unknown as JsonObject },
  });
  for (const name of ["circuit-breaking", "gateway-errors"]) {
    await fetchOnce(envoy.port(name), { headers: [["x-key", "a"]] });
  }
  await envoy.admin.workersCaughtUp();
  shown = seriesOf(await envoy.admin.get("/stats/prometheus?filter=^wasmcustom"));
});
after(async () => await envoy?.stop());

function seriesOf(text: string): Shown[] {
  const kinds = new Map([...text.matchAll(/^# TYPE (\S+) (\S+)$/gm)].map(([, name, kind]) => [name, kind]));
  return [...text.matchAll(/^(\w+)\{(.*)\} \S+$/gm)].map(([, name = "", labels = ""]) => ({
    series: `${kinds.get(name)} ${name}`,
    labels: Object.fromEntries([...labels.matchAll(/(\w+)="([^"]*)"/g)].map(([, key, value]) => [key, value])),
  }));
}

/** What Prometheus is to be shown of a metric: `<kind> <name>` and the labels, once for each form of its name. */
const DESCRIBED = METRICS.flatMap((metric) => {
  const series = `${metric.kind} ${prometheusName(metric)}`;
  const labels = labelsOf(metric);
  const without = labels.filter((label) => !metric.name.includes(`[.key.<${label}>]`));
  const forms = without.length === labels.length ? [labels] : [labels, without];
  return forms.map((form) => `${series}{${[...form].sort().join()}}`);
});

const formOf = ({ series, labels }: Shown) => `${series}{${Object.keys(labels).sort().join()}}`;

test("what Envoy shows is described: name, type and labels", () => {
  for (const one of shown) assert.ok(DESCRIBED.includes(formOf(one)), `not described: ${JSON.stringify(one)}`);
});

test("what is described, Envoy shows", () => {
  const forms = new Set(shown.map(formOf));
  assert.deepEqual(
    DESCRIBED.filter((one) => !forms.has(one)),
    [],
  );
});

test("labels have the values that the configuration has, dots and brackets included", () => {
  const labelsOfSeries = (series: string) => shown.filter((one) => one.series === series).map(({ labels }) => labels);
  assert.deepEqual(labelsOfSeries("counter authz_policy_rule_allowed"), [
    { policy_namespace: "default", policy: "an.allow", rule: "0" },
  ]);
  assert.deepEqual(
    labelsOfSeries("counter trace_propagation_keep_granted")
      .map(({ keep_policy }) => keep_policy)
      .sort(),
    ["errors", "slow", "v1.debug"].map((name) => `default.trace-propagation.${name}`),
  );
  assert.deepEqual(labelsOfSeries("counter trace_propagation_sampling_lower_bound_granted"), [
    { sampling_rule: "default.trace-propagation.check.out" },
  ]);
  assert.deepEqual(labelsOfSeries("counter header_routing_route_matched"), [{ route: "jason.v2" }]);
  assert.deepEqual(labelsOfSeries("counter fault_injection_route_aborts_injected"), [{ fault: "reviews.http[0]" }]);
  assert.deepEqual(
    labelsOfSeries("gauge circuit_breaking_circuit_idle_since").sort((one, other) =>
      one.circuit!.localeCompare(other.circuit!),
    ),
    [
      { circuit: "default.circuit-breaking.reviews.keyed", key: "1" },
      { circuit: "default.gateway-errors.gateway.keyed", key: "1" },
    ],
  );
});
