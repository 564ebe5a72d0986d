import { nameOf, type Json, type Resource } from "../input/resource.ts";
import type { GatewayPods } from "./gateway-pods.ts";
import { compatible, gatewaysOf, includes, reachOf, type Gateways } from "./gateways.ts";
import type { Given } from "./given.ts";
import { notAgreed } from "./metadata.ts";
import { leftOut, toKnow, type Conversion, type Made, type Origin } from "./outcome.ts";
import type { Mode, Options } from "./options.ts";
import { canBeAt, canMeet, gatewaysIn, policyOf, selectorsOf, type Policy } from "./policy.ts";
import { gatewayGroups, hasSelector, selectedGroups, sidecarGroups, type Group } from "./policy-groups.ts";
import { refusals } from "./refusal.ts";
import { wasmPlugin } from "./wasm-plugin.ts";

const FILTER = "authz";

/** How many policies a comment names. */
const NAMED = 20;

/**
 * Converts AuthorizationPolicies to plugins of authz, for sidecars and for gateways apart, as Istio has a plugin's `match`.
 * Policies that can meet on one workload go into one plugin, as they decide together. A plugin of the root namespace is for
 * all namespaces, as its policies are.
 *
 * A policy that the filter refuses stays what it is, and so does one that can be for gateways that are not known. If it is
 * an ALLOW policy, so do all those that it can meet: what is allowed by one of two guards would be denied by the other.
 */
export function convertPolicies(resources: readonly Resource[], options: Options, given: Given): Conversion {
  const findings: Conversion["findings"] = [];
  const gateways = gatewaysOf(given.gateways, options);
  const policies = resources.map((resource) => policyOf(resource, gateways, options, findings));
  const pods = [...gateways.known, ...gatewaysIn(policies, options)];
  const kept: Policy[] = [];
  for (const policy of policies) {
    const found = refusals(FILTER, { ...meshOf(options), policies: [policy.config] }, policy);
    for (const { path, written, message } of found) {
      const within = path[0] === "policies" ? path.slice(2) : [];
      const shown = written.replace(/^policies\[0\]\.?/, "");
      findings.push(leftOut(policy.resource, ["spec", ...within], message, shown));
    }
    const why = whyNowhere(policy, gateways, pods, options);
    if (why !== undefined) findings.push(leftOut(policy.resource, [], why));
    if (policy.native || found.length > 0 || why !== undefined) kept.push(policy);
  }
  for (const [policy, native] of leaveToo(policies, kept, options)) {
    const why = `it can be for the same workloads as ${nameOf(native.resource)}, which stays native, and a request would have to be allowed by both`;
    findings.push(leftOut(policy.resource, [], why));
  }
  const converted = policies.filter((policy) => !kept.includes(policy));
  const groups = groupsOf(converted, gateways, options);
  const made = groups.map((group, place) =>
    pluginOf(group, place === groups.length - 1 ? closing(converted, kept, gateways, options) : NOTHING, options),
  );
  for (const { policies: group } of groups) {
    const lost = notAgreed(group.map(({ resource }) => resource));
    const [first] = group;
    if (lost.length === 0 || first === undefined) continue;
    const message = `the policies of its plugin differ in these labels or annotations, so the plugin has none of them: `;
    findings.push(toKnow(first.resource, ["metadata"], message + lost.join(", ")));
  }
  return { made, findings };
}

/** The mode of the plugins for `--selector`. */
function modeFor(selector: NonNullable<Options["selector"]>, { known }: Gateways, { mode }: Options): Mode {
  return mode ?? (reachOf(selector, known) === "gateways" ? "CLIENT" : "SERVER");
}

/** Why there is no place for a plugin with this policy; undefined if there is. */
function whyNowhere(
  policy: Policy,
  gateways: Gateways,
  pods: readonly GatewayPods[],
  options: Options,
): string | undefined {
  const { selector, rootNamespace } = options;
  const mode = selector === undefined ? options.mode : modeFor(selector, gateways, options);
  if (selector !== undefined) {
    const reach = [reachOf(selector, gateways.known), policy.reach];
    const isApart = reach.includes("sidecars") && reach.includes("gateways");
    if (isApart || !selectorsOf(policy).some((labels) => compatible(labels, selector)))
      return "it is not for the workloads of --selector";
    if (mode === "SERVER" && reach.includes("gateways")) return NOWHERE;
  }
  if (mode === "SERVER" && policy.reach === "gateways") return NOWHERE;
  if (selector === undefined && mode === "CLIENT" && policy.reach !== "gateways") {
    return "with --mode CLIENT it would judge what its workloads send: name the gateway's pods with --selector";
  }
  if (mode === undefined && policy.reach === "both" && !gateways.all) {
    return (
      "it can be for gateways too, which need a plugin of their own: give the Gateway resources too, or name the " +
      "gateways' pods with --gateway-pods (none, if there is no gateway)"
    );
  }
  const byLabels = pods.some((gateway) => gateway.gateway === undefined && canBeAt(policy, gateway, rootNamespace));
  if ((byLabels || selector !== undefined) && !hasSelector(policy, options)) {
    return "its targetRefs cannot be written as one selector, and other policies find the gateways by labels: name one Gateway";
  }
  return undefined;
}

const NOWHERE = "a plugin with mode SERVER does not run at a gateway: leave --mode out";

