import type { Path } from "../input/path.ts";
import { isObject, type Json } from "../input/resource.ts";

/** The module whose pluginConfig has a section for each filter. */
export const SIGNALBOX = "signalbox";

/** The filter that says in filter state which circuit a request belongs to, if `expose` wants that. */
export const CIRCUIT_BREAKING = "circuit-breaking";

/** At which listeners a section acts, as `match[].mode` of a WasmPlugin says of a plugin. */
export type Mode = "CLIENT" | "SERVER" | "CLIENT_AND_SERVER";

/** A section of signalbox's pluginConfig. */
export interface Section {
  readonly name: string;
  readonly filter: string;
  readonly mode: Mode;
  /** What the filter alone would have as its pluginConfig. */
  readonly config: Json;
}

const USUAL: readonly (readonly [name: string, filter: string, mode: Mode])[] = [
  ["tracePropagation", "trace-propagation", "CLIENT_AND_SERVER"],
  ["authz", "authz", "SERVER"],
  ["headerRouting", "header-routing", "CLIENT"],
  ["circuitBreaking", CIRCUIT_BREAKING, "CLIENT"],
  ["faultInjection", "fault-injection", "CLIENT"],
];

/** The names of all sections, in the order in which a request meets them. */
export const SECTION_NAMES: readonly string[] = USUAL.map(([name]) => name);

/** The fields that stand beside the sections, and the filters whose own pluginConfig has them; no list: all of them. */
const SHARED: Readonly<Record<string, readonly string[] | undefined>> = {
  direction: undefined,
  trustDomain: undefined,
  rootNamespace: ["authz"],
  repeatedHeaders: ["authz", "header-routing", "circuit-breaking", "fault-injection"],
};

/** The sections of a pluginConfig, in the order in which a request meets them; none if the module is another. */
export function sectionsOf(filter: string | undefined, config: unknown): Section[] {
  if (filter !== SIGNALBOX || !isObject(config)) return [];
  return USUAL.flatMap(([name, of, usual]) => {
    const section = config[name];
    if (!isObject(section)) return [];
    const { mode = usual, ...own } = section;
    return [{ name, filter: of, mode: mode as Mode, config: { ...sharedFor(of, config), ...own } }];
  });
}

/** The same pluginConfig with these sections only. */
export function withSections(config: Json, sections: readonly Section[]): Json {
  const kept = sections.map(({ name }) => name);
  return Object.fromEntries(
    Object.entries(config).filter(([field]) => !SECTION_NAMES.includes(field) || kept.includes(field)),
  );
}

/** The same pluginConfig with `expose: true` for circuit-breaking; the pluginConfig itself if it has that, or nothing of that filter. */
export function withExposed(filter: string, config: unknown): unknown {
  if (!isObject(config)) return config;
  if (filter !== SIGNALBOX) return filter === CIRCUIT_BREAKING ? exposing(config) : config;
  const { name } = sectionFor(CIRCUIT_BREAKING);
  const section = config[name];
  const exposed = isObject(section) ? exposing(section) : section;
  return exposed === section ? config : { ...config, [name]: exposed };
}

/** An empty configuration is refused, and what is no boolean too: they stay as they are. */
function exposing(config: Json): Json {
  const { expose = false } = config;
  return expose === false && Object.keys(config).length > 0 ? { ...config, expose: true } : config;
}

/** What is one filter's of a pluginConfig: all of it, or a section. */
export interface Part {
  readonly filter: string;
  readonly config: Json;
  /** The way to it in the pluginConfig. */
  readonly path: Path;
}

/** The parts of any module's pluginConfig. */
export function partsOf(filter: string, config: unknown): Part[] {
  if (filter !== SIGNALBOX) return isObject(config) ? [{ filter, config, path: [] }] : [];
  return sectionsOf(filter, config).map((section) => ({
    filter: section.filter,
    config: section.config,
    path: [section.name],
  }));
}

/** Whether a section acts on a request that goes that way; on both if that is not known. */
export function acts({ mode }: Section, direction: string | undefined, gateway: boolean): boolean {
  if (gateway || direction === undefined || mode === "CLIENT_AND_SERVER") return true;
  return mode === (direction === "INBOUND" ? "SERVER" : "CLIENT");
}

/** The section of a filter, and the mode that it has if it says none. */
export function sectionFor(filter: string): { readonly name: string; readonly usual: Mode } {
  const found = USUAL.find(([, of]) => of === filter);
  if (found === undefined) throw new Error(`${filter} has no section`);
  return { name: found[0], usual: found[2] };
}

/** A filter's pluginConfig without the fields that stand beside the sections. */
export function withoutShared(config: Json): Json {
  return Object.fromEntries(Object.entries(config).filter(([field]) => !(field in SHARED)));
}

/** A pluginConfig of signalbox that does what one of a single filter does, wherever it acts. */
export function asSection(filter: string, config: Json): Json {
  const own = withoutShared(config);
  const shared = Object.fromEntries(Object.entries(config).filter(([field]) => !(field in own)));
  return { ...shared, [sectionFor(filter).name]: { ...own, mode: "CLIENT_AND_SERVER" } };
}

function sharedFor(filter: string, config: Json): Json {
  const fields = Object.entries(SHARED).filter(([, filters]) => filters?.includes(filter) ?? true);
  return Object.fromEntries(fields.flatMap(([field]) => (field in config ? [[field, config[field]]] : [])));
}
