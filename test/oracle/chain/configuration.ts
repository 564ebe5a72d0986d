/** One pluginConfig of `signalbox`, and the chain of single plugins that says the same. */
import { join } from "node:path";
import { PROJECT } from "../../../tools/project.ts";
import { SECTIONS, SHARED_FIELDS, type Mode, type SectionName } from "../../support/module/sections.ts";
import { inlineWasm } from "../../support/envoy/index.ts";
import type { JsonObject } from "../../support/envoy/index.ts";

/** A section: what the single filter's pluginConfig is, without what is shared. */
export type SectionConfiguration = JsonObject & { mode?: Mode };

/** The pluginConfig of `signalbox`. */
export interface Configuration extends Partial<Record<SectionName, SectionConfiguration>> {
  direction?: "INBOUND" | "OUTBOUND";
  trustDomain?: string;
  rootNamespace?: string;
  repeatedHeaders?: "EACH" | "JOINED";
}

/** Which listener of which proxy: a sidecar has the first two. */
export type Place = "inbound" | "outbound" | "gateway";

/** Who decides on a listener: single plugins, one module, or a chain that is wrong on purpose. */
export type Side = "chain" | "twin" | "signalbox" | "turned";

/** Whether a plugin or section of that mode acts there (Istio `pilot/pkg/model/extensions.go`: a gateway is both). */
function acts(mode: Mode, place: Place): boolean {
  return place === "gateway" || mode === "CLIENT_AND_SERVER" || mode === (place === "inbound" ? "SERVER" : "CLIENT");
}

/** What the configuration comes to as plugins of their own, in the order of the chain. */
export function pluginsOf(configuration: Configuration, place: Place): { filter: string; configuration: JsonObject }[] {
  return SECTIONS.flatMap(({ filter, name, mode: otherwise }) => {
    const section = configuration[name];
    if (section === undefined) return [];
    const { mode = otherwise, ...own } = section;
    if (!acts(mode, place)) return [];
    const shared = Object.entries(configuration as JsonObject).filter(([field]) =>
      SHARED_FIELDS[field]?.includes(filter),
    );
    return [{ filter, configuration: { ...Object.fromEntries(shared), ...own } }];
  });
}

/**
 * The HTTP filters of a listener. All of an experiment have its name, by which they share joins, caps and budgets; each side has a
 * `vm_id` of its own, without which the sides would share them too.
 */
export function filtersOf(name: string, configuration: Configuration, place: Place, side: Side): JsonObject[] {
  const vm = { vm_id: side };
  if (side === "signalbox") {
    return [inlineWasm(name, { module: built("signalbox", side), configuration: configuration as JsonObject, vm })];
  }
  const chain = pluginsOf(configuration, place).map(({ filter, configuration: own }) =>
    inlineWasm(name, { module: built(filter, side), configuration: own, vm }),
  );
  return side === "turned" ? chain.reverse() : chain;
}

/** The modules of another version, to compare a version's single filters with; those of this one where not given. */
export const TWIN = process.env["TWIN"] || undefined;

/** By its path, so that no section stands in for a filter (`MODULE`). */
function built(module: string, side: Side): string {
  const folder = side === "twin" && TWIN !== undefined ? TWIN : join(PROJECT, "build");
  return join(folder, `${module}.wasm`);
}
