import type { Finding } from "../finding.ts";
import { isObject, type Json, type Resource } from "../input/resource.ts";
import { MESH, gatewayName } from "./gateway-name.ts";
import { blocksOf, catchesAll, isForAnyProxy, isSet } from "./match-block.ts";
import type { Options } from "./options.ts";
import { leftOut } from "./outcome.ts";

/** A VirtualService. */
export interface Service {
  readonly resource: Resource;
  readonly namespace: string;
  readonly hosts: readonly string[];
  /** Its gateways, each by its one name. */
  readonly gateways: readonly string[];
  readonly http: readonly Json[];
}

/** A match as it is for one gateway. */
export interface Block {
  /** Its place in the entry's `match`. */
  readonly place: number;
  /** Without what istiod has decided already: `gateways`, and `statPrefix`, which decides nothing. */
  readonly match: Json;
}

/** What is left of an entry of `http` for one gateway. */
export interface Entry {
  /** Its place in the resource. */
  readonly place: number;
  readonly route: Json;
  readonly blocks: readonly Block[];
}

/** Reads a VirtualService; Istio takes `mesh` for its gateways where it names none. */
export function serviceOf(resource: Resource, options: Options): Service {
  const { spec } = resource;
  const namespace = resource.namespace ?? options.namespace;
  const gateways = isSet(spec["gateways"]) ? (spec["gateways"] as unknown[]).map(String) : [MESH];
  return {
    resource,
    namespace,
    hosts: Array.isArray(spec["hosts"]) ? spec["hosts"].map(String) : [],
    gateways: [...new Set(gateways.map((gateway) => gatewayName(gateway, namespace)))],
    http: Array.isArray(spec["http"]) ? spec["http"].filter(isObject) : [],
  };
}

/** Whether all of a VirtualService stands in it. If not, or if there is nothing for this gateway, that is a finding. */
export function isWhole(service: Service, gateway: string, options: Options, findings: Finding[]): boolean {
  const { resource, gateways, http, hosts } = service;
  if (hosts.length === 0) {
    const why = "it has no hosts: it is the delegate of another VirtualService; write its routes there instead";
    findings.push(leftOut(resource, ["spec"], why));
    return false;
  }
  if (!gateways.includes(gateway)) {
    const asked = gateway === MESH ? "sidecars" : `the gateway ${gateway}`;
    const why = `it is not for ${asked}: convert it with --gateway ${gateways.join(" or --gateway ")}`;
    findings.push(leftOut(resource, ["spec", "gateways"], why));
    return false;
  }
  const delegating = http.findIndex(({ delegate }) => delegate !== undefined);
  if (delegating >= 0) {
    const { name, namespace = service.namespace } = http[delegating]?.["delegate"] as Json;
    const place = ["spec", "http", delegating, "delegate"];
    const why = `the routes are in the VirtualService ${String(namespace)}/${String(name)}: write them here instead`;
    findings.push(leftOut(resource, place, why, `http[${delegating}].delegate`));
    return false;
  }
  if (entriesAt(service, gateway).length === 0) {
    findings.push(leftOut(resource, ["spec"], `it has no HTTP route for ${options.gateway}`));
    return false;
  }
  return true;
}

/**
 * The entries of a VirtualService that istiod makes routes of at a gateway (istio `route.go: sourceMatchHTTP`,
 * `BuildHTTPRoutesForVirtualService`): without the matches of other gateways, and up to the first that every request meets.
 * Beside `gateways` in a match, its `sourceLabels` and `sourceNamespace` count for nothing.
 */
export function entriesAt(service: Service, gateway: string): Entry[] {
  const entries: Entry[] = [];
  for (const [place, route] of service.http.entries()) {
    const blocks: Block[] = [];
    let closed = false;
    for (const [number, block] of blocksOf(route).entries()) {
      const match = matchAt(block, gateway, service.namespace);
      if (match === undefined) continue;
      blocks.push({ place: number, match });
      closed = isForAnyProxy(match) && catchesAll(match);
      if (closed) break;
    }
    if (blocks.length > 0) entries.push({ place, route, blocks });
    if (closed) break;
  }
  return entries;
}

/** A match as it is for one gateway, undefined where it is for others. */
function matchAt(block: Json, gateway: string, namespace: string): Json | undefined {
  const { gateways, statPrefix: _, ...match } = block;
  if (!isSet(gateways)) return match;
  const names = (gateways as unknown[]).map((name) => gatewayName(String(name), namespace));
  if (!names.includes(gateway)) return undefined;
  const { sourceLabels: __, sourceNamespace: ___, ...others } = match;
  return others;
}

/** Whether istiod makes routes of a VirtualService for every proxy and port of a gateway. */
export function isForAllProxies(service: Service, gateway: string): boolean {
  return entriesAt(service, gateway).some(({ blocks }) => blocks.some(({ match }) => isForAnyProxy(match)));
}
