import type { Finding } from "../finding.ts";
import { isObject, type Resource } from "../input/resource.ts";
import { MESH } from "./gateway-name.ts";
import { leftOut } from "./outcome.ts";
import type { Options } from "./options.ts";
import type { Service } from "./scope.ts";

/** Where the plugins of VirtualServices go. */
export interface Placement {
  readonly namespace: string;
  /** The labels of the workloads; undefined: all of the namespace. */
  readonly selector: Readonly<Record<string, string>> | undefined;
  readonly services: readonly Service[];
}

/**
 * The proxies that the VirtualServices are for. For sidecars that follows from `exportTo`. All plugins go into one namespace:
 * VirtualServices that are exported to somewhere else than the others are named. For a gateway it is the root namespace,
 * where a selector reaches the pods of every namespace, as that of a Gateway does.
 *
 * @param gateways the Gateway resources that are given; the one that is asked for says which pods are its own
 */
export function placed(
  services: readonly Service[],
  gateway: string,
  gateways: readonly Resource[],
  options: Options,
  findings: Finding[],
): Placement {
  const { toNamespace, rootNamespace } = options;
  if (options.mode === "SERVER") {
    const why = "a VirtualService decides for requests that are sent, and --mode SERVER asks for those that arrive";
    findings.push(...services.map(({ resource }) => leftOut(resource, [], why)));
    return { namespace: "", selector: undefined, services: [] };
  }
  if (gateway !== MESH) {
    const selector = options.selector ?? podsOf(gateway, gateways);
    const place = { namespace: toNamespace ?? rootNamespace, selector };
    if (selector !== undefined) return { ...place, services };
    const why = `the pods of the gateway ${gateway} are not known: give the Gateway resource too, or name the pods with --selector`;
    findings.push(...services.map(({ resource }) => leftOut(resource, ["spec", "gateways"], why)));
    return { ...place, services: [] };
  }
  const { selector } = options;
  if (toNamespace !== undefined) return { namespace: toNamespace, selector, services };
  const places = services.map((service) => exportedTo(service, rootNamespace));
  const namespace = places.includes(rootNamespace) ? rootNamespace : (places.find(Boolean) ?? "");
  const kept = services.filter((service, at) => {
    if (places[at] === namespace) return true;
    const why = isForRootAlone(service, rootNamespace)
      ? `only the proxies of ${rootNamespace} see it, and a WasmPlugin of the root namespace is for all proxies`
      : "it is exported to other namespaces than the others: convert it alone, with --to-namespace";
    findings.push(leftOut(service.resource, ["spec", "exportTo"], why));
    return false;
  });
  return { namespace, selector, services: kept };
}

/**
 * The namespace of the plugin for all proxies that see a VirtualService, the root namespace if all do; undefined if there is none, as they are
 * in several namespaces, or in the root namespace alone.
 */
export function exportedTo(service: Service, rootNamespace: string): string | undefined {
  const to = exportsOf(service);
  if (to.includes("*")) return rootNamespace;
  const [only] = to;
  return to.length === 1 && only !== rootNamespace ? only : undefined;
}

function isForRootAlone(service: Service, rootNamespace: string): boolean {
  return exportsOf(service).every((name) => name === rootNamespace);
}

/** The namespaces whose proxies see it: `*` for all. */
function exportsOf({ resource, namespace }: Service): string[] {
  const { exportTo } = resource.spec;
  const to = Array.isArray(exportTo) && exportTo.length > 0 ? exportTo.map(String) : ["*"];
  return [...new Set(to.map((name) => (name === "." ? namespace : name)))];
}

/** `spec.selector` of the Gateway, which is never empty here: that would be all pods. */
function podsOf(gateway: string, gateways: readonly Resource[]): Record<string, string> | undefined {
  const found = gateways.find(({ namespace = "", name }) => `${namespace}/${name}` === gateway);
  const selector = found?.spec["selector"];
  if (!isObject(selector) || Object.keys(selector).length === 0) return undefined;
  return selector as Record<string, string>;
}
