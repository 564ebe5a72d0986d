/** `names` and `cardinality`: names of services and of spans. */
import { evidenceOf, type Finding } from "./finding.ts";
import { namespaceOf, type Hop } from "./hop.ts";
import { groupBy, type Traces } from "./traces.ts";

/** Workloads with two names, and names that are not `app.namespace`. */
export function serviceNames(traces: Traces): Finding[] {
  const proxied = traces.sampled.filter((hop) => hop.proxy !== "none" && hop.node.includes("~"));
  const found = new Map<string, Finding>();
  for (const [node, hops] of groupBy(proxied, ({ node }) => node)) {
    const names = [...groupBy(hops, ({ service }) => service)].sort(([, a], [, b]) => b.length - a.length);
    if (names.length < 2) continue;
    const [service, wrong] = names.find(([, [hop]]) => !isOfNamespace(hop as Hop)) ?? (names.at(-1) as [string, Hop[]]);
    if (found.has(service)) continue;
    found.set(service, {
      id: "names",
      service,
      confidence: "certain",
      count: wrong.length,
      of: hops.length,
      evidence: evidenceOf(wrong),
      says: `one proxy (${node.split("~")[2] ?? node}) reports as ${names.map(([name]) => name).join(" and as ")}`,
      remedy: NAMES,
    });
  }
  for (const [service, hops] of groupBy(proxied, ({ service }) => service)) {
    if (found.has(service) || isOfNamespace(hops[0] as Hop)) continue;
    found.set(service, {
      id: "names",
      service,
      confidence: "hint",
      count: hops.length,
      of: hops.length,
      evidence: evidenceOf(hops),
      says: "the name is not app.namespace, by which Kiali looks for traces",
      remedy: NAMES,
    });
  }
  return [...found.values()];
}

const NAMES =
  "Let all proxies of the mesh be named alike: defaultConfig.tracingServiceName: APP_LABEL_AND_NAMESPACE (Istio's default), an app label on the pods, and no other name in serviceAttributeEnrichment.";

function isOfNamespace(hop: Hop): boolean {
  const namespace = namespaceOf(hop);
  return namespace === undefined || hop.service.endsWith(`.${namespace}`);
}

/** More names than these are none that one can choose from. */
const MANY = 100;

/** Services whose spans have too many names. */
export function cardinalities(traces: Traces): Finding[] {
  return [...traces.byService].flatMap(([service, hops]) => {
    const names = groupBy(hops, ({ span }) => span.name);
    if (names.size <= MANY) return [];
    const finding: Finding = {
      id: "cardinality",
      service,
      confidence: "certain",
      count: names.size,
      of: hops.length,
      evidence: evidenceOf([...names.values()].map(([first]) => first as Hop)),
      says: `its spans have ${names.size} different names, as ${[...names.keys()].slice(0, 2).join(" and ")}`,
      remedy:
        'Keep ids and paths out of names: of proxies with reporting.operations, such as {match: [{uri: {regex: "/reviews/[0-9]+"}}], name: "/reviews/{id}"}; of applications by http.route.',
    };
    return [finding];
  });
}