/** Adds to `kept` the ALLOW policies that can meet one of it, and those that can meet these; gives them with that one. */
function leaveToo(policies: readonly Policy[], kept: Policy[], { rootNamespace }: Options): Map<Policy, Policy> {
  const added = new Map<Policy, Policy>();
  for (let at = 0; at < kept.length; at++) {
    const native = kept[at] as Policy;
    if (!native.allows) continue;
    for (const policy of policies) {
      if (!policy.allows || kept.includes(policy) || !canMeet(policy, native, rootNamespace)) continue;
      kept.push(policy);
      added.set(policy, native);
    }
  }
  return added;
}

function groupsOf(policies: readonly Policy[], gateways: Gateways, options: Options): Group[] {
  const { selector, mode } = options;
  if (selector !== undefined) return selectedGroups(policies, selector, modeFor(selector, gateways, options), options);
  const pods = [...gateways.known, ...gatewaysIn(policies, options)];
  return [
    ...(mode === "CLIENT" ? [] : sidecarGroups(policies, options)),
    ...(mode === "SERVER" ? [] : gatewayGroups(policies, pods, options)),
  ];
}

function meshOf({ trustDomain, trustDomainAliases, rootNamespace }: Options): Json {
  return {
    ...(trustDomain !== undefined && { trustDomain }),
    ...(trustDomainAliases.length > 0 && { trustDomainAliases }),
    ...(rootNamespace !== "istio-system" && { rootNamespace }),
  };
}

/** What is said at the last plugin, of all. */
interface Closing {
  readonly steps: readonly string[];
  readonly comment: readonly string[];
}

const NOTHING: Closing = { steps: [], comment: [] };

function closing(converted: readonly Policy[], kept: readonly Policy[], gateways: Gateways, options: Options): Closing {
  const replaced = replacedOf(converted, gateways, options);
  const staying = [...kept, ...converted.filter((policy) => !replaced.includes(policy))];
  const comment = [
    "Keep those that guard TCP ports too, and those of pods without a sidecar: a filter sees HTTP only, in a proxy.",
  ];
  if (staying.length > 0 && !options.dryRun) comment.push(`Keep these AuthorizationPolicies: ${named(staying)}.`);
  if (options.dryRun) {
    return {
      steps: ["Watch its counters (Rolling out in filters/authz/README.md), then convert again without --dry-run."],
      comment,
    };
  }
  if (replaced.length === 0) return { steps: [], comment };
  const order = "filters/authz/README.md says in which order.";
  return { steps: [`Then delete these AuthorizationPolicies: ${named(replaced)}; ${order}`], comment };
}

/**
 * Those that can be deleted. If an ALLOW policy has to stay, so do all those that it can meet: what only a deleted one allowed
 * would be denied by the one that stays.
 */
function replacedOf(converted: readonly Policy[], gateways: Gateways, options: Options): Policy[] {
  const staying = converted.filter((policy) => !isReplaced(policy, gateways, options));
  leaveToo(converted, staying, options);
  return converted.filter((policy) => !staying.includes(policy));
}

/** Whether the plugins are wherever the policy is. */
function isReplaced({ reach, labels, targets }: Policy, gateways: Gateways, options: Options): boolean {
  const { selector, mode } = options;
  if (selector === undefined) return mode !== "SERVER" || reach === "sidecars";
  const covered = modeFor(selector, gateways, options) === "CLIENT" ? "gateways" : "sidecars";
  return reach === covered && targets === undefined && includes(labels, selector);
}

function named(policies: readonly Policy[]): string {
  const names = policies.slice(0, NAMED).map(({ namespace, resource }) => `${namespace}/${resource.name}`);
  const more = policies.length - names.length;
  return names.join(", ") + (more > 0 ? ` and ${more} more` : "");
}

function pluginOf(group: Group, last: Closing, options: Options): Made {
  const { namespace, policies, selector, targetRefs, mode, at } = group;
  const own = policies.filter((policy) => policy.namespace === namespace);
  const names = own.length > 0 ? own.map(({ resource }) => [resource.name]) : policies.map(namesOf);
  const [first = []] = names.sort();
  const apply = options.dryRun
    ? "Apply this plugin beside the AuthorizationPolicies. It denies nothing: it counts what it would deny."
    : "Apply this plugin beside the AuthorizationPolicies. A request has to be allowed by both.";
  return wasmPlugin(
    {
      filter: FILTER,
      namespace,
      madeOf: [...first, ...at],
      from: policies.map(({ resource }) => resource),
      selector,
      targetRefs,
      mode,
      pluginConfig: { ...meshOf(options), policies: policies.map(({ config }) => config) },
      steps: [apply, ...last.steps],
      comment: last.comment,
      origins: policies.flatMap(({ resource }, place) => originsOf(resource, place)),
    },
    options,
  );
}

function namesOf({ namespace, resource }: Policy): string[] {
  return [namespace, resource.name];
}

function originsOf(resource: Resource, place: number): Origin[] {
  const path = ["spec", "pluginConfig", "policies", place];
  const metadata = ["name", "namespace"].map((field) => ({
    path: [...path, field],
    resource,
    at: ["metadata", field],
  }));
  return [{ path, resource, at: ["spec"] }, ...metadata];
}
