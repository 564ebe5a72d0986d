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
    detects: detectsOutliers(resource.spec),
    clients: clientsOf(resource, namespace, goesFar),
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
function clientsOf({ spec }: Resource, namespace: string, goesFar: boolean): Clients {
  const names = isSet(spec["exportTo"]) ? (spec["exportTo"] as unknown[]).map(String) : ["*"];
  const to = new Set(names.map((name) => (name === "." ? namespace : name)));
  if (goesFar) return to.has("*") ? "all" : to;
  return new Set(to.has("*") || to.has(namespace) ? [namespace] : []);
}

/** The namespace of a Service of the cluster; undefined if the host is another, or a wildcard that is for several. */
function serviceNamespace(host: string): string | undefined {
  return /^(?:[^.]+|\*)\.([^.*]+)\.svc\.cluster\.local$/.exec(host)?.[1];
}

/**
 * Which of the rules for one host istiod asks first in a client's namespace: the lowest. In the root namespace those come first that are
 * for it alone.
 */
export function rankFor({ namespace, clients }: Rule, client: string | undefined, { rootNamespace }: Options): number {
  if (namespace === client && (client !== rootNamespace || clients !== "all")) return 0;
  return namespace === rootNamespace ? 2 : 1;
}
