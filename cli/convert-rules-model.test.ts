/**
 * Random DestinationRules, converted, beside a model of how istiod asks them (istio `pilot/pkg/model/push_context.go: destinationRule,
 * SetDestinationRules`, `destination_rule.go: mergeDestinationRule`, `pkg/config/host: MostSpecificHostMatch`): a circuit opens by the
 * number of errors that is in force natively, or there is none. SETS says how many sets, SEED which is the first.
 */
import assert from "node:assert/strict";
import { test } from "node:test";
import { Random } from "../test/oracle/random.ts";
import { begin } from "./decision/decide.ts";
import { ANSWERS } from "./decision/upstream.ts";
import { configure } from "./filter/configured.ts";
import { converted, documents, type Resource } from "./test/conversion.ts";

const ROOT = "istio-system";
const NAMESPACES = ["default", "shop", "web", ROOT];
const SERVICES = ["a.default", "b.default", "c.shop"].map((name) => `${name}.svc.cluster.local`);
const PORTS = [80, 81];
const HOSTS = [
  ...SERVICES,
  ...SERVICES,
  "a",
  "b",
  "c",
  "*.default.svc.cluster.local",
  "*.svc.cluster.local",
  "*.local",
  "*",
];
const EXPORTS = [undefined, undefined, undefined, ["*"], ["."], ["web"], ["default"], ["shop", "web"], [".", "web"]];

interface Policy {
  outlierDetection?: { consecutive5xxErrors: number };
  portLevelSettings?: { port: { number: number }; outlierDetection?: { consecutive5xxErrors: number } }[];
}

interface Rule {
  metadata: { name: string; namespace: string; creationTimestamp?: string };
  spec: { host: string; exportTo?: string[]; trafficPolicy?: Policy & { tls?: object } };
}

const SETS = Number(process.env["SETS"] ?? 40);
const SEED = Number(process.env["SEED"] ?? 1);

/** A set of rules, each with a number of errors of its own. */
function rulesOf(seed: number): Rule[] {
  const random = new Random(seed);
  const isTimed = random.percent(75);
  let errors = 0;
  const detects = () => ({ outlierDetection: { consecutive5xxErrors: ++errors } });
  return random.times(1, 5, (at) => {
    const exportTo = random.pick(EXPORTS);
    const ports = random.percent(25) ? [{ port: { number: 81 }, ...(random.percent(50) ? detects() : {}) }] : undefined;
    const policy = {
      ...(random.percent(25) ? { tls: { mode: "DISABLE" } } : detects()),
      ...(ports && { portLevelSettings: ports }),
    };
    return {
      metadata: {
        name: `r${at}`,
        namespace: random.pick(NAMESPACES),
        ...(isTimed && { creationTimestamp: `2026-01-0${1 + random.int(9)}T00:00:00Z` }),
      },
      spec: {
        host: random.pick(HOSTS),
        ...(exportTo && { exportTo }),
        ...(random.percent(88) && { trafficPolicy: policy }),
      },
    };
  });
}

/** How many errors in a row open it natively for a client; undefined if no outlier detection is in force. */
function natively(rules: readonly Rule[], client: string, service: string, port: number): number | undefined {
  const sorted = [...rules].sort(
    (a, b) =>
      Date.parse(a.metadata.creationTimestamp ?? "2026") - Date.parse(b.metadata.creationTimestamp ?? "2026") ||
      (a.metadata.name < b.metadata.name ? -1 : 1),
  );
  const hostOf = ({ spec: { host }, metadata: { namespace } }: Rule): string =>
    host.includes(".") || host === "*" ? host : `${host}.${namespace}.svc.cluster.local`;
  const matching = (all: readonly Rule[]): Rule[] => {
    const fits = all.filter((one) => {
      const host = hostOf(one);
      return host === service || (host.startsWith("*") && service.endsWith(host.slice(1)));
    });
    const closest = [...fits].sort((a, b) => rank(hostOf(b)) - rank(hostOf(a)))[0];
    return closest === undefined ? [] : fits.filter((one) => hostOf(one) === hostOf(closest));
  };
  const rank = (host: string): number => (host.startsWith("*") ? host.length : 1000);
  const exportsOf = ({ spec, metadata }: Rule): string[] =>
    (spec.exportTo ?? ["*"]).map((to) => (to === "." ? metadata.namespace : to));
  const isPrivate = (one: Rule): boolean => exportsOf(one).every((to) => to === one.metadata.namespace);
  const of = (namespace: string): Rule[] => sorted.filter(({ metadata }) => metadata.namespace === namespace);
  const exported = (namespace: string): Rule[] => {
    const found = matching(of(namespace).filter((one) => !isPrivate(one)));
    // As it is written: `.` is no namespace here.
    return found.filter(({ spec }) => (spec.exportTo ?? ["*"]).some((to) => to === "*" || to === client));
  };
  const own =
    client === ROOT
      ? matching(of(ROOT).filter(isPrivate))
      : matching(of(client).filter((one) => exportsOf(one).some((to) => to === "*" || to === client)));
  const namespace = service.split(".")[1] ?? "";
  const found = [own, exported(namespace), exported(ROOT)].find((all) => all.length > 0) ?? [];
  // What istiod makes of several with different exportTo is left to it: such sets are native.
  const policy = found.find(({ spec }) => spec.trafficPolicy !== undefined)?.spec.trafficPolicy;
  const setting = policy?.portLevelSettings?.find((one) => one.port.number === port);
  return (setting ?? policy)?.outlierDetection?.consecutive5xxErrors;
}

/** How many errors in a row open it by the plugins that a client's proxy has; several numbers would be two circuits. */
function byPlugins(plugins: readonly Resource[], client: string, service: string, port: number): number[] {
  return plugins
    .filter(({ metadata }) => metadata.namespace === client || metadata.namespace === ROOT)
    .flatMap(({ spec }) => {
      const configured = configure("circuit-breaking", spec["pluginConfig"], { namespace: client, labels: {} });
      assert.deepEqual(configured.errors, []);
      for (let errors = 0; errors <= 20; errors++) {
        const decision = begin(configured, { host: service, port }).end({ ...ANSWERS, status: 500 });
        if (decision.outcome === "answered") return [errors];
      }
      return [];
    });
}

test(`${SETS} sets of rules from seed ${SEED} on: a circuit opens as natively, or there is none and it is said why`, async () => {
  const seen = { circuits: 0, native: 0 };
  for (let seed = SEED; seed < SEED + SETS; seed++) {
    const rules = rulesOf(seed);
    const kind = { apiVersion: "networking.istio.io/v1", kind: "DestinationRule" };
    const text = documents(...rules.map((one) => JSON.stringify({ ...kind, ...one })));
    const all = await converted(text);
    for (const client of NAMESPACES) {
      const there = await converted(text, "--to-namespace", client);
      for (const { lines, resources } of [all, there]) {
        const isWhole = !lines.some((line) => / error: |natively for proxies of other namespaces/.test(line));
        for (const service of SERVICES) {
          for (const port of PORTS) {
            const wanted = natively(rules, client, service, port);
            const circuits = byPlugins(resources, client, service, port);
            const about = `seed ${seed}, ${client} to ${service}:${port}: ${JSON.stringify(rules)}\n${lines.join("\n")}`;
            if (circuits.length > 0) assert.deepEqual(circuits, [wanted], about);
            else if (isWhole) assert.equal(wanted, undefined, about);
            if (circuits.length > 0) seen.circuits++;
            else if (wanted !== undefined) seen.native++;
          }
        }
      }
    }
  }
  assert.ok(seen.circuits > SETS, JSON.stringify(seen));
});
