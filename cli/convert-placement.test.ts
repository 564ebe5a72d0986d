/**
 * Where `signalbox convert` puts AuthorizationPolicies: at every proxy of a mesh the plugins have the policies that Istio would
 * enforce there, and no others. Which proxies a resource is for follows istiod: `policyattachment.go` (selectors and
 * targetRefs), `authorization.go` (namespaces) and `extensions.go` (`mode`: all that a gateway takes is CLIENT).
 */
import assert from "node:assert/strict";
import { test } from "node:test";
import { Random, seedOfRun } from "../test/oracle/random.ts";
import { signalbox } from "./test/run.ts";

const ROOT = "istio-system";
const NAME = "gateway.networking.k8s.io/gateway-name";
const RUNS = 150;

type Labels = Record<string, string>;

interface Proxy {
  kind: "sidecar" | "gateway";
  namespace: string;
  labels: Labels;
}

interface Resource {
  kind: string;
  apiVersion: string;
  metadata: { name: string; namespace: string; annotations?: Labels };
  spec: {
    selector?: { matchLabels?: Labels };
    targetRefs?: { kind: string; name: string }[];
    action?: string;
    match?: { mode: string }[];
    rules?: object[];
    pluginConfig?: { policies: Policy[] };
  };
}

interface Policy {
  name: string;
  namespace: string;
  selector?: { matchLabels: Labels };
  action?: string;
  dryRun?: boolean;
}

/** A mesh with every kind of gateway: found by Istio's labels, by the Gateway API, and by both. */
const PROXIES: readonly Proxy[] = [
  { kind: "sidecar", namespace: "foo", labels: { app: "a", version: "v1", env: "prod" } },
  { kind: "sidecar", namespace: "foo", labels: { app: "b", version: "v1" } },
  { kind: "sidecar", namespace: "bar", labels: { app: "a", env: "prod" } },
  { kind: "sidecar", namespace: ROOT, labels: { app: "c" } },
  { kind: "gateway", namespace: ROOT, labels: { istio: "ingressgateway", app: "istio-ingressgateway", env: "prod" } },
  { kind: "gateway", namespace: "foo", labels: { [NAME]: "edge", env: "prod" } },
  { kind: "gateway", namespace: "bar", labels: { [NAME]: "hand", istio: "hand" } },
  { kind: "gateway", namespace: "bar", labels: { app: "front", version: "v1" } },
];

const GATEWAYS = [
  gateway("networking.istio.io/v1", "public", "foo", { selector: { istio: "ingressgateway" } }),
  gateway("networking.istio.io/v1", "by-hand", "bar", { selector: { istio: "hand" } }),
  gateway("networking.istio.io/v1", "front", "bar", { selector: { app: "front" } }),
  gateway("gateway.networking.k8s.io/v1", "edge", "foo", { gatewayClassName: "istio" }),
  gateway("gateway.networking.k8s.io/v1", "hand", "bar", { gatewayClassName: "istio" }),
];

const SELECTORS: readonly (Labels | undefined)[] = [
  ...[
    undefined,
    undefined,
    { app: "a" },
    { app: "b" },
    { env: "prod" },
    { version: "v1" },
    { app: "a", version: "v1" },
  ],
  ...[{ istio: "ingressgateway" }, { app: "istio-ingressgateway" }, { istio: "ingressgateway", env: "prod" }],
  ...[{ istio: "hand" }, { [NAME]: "edge" }, { [NAME]: "hand" }, { app: "front" }],
] as (Labels | undefined)[];

function gateway(apiVersion: string, name: string, namespace: string, spec: object) {
  return { apiVersion, kind: "Gateway", metadata: { name, namespace }, spec };
}

function randomPolicy(random: Random, number: number): Resource {
  const target = { group: "gateway.networking.k8s.io", kind: "Gateway" };
  const targets = random.pick([["edge"], ["hand"], ["edge", "hand"]]);
  const matchLabels = random.pick(SELECTORS);
  const where = random.percent(20)
    ? { targetRefs: targets.map((name) => ({ ...target, name })) }
    : matchLabels && { selector: { matchLabels } };
  const source = random.percent(10) ? { ipBlocks: ["10.0.0.0/8"] } : { principals: ["cluster.local/ns/foo/sa/a"] };
  return {
    apiVersion: "security.istio.io/v1",
    kind: "AuthorizationPolicy",
    metadata: {
      name: `p${number}`,
      namespace: random.pick([ROOT, "foo", "bar"]),
      ...(random.percent(10) && { annotations: { "istio.io/dry-run": "true" } }),
    },
    spec: { ...where, action: random.pick(["ALLOW", "DENY"]), rules: [{ from: [{ source }] }] },
  };
}

