import type { Finding } from "../finding.ts";
import { isWithin } from "../input/path.ts";
import type { Json } from "../input/resource.ts";
import { isSet } from "./match-block.ts";
import { leftOut } from "./outcome.ts";
import { refusals } from "./refusal.ts";
import { entriesAt, type Service } from "./scope.ts";

export const FAULT_INJECTION = "fault-injection";

/** What became of a VirtualService's faults. */
export interface Faults {
  /** The entries for the filter. */
  readonly http: readonly Json[];
  /** The entries of the resource's `http` whose faults are in it. */
  readonly places: readonly number[];
}

export function hasFaults({ http }: Service): boolean {
  return http.some(({ fault }) => fault !== undefined);
}

/**
 * The faults of a VirtualService for fault-injection. Entries without a fault stay in, up to the last with one: who meets
 * them meets no fault behind them. A fault that the filter refuses is named, and stays native; undefined where that is so of
 * all, or of the conditions.
 */
export function faultsOf(service: Service, gateway: string, findings: Finding[]): Faults | undefined {
  const { resource, namespace, hosts } = service;
  const all = entriesAt(service, gateway);
  const entries = all.slice(0, all.findLastIndex(({ route }) => route["fault"] !== undefined) + 1);
  const native = new Set<number>();
  const http = (): Json[] =>
    entries.map(({ route: { name, match, fault }, blocks }, index) => ({
      ...(name !== undefined && { name }),
      ...(isSet(match) && { match: blocks.map((block) => block.match) }),
      ...(fault !== undefined && !native.has(index) && { fault }),
    }));
  let refused = false;
  const workload = { namespace, labels: {} };
  const config = { virtualServices: [{ name: resource.name, namespace, hosts, http: http() }] };
  for (const { path, written, message } of refusals(FAULT_INJECTION, config, workload)) {
    const [, , field, index, part, ...others] = path;
    if (field !== "http" || typeof index !== "number") {
      refused = true;
      findings.push(leftOut(resource, ["spec", ...path.slice(2)], message, shown(written)));
      continue;
    }
    const entry = entries[index];
    if (part === "fault") native.add(index);
    else refused = true;
    const inEntry = isWithin(path.slice(4), ["match"]) ? blockPlace(others, entry?.blocks ?? []) : others;
    const way = part === undefined ? [] : [part, ...inEntry];
    findings.push(leftOut(resource, ["spec", "http", entry?.place ?? index, ...way], message, shown(written)));
  }
  const places = entries
    .filter(({ route }, index) => route["fault"] !== undefined && !native.has(index))
    .map(({ place }) => place);
  return refused || places.length === 0 ? undefined : { http: http(), places };
}

/** The VirtualService without the faults of these entries. */
export function withoutFaults(service: Service, found: Faults | undefined): Service {
  if (found === undefined) return service;
  const http = service.http.map((route, place) => {
    const { fault: _, ...others } = route;
    return found.places.includes(place) ? others : route;
  });
  return { ...service, http };
}

function blockPlace([index, ...others]: readonly (string | number)[], blocks: readonly { place: number }[]) {
  return index === undefined ? [] : [blocks[index as number]?.place ?? index, ...others];
}

function shown(written: string): string {
  return written.replace(/^virtualServices\[0\]\.?/, "");
}
