/** How the pluginConfig of a single filter and a section of `signalbox` say the same. */

/** WasmPlugin's `match[].mode` (Istio `type.v1beta1.WorkloadMode`): at which listeners a plugin or a section acts. */
export type Mode = "CLIENT" | "SERVER" | "CLIENT_AND_SERVER";

/** A filter as a section of `signalbox`. */
export interface Section {
  filter: string;
  name: string;
  /** Where it acts if the section has no `mode`. */
  mode: Mode;
}

/** All sections in the order in which a request meets them; a response meets them the other way. */
export const SECTIONS = [
  { filter: "trace-propagation", name: "tracePropagation", mode: "CLIENT_AND_SERVER" },
  { filter: "authz", name: "authz", mode: "SERVER" },
  { filter: "header-routing", name: "headerRouting", mode: "CLIENT" },
  { filter: "fault-injection", name: "faultInjection", mode: "CLIENT" },
] as const satisfies readonly Section[];

export type SectionName = (typeof SECTIONS)[number]["name"];

/** The fields that stand at the top of `signalbox`'s pluginConfig, with the filters whose own pluginConfig has them. */
export const SHARED_FIELDS: Readonly<Record<string, readonly string[]>> = {
  direction: ["trace-propagation", "authz", "header-routing", "fault-injection"],
  trustDomain: ["trace-propagation", "authz", "header-routing", "fault-injection"],
  rootNamespace: ["authz"],
  repeatedHeaders: ["authz", "header-routing", "fault-injection"],
};

/** The section of a filter. */
export function sectionOf(filter: string): Section {
  const section = SECTIONS.find((one) => one.filter === filter);
  if (section === undefined) throw new Error(`no section of signalbox is ${filter}`);
  return section;
}
