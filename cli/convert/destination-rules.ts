import { CIRCUIT_BREAKING } from "../filter/sections.ts";
import type { Finding } from "../finding.ts";
import type { Path } from "../input/path.ts";
import { nameOf, type Json, type Resource } from "../input/resource.ts";
import { coversServices } from "./fault-hosts.ts";
import { MESH } from "./gateway-name.ts";
import type { Given } from "./given.ts";
import { covers, overlap } from "./host-names.ts";
import { leftOut, toKnow, type Conversion, type Made } from "./outcome.ts";
import type { Options } from "./options.ts";
import { refusals } from "./refusal.ts";
import { HEADER_ROUTING } from "./routes.ts";
import { circuitPlugin, type Placed } from "./rule-plugin.ts";
import { ruleConfig, type Steering } from "./rule-config.ts";
import { groupsOf, inForceIn, meet, mergedRule, outranks, whyNotMerged, type Group } from "./rule-groups.ts";
import { isPrivate, ruleOf, serviceNamespace, type Rule } from "./rule.ts";

/**
 * Converts the `outlierDetection` of DestinationRules to plugins of circuit-breaking, one for each namespace whose proxies the rules are
 * for, in the root namespace for all. The DestinationRules stay as they are: natively single hosts go on being taken out, and the
 * plugin leaves the destination as a whole alone. What is not converted is so native alone, as before.
 *
 * @param before what was made of VirtualServices: a plugin that steers to subsets says how they are told apart
 */
export function convertRules(
  resources: readonly Resource[],
  options: Options,
  given: Given,
  before: readonly Made[],
): Conversion {
  const findings: Finding[] = [];
  const rules = [...resources, ...given.otherRules].map((resource) => ruleOf(resource, options));
  const native = new Set(rules.filter(({ detects }) => !detects));
  const leave = (rule: Rule, path: Path, why: string, shown = ""): void => {
    native.add(rule);
    if (rule.detects) findings.push(leftOut(rule.resource, path, why, shown));
  };
  const nowhere = whyNowhere(options);
  if (nowhere !== undefined) {
    for (const rule of rules) leave(rule, [], nowhere);
    return { made: [], findings };
  }
  for (const rule of rules.filter(({ resource }) => /[A-Z]/.test(String(resource.spec["host"])))) {
    leave(rule, ["spec", "host"], CAPITALS);
  }
  const groups = groupsIn(rules, native, options, leave);
  const places = new Map(groups.map((group) => [group, placeOf(group, options)]));
  const steeringAt = (group: Group): Steering | undefined => steeringIn(before, places.get(group), options);
  for (const group of groups) {
    for (const rule of group.rules) if (!native.has(rule)) refuseAlone(rule, steeringAt(group), leave);
    leaveWhole(group, places.get(group), native, leave);
  }
  const isHidden = (group: Group): boolean => {
    const { toNamespace } = options;
    return toNamespace !== undefined && inForceIn(group, toNamespace, options).rules.length === 0;
  };
  const isConverted = ({ rules }: Group): boolean => rules.some((rule) => !native.has(rule));
  for (const group of groups.filter(isConverted)) {
    const why = whyBehind(group, rules, groups.filter(isHidden)) ?? whyApart(group, groups, places, options);
    if (why !== undefined)
      for (const rule of group.rules.filter((one) => !native.has(one))) leave(rule, ["spec", "host"], why);
  }
  const made = [...new Set(groups.filter(isConverted).map((group) => places.get(group) as string))].map((namespace) => {
    const all = groups.filter((group) => places.get(group) === namespace);
    const decided = all.filter(isConverted);
    const close = all.filter((one) => !isConverted(one) && decided.some((other) => covers(other.host, one.host)));
    const steering = decided[0] && steeringAt(decided[0]);
    const placed: Placed = { namespace, decided, close, steering };
    return circuitPlugin(placed, options, findings);
  });
  warnOfOthers(groups.filter(isConverted), findings);
  warnOfShortNames(groups.filter(isConverted), findings);
  return { made, findings };
}

const CAPITALS =
  "Istio compares it with the names of Services as it is written, and a filter with requests without case: write it in lower case";

