import { isObject, type Json } from "../input/resource.ts";
import { blocksOf, isSet, proxyPart, withoutCopies } from "./match-block.ts";
import type { Destination, Routed, Steered } from "./routes.ts";
import type { Entry } from "./scope.ts";
import { valueFor } from "./steering.ts";

/** How the entries of a VirtualService are told apart by the steering header. */
export interface Parted {
  /** The routes that carry out what the filter decides, in front of those that were there. */
  readonly steered: readonly Json[];
  /** An entry as the filter has it, which then writes the header's value; several where each match has its own. */
  readonly forFilter: (entry: Entry) => Json[];
  /** What there is to know of the native part. */
  readonly comment: readonly string[];
}

/**
 * Parts a VirtualService between the filter, which decides, and Istio, which carries out. A route that carries out has what
 * istiod decides by in the matches that it stands for (gateways, sourceLabels, port): so it is where the original is, and a
 * proxy without any route of the original has none of these either.
 *
 * @param prefix of the names of entries that stay native
 */
export function parted({ service, entries }: Routed, header: string, template: string, prefix: string): Parted {
  const used = new Set(entries.flatMap(({ destinations }) => destinations ?? []).map(({ subset }) => subset));
  const shared = new Map<string, SharedRoute>();
  const apart: Json[] = [];
  const named = new Map<number, Named>();
  const comment: string[] = [];
  for (const one of entries) {
    if (one.destinations !== undefined) {
      for (const destination of one.destinations) {
        const value = valueFor(template, destination) as string;
        const route = shared.get(value) ?? { name: one.route["name"], destination, conditions: [] };
        route.conditions.push(...blocksOf(one.route).map(proxyPart));
        shared.set(value, route);
      }
      continue;
    }
    const names = namesFor(one, used, prefix);
    named.set(one.place, { names, host: hostOf(one.route, service.hosts) });
    for (const [number, name] of names.entries()) {
      apart.push(carriesOut(one.route, names.length > 1 ? number : undefined, header, name));
      comment.push(`http[${one.place}] stays native (${one.why}); the plugin selects it by ${header}: ${name}`);
    }
  }
  const forAll = [...shared].map(([value, { name, destination, conditions }]) => ({
    ...(name !== undefined && { name }),
    match: withoutCopies(conditions).map((condition) => ({ ...condition, headers: { [header]: { exact: value } } })),
    headers: { request: { remove: [header] } },
    route: [{ destination }],
  }));
  return {
    steered: [...forAll, ...apart],
    forFilter: (entry) => asFilterReads(entry, named.get(entry.place)),
    comment,
  };
}

/** A route for all entries of one destination. */
interface SharedRoute {
  readonly name: unknown;
  readonly destination: Destination;
  readonly conditions: Json[];
}

/** How an entry that stays native is selected: by one name, or by one for each of its matches. */
interface Named {
  readonly names: readonly string[];
  readonly host: unknown;
}

/**
 * A prefix that is rewritten is that of the match which held, and a match can have a name and statistics of its own: then
 * each match is told apart.
 */
function namesFor({ place, route }: Steered, used: Set<string | undefined>, prefix: string): string[] {
  const blocks = blocksOf(route);
  const labelled = blocks.some(({ name, statPrefix }) => isSet(name) || isSet(statPrefix));
  const apart = blocks.length > 1 && (route["rewrite"] !== undefined || route["redirect"] !== undefined || labelled);
  const wanted = apart ? blocks.map((_, number) => `${prefix}http-${place}-${number}`) : [`${prefix}http-${place}`];
  return wanted.map((name) => unused(used, name));
}

function unused(used: Set<string | undefined>, wanted: string): string {
  const name = used.has(wanted) ? unused(used, `${wanted}-native`) : wanted;
  used.add(name);
  return name;
}

/** The entry itself, for one of its matches or for all, met by the header in place of its own conditions. */
function carriesOut(route: Json, number: number | undefined, header: string, value: string): Json {
  const { match: _, name, ...action } = route;
  const blocks = blocksOf(route).filter((_, place) => number === undefined || place === number);
  const match = blocks.map((block) => ({
    ...picked(block, ["name", "statPrefix", "uri", "ignoreUriCase"]),
    ...proxyPart(block),
    headers: { [header]: { exact: value } },
  }));
  return { ...(name !== undefined && { name }), match: withoutCopies(match), ...without(action, header) };
}

function picked(block: Json, fields: readonly string[]): Json {
  return Object.fromEntries(fields.filter((field) => block[field] !== undefined).map((field) => [field, block[field]]));
}

function asFilterReads({ route, blocks }: Entry, named: Named | undefined): Json[] {
  const { name, match } = route;
  const entryFor = (some: Entry["blocks"], to: unknown): Json => ({
    ...(name !== undefined && { name }),
    ...(isSet(match) && { match: some.map((block) => block.match) }),
    route: to,
  });
  if (named === undefined) return [entryFor(blocks, route["route"])];
  const { names, host } = named;
  const to = (place: number): unknown => [{ destination: { host, subset: names[place] } }];
  if (names.length === 1) return [entryFor(blocks, to(0))];
  return blocks.map((block) => entryFor([block], to(block.place)));
}

/** Any host does, as only the subset steers; the first destination's is the one that people expect. */
function hostOf({ route }: Json, hosts: readonly string[]): unknown {
  const first: unknown = Array.isArray(route) ? route[0] : undefined;
  const destination = isObject(first) ? first["destination"] : undefined;
  return isObject(destination) ? destination["host"] : hosts[0];
}

/** What a native route does, and the steering header taken off a request that goes on. */
function without(action: Json, header: string): Json {
  if (!Array.isArray(action["route"])) return action;
  const headers = isObject(action["headers"]) ? action["headers"] : {};
  const request = isObject(headers["request"]) ? headers["request"] : {};
  const removed = Array.isArray(request["remove"]) ? (request["remove"] as unknown[]) : [];
  return { ...action, headers: { ...headers, request: { ...request, remove: [...removed, header] } } };
}
