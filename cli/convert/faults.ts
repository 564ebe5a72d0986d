import type { Finding } from "../finding.ts";
import type { Path } from "../input/path.ts";
import type { Json } from "../input/resource.ts";
import { leftOut } from "./outcome.ts";
import { refusals } from "./refusal.ts";
import type { Scoped } from "./scope.ts";

export const FAULT_INJECTION = "fault-injection";

/** What became of a VirtualService's faults. */
export interface Faults {
  /** The VirtualService of the pluginConfig. */
  readonly config: Json;
  /** The entries of the resource's `http` whose faults are in it. */
  readonly places: readonly number[];
}

export function hasFaults({ http }: Scoped): boolean {
  return http.some(({ route }) => route.fault !== undefined);
}

/**
 * The faults of a VirtualService for fault-injection. Entries without a fault stay in, up to the last with one: who meets
 * them meets no fault behind them. A fault that the filter refuses is named, and stays native; undefined where that is so of
 * all, or of the conditions.
 */
export function faultsOf(service: Scoped, findings: Finding[]): Faults | undefined {
  const { resource, namespace, http } = service;
  const last = http.findLastIndex(({ route }) => route.fault !== undefined);
  const entries = http.slice(0, last + 1);
  const native = new Set<number>();
  const config = (): Json => ({
    name: resource.name,
    namespace,
    hosts: resource.spec.hosts,
    http: entries.map(({ route: { name, match, fault } }, index) => ({
      ...(name !== undefined && { name }),
      ...(match !== undefined && { match }),
      ...(fault !== undefined && !native.has(index) && { fault }),
    })),
  });
  let refused = false;
  const workload = { namespace, labels: {} };
  for (const { path, written, message } of refusals(FAULT_INJECTION, { virtualServices: [config()] }, workload)) {
    const [, , , index, part] = path;
    if (part === "fault") native.add(index as number);
    else refused = true;
    const place = inResource(path, (index) => entries[index]?.place ?? index);
    findings.push(leftOut(resource, place, message, written.replace(/^virtualServices\[0\]\.?/, "")));
  }
  const places = entries
    .filter(({ route }, index) => route.fault !== undefined && !native.has(index))
    .map(({ place }) => place);
  return refused || places.length === 0 ? undefined : { config: config(), places };
}

/** A path of `pluginConfig.virtualServices[0]` as one of the resource, whose `http` may have more entries. */
export function inResource([, , field, index, ...others]: Path, place: (index: number) => number): Path {
  if (field === undefined) return [];
  if (typeof index !== "number") return ["spec", field];
  return field === "http" ? ["spec", field, place(index), ...others] : ["spec", field, index, ...others];
}