type Leave = (rule: Rule, path: Path, why: string, shown?: string) => void;

/** Why no plugin can be made at all. */
function whyNowhere({ mode, gateway }: Options): string | undefined {
  if (mode === "SERVER") {
    return "a DestinationRule is about requests that are sent, and --mode SERVER asks for those that arrive";
  }
  if (gateway === MESH) return undefined;
  return (
    "at a gateway requests are for the gateway's hosts, and circuit-breaking knows a destination by the host of the request: " +
    "write destinationRules of these hosts yourself"
  );
}

/** The rules by their hosts; with `--to-namespace` those alone that are asked there. */
function groupsIn(rules: readonly Rule[], native: ReadonlySet<Rule>, options: Options, leave: Leave): Group[] {
  const groups = groupsOf(rules);
  const { toNamespace } = options;
  if (toNamespace === undefined) return groups;
  return groups.flatMap((group) => {
    const found = inForceIn(group, toNamespace, options);
    for (const rule of group.rules.filter((one) => !found.rules.includes(one) && !native.has(one))) {
      const first = found.rules[0];
      const why = first === undefined ? "it is for others" : `${nameOf(first.resource)} comes before it there`;
      leave(rule, ["spec", "host"], `proxies of ${toNamespace} do not use it: ${why}`);
    }
    if (found.rules.length > 0) return [found];
    // istiod takes the closest host, and looks only then to whom it is exported: no wildcard of the namespace is asked in its place.
    // In a namespace of its own only those rules are known that are exported to it.
    const isOwn = (rule: Rule): boolean => rule.namespace === toNamespace && toNamespace !== options.rootNamespace;
    const isExported = (rule: Rule): boolean => rule.goesFar && !isPrivate(rule) && !isOwn(rule);
    return group.rules.some((rule) => isExported(rule) && rules.some((wide) => hides(rule, wide))) ? [group] : [];
  });
}

/** Whether a rule keeps its host from a wildcard of its own namespace, also where it is not seen itself. */
function hides(rule: Rule, wide: Rule): boolean {
  return wide.namespace === rule.namespace && wide.host !== rule.host && covers(wide.host, rule.host);
}

/** The namespace of the plugin for a group; undefined if it would have to be in several. */
function placeOf({ rules }: Group, { toNamespace, rootNamespace }: Options): string | undefined {
  if (toNamespace !== undefined) return toNamespace;
  const clients = rules[0]?.clients;
  if (clients === "all") return rootNamespace;
  const [only] = clients ?? [];
  // What is in the root namespace's plugin is for all namespaces.
  return clients?.size === 1 && only !== rootNamespace ? only : undefined;
}

/** Leaves a rule native if the filter refuses it, and tells where and what to do. */
function refuseAlone(rule: Rule, steering: Steering | undefined, leave: Leave): void {
  const { resource, namespace, workloadSelector } = rule;
  const config = ruleConfig(mergedRule({ host: rule.host, rules: [rule] }), steering);
  const selector = workloadSelector === undefined ? {} : { workloadSelector };
  const all = { name: resource.name, namespace, host: resource.spec.host, ...selector, ...config };
  const given = { ...(steering !== undefined && { steering }), destinationRules: [all] };
  for (const { path, written, message } of refusals(CIRCUIT_BREAKING, given, { namespace, labels: {} })) {
    const [, , ...way] = path;
    const shown = written.replace(/^destinationRules\[0\]\.?/, "");
    const isSubsets = way[0] === "subsets" && way.at(-1) === "trafficPolicy" && steering === undefined;
    const hint = isSubsets ? "; header-routing says it if you convert the VirtualServices of the host with it" : "";
    leave(rule, ["spec", ...way], message + hint, shown);
  }
}

