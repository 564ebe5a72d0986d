import { createHash } from "node:crypto";
import { keyOf, type Destination, type Routed, type Steered } from "./routes.ts";
import type { Service } from "./scope.ts";

/** What the steering header's value is made of, the shortest first. */
const TEMPLATES = ["{subset}", "{host}", "{host}:{port}", "{subset}.{host}", "{subset}.{host}:{port}"];
const USUAL = "{subset}";
/** How much of the hash stands in the header's name: nobody hits it by chance, or guesses it. */
const HASH_DIGITS = 12;

/** How the destinations of some VirtualServices are told apart. */
export interface Steering {
  readonly template: string;
  /** The VirtualServices; what the template does not tell apart stays native. */
  readonly services: readonly Routed[];
}

/**
 * The header that steers, of all VirtualServices that are given together. Its name follows from what these say: other
 * VirtualServices have another one, so that two plugins of two conversions leave each other's alone; none of them can ask
 * for it; and a client does not know it. It is the same for each gateway.
 */
export function steeringHeader(services: readonly Service[]): string {
  const all = services.map(({ resource, namespace }) => [namespace, resource.name, resource.spec]);
  const text = all.map((one) => JSON.stringify(one)).sort();
  const hash = createHash("sha256").update(text.join("\n")).digest("hex");
  return `x-signalbox-${hash.slice(0, HASH_DIGITS)}`;
}

/**
 * Chooses a template that names each destination, and no two of one VirtualService alike. An entry that stays native is
 * named by a subset that there is not, so then it is `{subset}`; where none fits, entries whose destinations have no subset, or
 * share one, stay native too.
 *
 * @param mingled those whose routes istiod merges with another one's at a gateway: their entries all have names of their own
 * @param complete whether there are no others that are given; for those, the filter has destinations without a subset
 */
export function steeringFor(services: readonly Routed[], mingled: ReadonlySet<Service>, complete: boolean): Steering {
  const apart = services.map((one) => (mingled.has(one.service) ? allNative(one) : one));
  const entries = apart.flatMap((service) => service.entries);
  const noneNative = entries.every(({ destinations }) => destinations !== undefined);
  const fitting = TEMPLATES.find((template) => apart.every((service) => misfits(service, template).size === 0));
  if (complete && noneNative && fitting !== undefined) return { template: fitting, services: apart };
  return { template: USUAL, services: apart.map(withMisfitsNative) };
}

/** What the header says for a destination; undefined where it lacks a part. */
export function valueFor(template: string, { host, subset, port }: Destination): string | undefined {
  const parts: Record<string, string | number | undefined> = { host, subset, port: port?.number };
  if ([...template.matchAll(/\{(\w+)\}/g)].some(([, name]) => parts[name as string] === undefined)) return undefined;
  return template.replace(/\{(\w+)\}/g, (_, name: string) => String(parts[name]));
}

/** The entries with a destination that the template does not name, or names like another one. */
function misfits({ entries }: Routed, template: string): Set<Steered> {
  const named = new Map<string, string>();
  const found = new Set<Steered>();
  for (const entry of entries) {
    for (const destination of entry.destinations ?? []) {
      const value = valueFor(template, destination);
      const whole = keyOf(destination);
      if (value === undefined || (named.get(value) ?? whole) !== whole) found.add(entry);
      else named.set(value, whole);
    }
  }
  return found;
}

function withMisfitsNative(service: Routed): Routed {
  const found = misfits(service, USUAL);
  const why = "a destination that no subset names";
  const entries = service.entries.map((entry) =>
    found.has(entry) ? { ...entry, why, destinations: undefined } : entry,
  );
  return { ...service, entries };
}

function allNative({ service, entries }: Routed): Routed {
  const why = "another VirtualService has the host too";
  return { service, entries: entries.map((entry) => ({ ...entry, why: entry.why || why, destinations: undefined })) };
}
