import type { Finding } from "../finding.ts";
import type { Json } from "../input/resource.ts";
import { inResource } from "./faults.ts";
import { leftOut } from "./outcome.ts";
import { refusals } from "./refusal.ts";
import type { Entry, Scoped } from "./scope.ts";

export const HEADER_ROUTING = "header-routing";

/** A destination as a route names it. */
export interface Destination {
  readonly host: string;
  readonly subset?: string;
  readonly port?: { readonly number: number };
}

/** An entry of `http` and how it is steered. */
export interface Steered {
  readonly entry: Entry;
  /** Its destinations; undefined where the whole entry stays native and is selected by a name of its own. */
  readonly destinations: readonly Destination[] | undefined;
  /** Why it stays native. */
  readonly why: string;
}

/** A VirtualService whose routing the filter can do. */
export interface Routed {
  readonly service: Scoped;
  readonly entries: readonly Steered[];
}

/**
 * How the entries of a VirtualService can be steered. An entry with something that the filter cannot honour (it says so
 * itself) stays native as a whole. Undefined, with the reason among the findings, where the conditions are what it
 * refuses. What stands behind an entry that every request meets is left out: it is never reached.
 */
export function routed(service: Scoped, findings: Finding[]): Routed | undefined {
  const { resource, namespace } = service;
  const all = service.http.findIndex(({ route }) => route.match === undefined);
  const http = all < 0 ? service.http : service.http.slice(0, all + 1);
  const routes = http.map(({ route }) => route);
  const virtualServices = [{ name: resource.name, namespace, hosts: resource.spec.hosts, http: routes }];
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
      const place = inResource(path, (index) => http[index]?.place ?? index);
      findings.push(leftOut(resource, place, message, written.replace(/^virtualServices\[0\]\.?/, "")));
    }
  }
  if (refused) return undefined;
  return {
    service,
    entries: http.map((entry, index) => {
      const why = native.get(index) ?? "";
      return { entry, why, destinations: native.has(index) ? undefined : destinationsOf(entry.route) };
    }),
  };
}

function destinationsOf({ route }: Json): Destination[] {
  return (route as { destination: Destination }[]).map(({ destination }) => destination);
}

/** How many destinations the routes of a VirtualService have, to tell whether there is anything to decide. */
export function countDestinations({ http }: Scoped): number {
  const all = http.flatMap(({ route }): unknown[] => (Array.isArray(route.route) ? destinationsOf(route) : [route]));
  return new Set(all.map((destination) => JSON.stringify(destination))).size;
}