/** Leaves all rules of a host native if it is not clear what istiod makes of them, or one of them stays native. */
function leaveWhole(group: Group, place: string | undefined, native: Set<Rule>, leave: Leave): void {
  const { rules } = group;
  const open = rules.filter((rule) => !native.has(rule));
  if (open.length === 0) return;
  const why = whyNotMerged(group);
  for (const rule of open) {
    const others = rules.filter((other) => other !== rule).map(({ resource }) => nameOf(resource));
    if (why !== undefined) leave(rule, ["spec", "host"], `${others.join(" and ")} has this host too: ${why}`);
    else if (place === undefined)
      leave(rule, ["spec", "exportTo"], "it is for several namespaces, or for none: say --to-namespace");
  }
  const refused = rules.find((rule) => native.has(rule) && rule.detects);
  if (refused !== undefined) {
    for (const rule of rules.filter((one) => !native.has(one))) {
      leave(rule, ["spec", "host"], `istiod merges it with ${nameOf(refused.resource)}, which stays native`);
    }
  }
}

/** Why it is not clear that a group of the root namespace is asked: istiod asks one of the Service's namespace before it. */
function whyBehind({ host, rules: [rule] }: Group, all: readonly Rule[], hidden: readonly Group[]): string | undefined {
  if (rule?.goesFar !== true || serviceNamespace(host) === rule.namespace) return undefined;
  const isBefore = (other: Rule): boolean => other.mayGoFar && overlap(other.host, host);
  const isHiding = (other: Rule): boolean => other.namespace !== rule.namespace && covers(host, other.host);
  const before = all.find(isBefore) ?? hidden.flatMap(({ rules }) => rules).find(isHiding);
  if (before === undefined) return undefined;
  return `${nameOf(before.resource)} (host ${String(before.resource.spec.host)}) comes before it for Services of the namespace ${before.namespace}`;
}

/** Why a group cannot be in a plugin without the others: some proxies ask another group for its hosts. */
function whyApart(
  group: Group,
  groups: readonly Group[],
  places: ReadonlyMap<Group, string | undefined>,
  options: Options,
): string | undefined {
  for (const other of groups) {
    const [first] = other.rules;
    if (other === group || first === undefined || !meet(group, other)) continue;
    const name = `${nameOf(first.resource)} (host ${String(first.resource.spec.host)})`;
    if (places.get(other) !== places.get(group)) {
      return `${name} is for some of its requests too, and for other proxies: say --to-namespace`;
    }
    const place = places.get(group);
    const client = options.toNamespace ?? (place === options.rootNamespace ? undefined : place);
    if (outranks(group, other, client, options) || outranks(other, group, client, options)) {
      return `${name} is for some of its requests too, and which of them counts depends on their namespaces, not on the host alone`;
    }
  }
  return undefined;
}

/** How header-routing tells subsets apart for the proxies of the same plugin: by a value that is the subset. */
function steeringIn(
  before: readonly Made[],
  namespace: string | undefined,
  { selector }: Options,
): Steering | undefined {
  for (const { plugin, resource } of before) {
    if (plugin?.filter !== HEADER_ROUTING) continue;
    const { metadata, spec } = resource as { metadata: { namespace: string }; spec: Json };
    const of = (spec.selector as { matchLabels?: object } | undefined)?.matchLabels;
    if (metadata.namespace !== namespace || JSON.stringify(of) !== JSON.stringify(selector)) continue;
    const { steering } = spec["pluginConfig"] as { steering: Steering };
    if (steering.value === "{subset}") return steering;
  }
  return undefined;
}

function warnOfOthers(groups: readonly Group[], findings: Finding[]): void {
  for (const { resource, mayGoFar, namespace } of groups.flatMap(({ rules }) => rules.slice(0, 1))) {
    if (!mayGoFar) continue;
    const message = `for a Service of the namespace ${namespace} it is natively for proxies of other namespaces too; the plugin is for those of ${namespace}`;
    findings.push(toKnow(resource, ["spec", "host"], message));
  }
}

function warnOfShortNames(groups: readonly Group[], findings: Finding[]): void {
  for (const { resource, host } of groups.flatMap(({ rules }) => rules.slice(0, 1))) {
    if (!coversServices(host)) continue;
    const message =
      "this host also stands for short names of Services, which a filter does not know: their requests belong to no circuit";
    findings.push(toKnow(resource, ["spec", "host"], message));
  }
}
