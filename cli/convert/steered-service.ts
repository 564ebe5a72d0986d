import { isObject, type Json } from "../input/resource.ts";
import type { Destination, Routed, Steered } from "./routes.ts";
import { valueFor, type Steering } from "./steering.ts";

/** A VirtualService in two: the filter's part, which decides, and the native one, which carries out and stays as it is. */
export interface Parted {
  readonly config: Json;
  readonly http: Json[];
  /** What there is to know of the native part. */
  readonly comment: string[];
}

/** Parts a VirtualService between the filter and Istio. */
export function parted({ service, entries }: Routed, { header, template }: Steering): Parted {
  const used = new Set(entries.flatMap(({ destinations }) => destinations ?? []).map(({ subset }) => subset));
  const filtered: Json[] = [];
  const steered = new Map<string, Json>();
  const comment: string[] = [];
  let last: Json | undefined;
  const remove = { request: { remove: [header] } };
  const selected = (value: string): Json => ({ headers: { [header]: { exact: value } } });

  const plain = ({ entry: { route } }: Steered, destinations: readonly Destination[]): void => {
    filtered.push(route);
    for (const destination of destinations) {
      const value = valueFor(template, destination) as string;
      steered.set(value, { match: [selected(value)], headers: remove, route: [{ destination }] });
    }
    if (route.match !== undefined) return;
    // What comes without the header, as the filter is not there, goes where every request may go.
    if (destinations.length === 1) steered.delete(valueFor(template, destinations[0] as Destination) as string);
    const weighted = (route.route as Json[]).map(({ headers: _, ...destination }) => destination);
    last = { headers: remove, route: weighted };
  };

  const native = ({ entry: { place, route }, why }: Steered): void => {
    const { match, name, ...action } = route;
    const blocks = Array.isArray(match) ? (match as Json[]) : [undefined];
    // A prefix that is rewritten is that of the match which held, so each match is told apart.
    const apart = blocks.length > 1 && (action.rewrite !== undefined || action.redirect !== undefined);
    const parts = apart ? blocks.map((block) => [block]) : [blocks];
    for (const [number, part] of parts.entries()) {
      const value = unused(used, apart ? `http-${place}-${number}` : `http-${place}`);
      const host = hostOf(route, service.resource.spec);
      filtered.push({
        ...(name !== undefined && { name }),
        ...(match !== undefined && { match: part }),
        route: [{ destination: { host, subset: value } }],
      });
      const selecting = { match: part.map((block) => ({ ...uriOf(block), ...selected(value) })) };
      const made = { ...(name !== undefined && { name }), ...selecting, ...without(action, header) };
      comment.push(`http[${place}] stays native (${why}), selected by ${header}: ${value}`);
      if (match === undefined) {
        const { match: _, ...always } = made;
        last = always;
      } else steered.set(value, made);
    }
  };

  for (const one of entries) {
    if (one.destinations === undefined) native(one);
    else plain(one, one.destinations);
  }
  const { resource, namespace } = service;
  const config = { name: resource.name, namespace, hosts: resource.spec.hosts, http: filtered };
  return { config, http: [...steered.values(), ...(last === undefined ? [] : [last])], comment };
}

function unused(used: Set<string | undefined>, wanted: string): string {
  const name = used.has(wanted) ? unused(used, `${wanted}-native`) : wanted;
  used.add(name);
  return name;
}

/** Any host does, as only the subset steers; the first destination's is the one that people expect. */
function hostOf({ route }: Json, { hosts }: Json): unknown {
  const first: unknown = Array.isArray(route) ? route[0] : undefined;
  const destination = isObject(first) ? first.destination : undefined;
  return isObject(destination) ? destination.host : (hosts as unknown[])[0];
}

function uriOf(block: Json | undefined): Json {
  const { uri, ignoreUriCase } = block ?? {};
  return { ...(uri !== undefined && { uri }), ...(ignoreUriCase !== undefined && { ignoreUriCase }) };
}

/** What a native route does, and the steering header taken off a request that goes on. */
function without(action: Json, header: string): Json {
  if (!Array.isArray(action.route)) return action;
  const headers = isObject(action.headers) ? action.headers : {};
  const request = isObject(headers.request) ? headers.request : {};
  const removed = Array.isArray(request.remove) ? (request.remove as unknown[]) : [];
  return { ...action, headers: { ...headers, request: { ...request, remove: [...removed, header] } } };
}
