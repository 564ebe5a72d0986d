import { isObject, nameOf, type Json, type Resource } from "../input/resource.ts";
import { leftOut, type Conversion, type Made } from "./outcome.ts";
import type { Options } from "./options.ts";
import { refusals } from "./refusal.ts";
import { wasmPlugin } from "./wasm-plugin.ts";

const FILTER = "authz";
const DRY_RUN = "istio.io/dry-run";

/** An AuthorizationPolicy as the filter takes it. */
interface Policy {
  readonly resource: Resource;
  readonly namespace: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly config: Json;
  /** Whether it is an ALLOW policy that is enforced, so that what no such policy allows is denied. */
  readonly allows: boolean;
}

/**
 * Converts AuthorizationPolicies to plugins of authz. Policies that can meet on one workload go into one plugin, as they
 * decide together: one plugin a namespace, or one for the mesh where the root namespace has a policy.
 *
 * A policy that the filter refuses stays what it is. If it is an ALLOW policy, so do all those that it can meet: what is
 * allowed by one of two guards would be denied by the other.
 */
export function convertPolicies(resources: readonly Resource[], options: Options): Conversion {
  const findings: Conversion["findings"] = [];
  const policies = resources.map((resource) => policyOf(resource, options));
  const kept: Policy[] = [];
  for (const policy of policies) {
    const found = refusals(FILTER, { ...meshOf(options), policies: [policy.config] }, policy);
    if (found.length > 0) kept.push(policy);
    for (const { path, written, message } of found) {
      const within = path[0] === "policies" ? path.slice(2) : [];
      const shown = written.replace(/^policies\[0\]\.?/, "");
      findings.push(leftOut(policy.resource, ["spec", ...within], message, shown));
    }
  }
  for (const policy of leaveToo(policies, kept, options)) {
    const why = "an ALLOW policy that it can meet on a workload stays native, and what one allows the other would deny";
    findings.push(leftOut(policy.resource, [], why));
  }
  const converted = policies.filter((policy) => !kept.includes(policy));
  const groups = grouped(converted, options);
  return { made: [...groups].map(([namespace, group]) => pluginOf(namespace, group, kept, options)), findings };
}

function policyOf(resource: Resource, options: Options): Policy {
  const { name, spec, annotations } = resource;
  const namespace = resource.namespace ?? options.namespace;
  const dryRun = String(annotations[DRY_RUN]).toLowerCase() === "true";
  const labels = isObject(spec.selector) && isObject(spec.selector.matchLabels) ? spec.selector.matchLabels : {};
  return {
    resource,
    namespace,
    labels: labels as Record<string, string>,
    config: { name, namespace, ...spec, ...(dryRun && { dryRun }) },
    allows: !dryRun && (spec.action === undefined || spec.action === "ALLOW"),
  };
}

/** Adds to `kept` the ALLOW policies that can meet one of it, and those that can meet these; gives them. */
function leaveToo(policies: readonly Policy[], kept: Policy[], { rootNamespace }: Options): Policy[] {
  const added: Policy[] = [];
  for (let at = 0; at < kept.length; at++) {
    const native = kept[at] as Policy;
    if (!native.allows) continue;
    for (const policy of policies) {
      if (!policy.allows || kept.includes(policy) || !canMeet(policy, native, rootNamespace)) continue;
      kept.push(policy);
      added.push(policy);
    }
  }
  return added;
}

/** Whether there can be a workload that both are for. */
function canMeet(a: Policy, b: Policy, rootNamespace: string): boolean {
  const namespaces = [a.namespace, b.namespace];
  if (a.namespace !== b.namespace && !namespaces.includes(rootNamespace)) return false;
  return Object.entries(a.labels).every(([key, value]) => (b.labels[key] ?? value) === value);
}

function grouped(policies: readonly Policy[], { rootNamespace }: Options): Map<string, Policy[]> {
  const forMesh = policies.some(({ namespace }) => namespace === rootNamespace);
  const groups = new Map<string, Policy[]>();
  for (const policy of policies) {
    const where = forMesh ? rootNamespace : policy.namespace;
    groups.set(where, [...(groups.get(where) ?? []), policy]);
  }
  return groups;
}

function meshOf({ trustDomain, trustDomainAliases, rootNamespace }: Options): Json {
  return {
    ...(trustDomain !== undefined && { trustDomain }),
    ...(trustDomainAliases.length > 0 && { trustDomainAliases }),
    ...(rootNamespace !== "istio-system" && { rootNamespace }),
  };
}

function pluginOf(namespace: string, group: readonly Policy[], kept: readonly Policy[], options: Options): Made {
  const pluginConfig = { ...meshOf(options), policies: group.map(({ config }) => config) };
  const selectors = new Set(group.map(({ labels }) => JSON.stringify(labels)));
  const shared = selectors.size === 1 && namespace === group[0]?.namespace ? group[0].labels : undefined;
  const comment = [
    "Apply this beside the AuthorizationPolicies, then delete these; filters/authz/README.md says in which order.",
    "Policies for TCP have to stay: a filter sees HTTP only. Gateways need a plugin of their own: --mode CLIENT.",
  ];
  for (const { resource } of kept) comment.push(`Left to native Istio: ${nameOf(resource)}.`);
  const fields = { match: [{ mode: options.mode ?? "SERVER" }], phase: "AUTHZ", failStrategy: "FAIL_CLOSE" };
  const selector = options.selector ?? shared;
  return wasmPlugin({ filter: FILTER, namespace, selector, fields, pluginConfig, comment }, options);
}
