import type { Finding } from "../finding.ts";
import type { Path } from "../input/path.ts";
import { isObject, type Json } from "../input/resource.ts";
import { blocksOf, catchesAll, isForAnyProxy, isSet } from "./match-block.ts";
import { leftOut } from "./outcome.ts";
import { refusals } from "./refusal.ts";
import type { Service } from "./scope.ts";

export const HEADER_ROUTING = "header-routing";

/** A destination as a route names it. */
export interface Destination {
  readonly host: string;
  readonly subset?: string;
  readonly port?: { readonly number: number };
}

/** An entry of `http` and how it is steered. */
export interface Steered {
  /** Its place in the resource. */
  readonly place: number;
  readonly route: Json;
  /** Its destinations; undefined where the whole entry stays native and is selected by a name of its own. */
  readonly destinations: readonly Destination[] | undefined;
  /** Why it stays native. */
  readonly why: string;
}

/** A VirtualService whose routing the filter can do. */
export interface Routed {
  readonly service: Service;
  readonly entries: readonly Steered[];
}

/**
 * How the entries of a VirtualService can be steered, whichever gateway they are for. Undefined, with the reason among the
 * findings, where the conditions are what the filter refuses.
 *
 * An entry stays native as a whole where it has something that the filter refuses (it says so itself) and where it changes
 * headers: Istio does that after routing, the filter would do it before. It does so too where the route that carries it out
 * could not have the name or the statistics of the original, as other entries have the same destination.
 */
export function routed(service: Service, findings: Finding[]): Routed | undefined {
  const { resource, namespace, hosts } = service;
  const http = reached(service.http);
  const virtualServices = [{ name: resource.name, namespace, hosts, http: http.map(asFilterReads) }];
  const native = new Map<number, string>();
  let refused = false;
  // Every destination has a host, so this template asks nothing of them.
  const config = { steering: { value: "{host}" }, virtualServices };
  for (const { path, written, message } of refusals(HEADER_ROUTING, config, { namespace, labels: {} })) {
    const [, , field, index, part] = path;
    if (field === "http" && typeof index === "number" && part !== "match") {
      // A redirect is named rather than the destinations that it does without.
      if (!native.has(index) || message.startsWith("not supported: ")) native.set(index, String(part));
    } else {
      refused = true;
      findings.push(leftOut(resource, inResource(path), message, written.replace(/^virtualServices\[0\]\.?/, "")));
    }
  }
  if (refused) return undefined;
  const names = new Map<string, unknown>();
  const entries = http.map((route, place): Steered => {
    const why = native.get(place) ?? ownReason(route) ?? sharedReason(route, names);
    return { place, route, why: why ?? "", destinations: why === undefined ? destinationsOf(route) : undefined };
  });
  return { service, entries };
}

/** The entries up to the first that every request meets at every gateway: what stands after it is never reached. */
function reached(http: readonly Json[]): readonly Json[] {
  const last = http.findIndex((route) => blocksOf(route).some((block) => isForAnyProxy(block) && catchesAll(block)));
  return last < 0 ? http : http.slice(0, last + 1);
}

/** An entry without what istiod has decided before the filter is asked, or what decides nothing. */
function asFilterReads(route: Json): Json {
  if (!Array.isArray(route["match"])) return route;
  const match = route["match"].map((block: unknown) => {
    if (!isObject(block)) return block;
    const { gateways: _, statPrefix: __, ...others } = block;
    return others;
  });
  return { ...route, match };
}

function ownReason(route: Json): string | undefined {
  const destinations = route["route"] as Json[];
  if ([route, ...destinations].some(({ headers }) => isSet(headers))) return "headers";
  return blocksOf(route).some(({ name, statPrefix }) => isSet(name) || isSet(statPrefix)) ? "match" : undefined;
}

/** Whether an entry before has a destination of this one, and another name: a route that is shared has one name. */
function sharedReason(route: Json, names: Map<string, unknown>): string | undefined {
  const { name } = route;
  const keys = destinationsOf(route).map(keyOf);
  if (keys.some((key) => names.has(key) && names.get(key) !== name)) return "name";
  for (const key of keys) names.set(key, name);
  return undefined;
}

function destinationsOf({ route }: Json): Destination[] {
  return (route as { destination: Destination }[]).map(({ destination }) => destination);
}

/** What tells a destination from others. */
export function keyOf({ host, subset, port }: Destination): string {
  return JSON.stringify([host, subset, port?.number]);
}

/** How many destinations the routes of a VirtualService have, to tell whether there is anything to decide. */
export function countDestinations({ http }: Service): number {
  const all = http.flatMap((route): unknown[] => (Array.isArray(route["route"]) ? destinationsOf(route) : [route]));
  return new Set(all.map((destination) => JSON.stringify(destination))).size;
}

/** A path of `pluginConfig.virtualServices[0]` as one of the resource that it was made of. */
function inResource([, , field, ...others]: Path): Path {
  return field === undefined ? [] : ["spec", field, ...others];
}
