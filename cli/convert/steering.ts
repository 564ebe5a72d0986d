import type { Destination, Routed, Steered } from "./routes.ts";

/** What the steering header's value is made of, the shortest first. */
const TEMPLATES = ["{subset}", "{host}", "{host}:{port}", "{subset}.{host}", "{subset}.{host}:{port}"];
const USUAL = "{subset}";

/** How the destinations of some VirtualServices are told apart. */
export interface Steering {
  readonly header: string;
  readonly template: string;
  /** The VirtualServices; what the template does not tell apart stays native. */
  readonly services: readonly Routed[];
}

/**
 * Chooses a template that names each destination, and no two of one VirtualService alike. An entry that stays native is
 * named by a subset that there is not, so then it is `{subset}`; where none fits, entries whose destinations have no subset, or
 * share one, stay native too.
 */
export function steeringFor(services: readonly Routed[]): Steering {
  const header = JSON.stringify(services.map(({ service }) => service.http)).includes('"x-subset"')
    ? "x-signalbox-route"
    : "x-subset";
  const entries = services.flatMap((service) => service.entries);
  const noneNative = entries.every(({ destinations }) => destinations !== undefined);
  const fitting = TEMPLATES.find((template) => services.every((service) => misfits(service, template).size === 0));
  if (noneNative && fitting !== undefined) return { header, template: fitting, services };
  return { header, template: USUAL, services: services.map((service) => withMisfitsNative(service)) };
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
      const whole = JSON.stringify([destination.host, destination.subset, destination.port?.number]);
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
