import { isObject, type Json, type Resource } from "../input/resource.ts";
import type { Path } from "../input/path.ts";
import { covers, overlap } from "./host-names.ts";
import type { Options } from "./options.ts";
import { objects, rankFor, type Rule } from "./rule.ts";

/** The rules of one host that istiod merges, the one that is asked first in front. */
export interface Group {
  readonly host: string;
  readonly rules: readonly Rule[];
}

/** A part of a merged rule, and where it comes from. */
export interface Part {
  readonly value: Json;
  readonly resource: Resource;
  /** The way to it in the resource. */
  readonly at: Path;
}

/** A rule that istiod makes of those of a group. */
export interface Merged {
  readonly trafficPolicy: Part | undefined;
  readonly subsets: readonly Part[];
}

/** The rules by their hosts, those of a host by their age. */
export function groupsOf(rules: readonly Rule[]): Group[] {
  const hosts = new Map<string, Rule[]>();
  for (const rule of rules) hosts.set(rule.host, [...(hosts.get(rule.host) ?? []), rule]);
  return [...hosts].map(([host, all]) => ({ host, rules: all.sort(byAge) }));
}

/**
 * Merges the rules of a host (istio `pilot/pkg/model/destination_rule.go: mergeDestinationRule`): the `trafficPolicy` is that of the
 * first that has one, whole; of subsets with one name the first counts.
 */
export function mergedRule({ rules }: Group): Merged {
  const whole = rules.find(({ resource }) => isObject(resource.spec.trafficPolicy))?.resource;
  const subsets = new Map<unknown, Part>();
  for (const { resource } of rules) {
    for (const [place, value] of objects(resource.spec.subsets).entries()) {
      if (!subsets.has(value.name)) subsets.set(value.name, { value, resource, at: ["spec", "subsets", place] });
    }
  }
  const trafficPolicy =
    whole === undefined
      ? undefined
      : { value: whole.spec.trafficPolicy as Json, resource: whole, at: ["spec", "trafficPolicy"] };
  return { trafficPolicy, subsets: [...subsets.values()] };
}

/** Why it cannot be known what istiod makes of the rules of a host; undefined if it can. */
export function whyNotMerged({ rules }: Group): string | undefined {
  const [first, ...others] = rules as readonly [Rule, ...Rule[]];
  if (others.length === 0) return undefined;
  if (others.some(({ namespace }) => namespace !== first.namespace)) {
    return "they are in different namespaces, and which of them counts depends on the proxy's: say --to-namespace";
  }
  if (rules.some(({ workloadSelector }) => workloadSelector !== undefined)) {
    return "which of them counts depends on the workload (workloadSelector)";
  }
  const seenBy = ({ resource }: Rule): string => JSON.stringify(resource.spec["exportTo"] ?? ["*"]);
  if (others.some((rule) => seenBy(rule) !== seenBy(first))) return "some proxies see only some of them (exportTo)";
  if (rules.every(({ resource }) => !Number.isNaN(Date.parse(resource.created ?? "")))) return undefined;
  if (!dependsOnAge(rules)) return undefined;
  const how = "convert what kubectl get destinationrules --output yaml writes, or make one DestinationRule of them";
  return `the older one decides, and metadata.creationTimestamp is missing: ${how}`;
}

function dependsOnAge(rules: readonly Rule[]): boolean {
  const names = rules.flatMap(({ resource }) => objects(resource.spec.subsets).map(({ name }) => name));
  const policies = rules.filter(({ resource }) => isObject(resource.spec.trafficPolicy));
  return policies.length > 1 || new Set(names).size < names.length;
}

/**
 * Of a group only the rules that are asked for by proxies of a namespace: those that come first there. The others count for nothing
 * there.
 */
export function inForceIn({ host, rules }: Group, namespace: string, options: Options): Group {
  const seen = rules.filter(({ clients }) => clients === "all" || clients.has(namespace));
  const first = Math.min(...seen.map((rule) => rankFor(rule, namespace, options)));
  return { host, rules: seen.filter((rule) => rankFor(rule, namespace, options) === first) };
}

/** Whether a request can be for the hosts of both. */
export function meet(a: Group, b: Group): boolean {
  return overlap(a.host, b.host);
}

/**
 * Whether a wildcard that istiod asks before a closer host stands in front of it: a filter takes the closer host in any case.
 *
 * @param client the namespace whose proxies ask; undefined: any
 */
export function outranks(wide: Group, close: Group, client: string | undefined, options: Options): boolean {
  const [one, other] = [wide.rules[0], close.rules[0]];
  if (one === undefined || other === undefined || wide.host === close.host || !covers(wide.host, close.host))
    return false;
  return rankFor(one, client, options) < rankFor(other, client, options);
}

function byAge(a: Rule, b: Rule): number {
  const age = Date.parse(a.resource.created ?? "") - Date.parse(b.resource.created ?? "");
  return age || compare(a.resource.name, b.resource.name) || compare(a.namespace, b.namespace);
}

function compare(a: string, b: string): number {
  return a < b ? -1 : Number(a > b);
}