const has = (labels: Labels, wanted: Labels = {}): boolean =>
  Object.entries(wanted).every(([key, value]) => labels[key] === value);

/** Whether istiod attaches a policy or a plugin to the proxy. */
function isAttached({ metadata, spec }: Resource, { namespace, labels }: Proxy): boolean {
  if (spec.targetRefs !== undefined) {
    return metadata.namespace === namespace && spec.targetRefs.some(({ name }) => labels[NAME] === name);
  }
  return [ROOT, namespace].includes(metadata.namespace) && has(labels, spec.selector?.matchLabels);
}

/** The policies of a plugin that its filter takes for this proxy's. */
function policiesAt({ spec }: Resource, { namespace, labels }: Proxy): Policy[] {
  const { policies = [] } = spec.pluginConfig ?? {};
  return policies.filter((policy) => {
    return [ROOT, namespace].includes(policy.namespace) && has(labels, policy.selector?.matchLabels);
  });
}

function runsAt({ spec }: Resource, mode: string): boolean {
  const [match] = spec.match ?? [];
  return match === undefined || [mode, "CLIENT_AND_SERVER"].includes(match.mode);
}

const keyOf = ({ name, namespace }: { name: string; namespace: string }): string => `${namespace}/${name}`;

test("at every proxy the plugins have the policies that Istio enforces there, and no others", async (t) => {
  const seed = seedOfRun();
  t.diagnostic(`SEED=${seed}`);
  const random = new Random(seed);
  const counts = { atSidecars: 0, atGateways: 0, native: 0 };
  for (let run = 0; run < RUNS; run++) {
    const given = random.percent(80) ? GATEWAYS : [];
    const all = Array.from({ length: 1 + (run % 7) }, (_, number) => randomPolicy(random, number));
    // That an application is a gateway, its Gateway alone says.
    const policies = all.filter(({ spec }) => given.length > 0 || spec.selector?.matchLabels?.["app"] !== "front");
    const items = [...policies, ...given];
    const { out } = await signalbox(
      ["convert", "-", "--output", "json"],
      JSON.stringify({ apiVersion: "v1", kind: "List", items }),
    );
    const { resources } = JSON.parse(out) as { resources: Resource[] };
    const moved = new Set(resources.flatMap(({ spec }) => spec.pluginConfig?.policies ?? []).map(keyOf));
    counts.native += policies.length - moved.size;
    const names = resources.map(({ metadata }) => keyOf(metadata));
    assert.equal(new Set(names).size, names.length, `two plugins of one name: ${names}`);
    for (const proxy of PROXIES) {
      const told = JSON.stringify({ seed, run, proxy, items, resources }, undefined, 1);
      const native = policies.filter((policy) => isAttached(policy, proxy));
      const attached = resources.filter((plugin) => isAttached(plugin, proxy));
      const sides = attached.filter((plugin) => runsAt(plugin, proxy.kind === "gateway" ? "CLIENT" : "SERVER"));
      const here = sides.map((plugin) => policiesAt(plugin, proxy));
      const wanted = native.map(({ metadata }) => keyOf(metadata)).filter((key) => moved.has(key));
      assert.deepEqual([...new Set(here.flat().map(keyOf))].sort(), wanted.sort(), `policies here\n${told}`);
      if (wanted.length > 0) counts[proxy.kind === "gateway" ? "atGateways" : "atSidecars"]++;
      // Requests have to be allowed by each plugin, and by what is native: so all that allow are in each, or all are native.
      const allows = native.filter(
        ({ metadata, spec }) => spec.action === "ALLOW" && metadata.annotations === undefined,
      );
      const allowing = allows.map(({ metadata }) => keyOf(metadata)).sort();
      for (const plugin of here) {
        const some = plugin.filter(({ action, dryRun }) => action === "ALLOW" && dryRun !== true);
        if (some.length > 0) assert.deepEqual(some.map(keyOf).sort(), allowing, `what allows here\n${told}`);
      }
      if (proxy.kind === "gateway") continue;
      // What a workload sends is no policy's business.
      const outbound = attached.filter((plugin) => runsAt(plugin, "CLIENT"));
      assert.deepEqual(
        outbound.flatMap((plugin) => policiesAt(plugin, proxy)),
        [],
        `outbound\n${told}`,
      );
    }
  }
  t.diagnostic(JSON.stringify(counts));
  assert.ok(
    Object.values(counts).every((count) => count > RUNS / 4),
    "too little happens to prove anything",
  );
});
