import { isObject, type Json, type Resource } from "../input/resource.ts";
import { wholeName } from "./host-names.ts";
import { isSet } from "./match-block.ts";
import type { Options } from "./options.ts";

/** A DestinationRule. */
export interface Rule {
  readonly resource: Resource;
  readonly namespace: string;
  /** Its host as istiod completes it, in small letters. */
  readonly host: string;
  /** Whether it says anything of outlier detection. */
  readonly detects: boolean;
  /** Whether it is asked for beyond its own namespace, as it is of the Service's namespace or of the root namespace. */
  readonly goesFar: boolean;
  /**
   * Whether it may also be asked for by proxies of other namespaces: its host is none of which the name says the namespace, so the Service
   * can be one of the rule's own namespace.
   */
  readonly mayGoFar: boolean;
  /** Whose proxies istiod asks it for. */
  readonly clients: Clients;
  /** The labels of the workloads that it is for. */
  readonly workloadSelector: Json | undefined;
}

/** The proxies of some namespaces, or of all. */
export type Clients = ReadonlySet<string> | "all";

/** Reads a DestinationRule. */
export function ruleOf(resource: Resource, options: Options): Rule {
  const namespace = resource.namespace ?? options.namespace;
  const { workloadSelector } = resource.spec;
  const selector = isObject(workloadSelector) ? workloadSelector : undefined;
  const host = wholeName(String(resource.spec["host"]), { namespace });
  const isOfService = namespace === options.rootNamespace || serviceNamespace(host) === namespace;
  const goesFar = selector === undefined && isOfService;
  return {
    resource,
    namespace,
    host,
    goesFar,
    mayGoFar:
      selector === undefined && !isOfService && serviceNamespace(host) === undefined && isExported(resource, namespace),
    detects: detectsOutliers(resource.spec),
    clients: clientsOf(resource, namespace, goesFar, options),
    workloadSelector: selector,
  };
}

/** Whether a DestinationRule says anything of outlier detection: for the whole, for a port or for a subset. */
export function detectsOutliers(spec: Json): boolean {
  const policies = [spec.trafficPolicy, ...objects(spec.subsets).map(({ trafficPolicy }) => trafficPolicy)];
  return policies.some((policy) => {
    if (!isObject(policy)) return false;
    return [policy, ...objects(policy.portLevelSettings)].some(({ outlierDetection }) => isObject(outlierDetection));
  });
}

/** The objects of a list. */
export function objects(value: unknown): Json[] {
  return Array.isArray(value) ? value.filter(isObject) : [];
}

/**
 * Whose proxies istiod asks it for (istio `push_context.go: destinationRule`): first comes a rule of the client's own namespace, then
 * one of the service's namespace, then one of the root namespace; the last two only if they are exported to the client's.
 */
function clientsOf(resource: Resource, namespace: string, goesFar: boolean, { rootNamespace }: Options): Clients {
  const to = new Set(exportsOf(resource, namespace));
  if (goesFar && to.has("*")) return "all";
  // To other proxies `.` is no namespace, and those of the root namespace are others: there it counts alone.
  if (goesFar && namespace === rootNamespace && to.size > 1 && hasDot(resource)) to.delete(namespace);
  if (goesFar) return to;
  return new Set(to.has("*") || to.has(namespace) ? [namespace] : []);
}

/** The namespace of a Service of the cluster; undefined if the host is another, or a wildcard that is for several. */
export function serviceNamespace(host: string): string | undefined {
  return /^(?:[^.]+|\*)\.([^.*]+)\.svc\.cluster\.local$/.exec(host)?.[1];
}

/** Whether others than the proxies of its own namespace see it. */
function isExported(resource: Resource, namespace: string): boolean {
  return exportsOf(resource, namespace).some((name) => name !== namespace);
}

function hasDot({ spec }: Resource): boolean {
  return Array.isArray(spec["exportTo"]) && spec["exportTo"].includes(".");
}

function exportsOf({ spec }: Resource, namespace: string): string[] {
  const names = isSet(spec["exportTo"]) ? (spec["exportTo"] as unknown[]).map(String) : ["*"];
  return names.map((name) => (name === "." ? namespace : name));
}

/**
 * Which of the rules for one host istiod asks first in a client's namespace: the lowest. In the root namespace those come first that are
 * for it alone.
 */
export function rankFor({ namespace, clients }: Rule, client: string | undefined, { rootNamespace }: Options): number {
  if (namespace === client && (client !== rootNamespace || isPrivate({ namespace, clients }))) return 0;
  return namespace === rootNamespace ? 2 : 1;
}

/** Whether it is for its own namespace alone: proxies of others do not come across it. */
export function isPrivate({ namespace, clients }: Pick<Rule, "namespace" | "clients">): boolean {
  return clients !== "all" && clients.size === 1 && clients.has(namespace);
}
