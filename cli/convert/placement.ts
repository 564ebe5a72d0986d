import type { Finding } from "../finding.ts";
import { leftOut } from "./outcome.ts";
import type { Options } from "./options.ts";
import type { Scoped } from "./scope.ts";

/** Where the plugins of VirtualServices go. */
export interface Placement {
  readonly namespace: string;
  readonly services: readonly Scoped[];
}

/**
 * The namespace whose proxies the VirtualServices are for. All go into one: two plugins of a filter on one proxy would each
 * take the requests that are the other's for nobody's. Those that are exported to somewhere else than the others are named.
 */
export function placed(services: readonly Scoped[], options: Options, findings: Finding[]): Placement {
  if (options.toNamespace !== undefined) return { namespace: options.toNamespace, services };
  if (options.gateway !== "mesh") {
    const [namespace] = options.gateway.includes("/") ? options.gateway.split("/") : [services[0]?.namespace];
    return { namespace: namespace ?? options.namespace, services };
  }
  const whereOf = (service: Scoped): string | undefined => {
    const { exportTo } = service.resource.spec;
    const to = Array.isArray(exportTo) && exportTo.length > 0 ? exportTo.map(String) : ["*"];
    if (to.includes("*")) return options.rootNamespace;
    if (to.length > 1) return undefined;
    return to[0] === "." ? service.namespace : to[0];
  };
  const places = services.map(whereOf);
  const namespace = places.includes(options.rootNamespace) ? options.rootNamespace : (places.find(Boolean) ?? "");
  const kept = services.filter((service, at) => {
    if (places[at] === namespace) return true;
    const why = "exported to other namespaces than the rest: convert it alone, with --to-namespace";
    findings.push(leftOut(service.resource, ["spec", "exportTo"], why));
    return false;
  });
  return { namespace, services: kept };
}
