/** One configuration as a WasmPlugin of `signalbox`, and as those of the single filters that it is made of. */
import { SECTIONS, SHARED_FIELDS, type SectionName } from "../../support/module/sections.ts";
import type { Resource } from "../harness/kubernetes.ts";
import type { Mesh } from "../harness/mesh.ts";
import { shownPlugin, type PluginSpec } from "../harness/plugins.ts";

type Mode = NonNullable<PluginSpec["match"]>[number]["mode"];

/** The pluginConfig of `signalbox`, with the sections that it has. */
export type Sections = Readonly<Partial<Record<SectionName, Readonly<Record<string, unknown>> & { mode?: Mode }>>> &
  Readonly<Partial<Record<"trustDomain", string>>>;

/** Which proxies a plugin is for. */
export type Whom = Pick<PluginSpec, "selector" | "targetRefs">;

/** `signalbox` with its manifest's phase, priority and fail strategy. At a Gateway `match` is left out (docs/istio.md). */
export function signalboxPlugin(mesh: Mesh, name: string, whom: Whom, pluginConfig: object): Resource {
  return shownPlugin("signalbox", name, { ...mesh.image("signalbox"), ...anyMatch(whom), pluginConfig });
}

/** The single filters that say the same, each with its manifest's phase, priority and fail strategy, named `<name>-<filter>`. */
export function singlePlugins(mesh: Mesh, name: string, whom: Whom, sections: Sections): Resource[] {
  return SECTIONS.flatMap(({ filter, name: section, mode: usual }) => {
    const configuration = sections[section];
    if (configuration === undefined) return [];
    const { mode = usual, ...own } = configuration;
    const shared = Object.entries(sections).filter(([field]) => SHARED_FIELDS[field]?.includes(filter));
    const pluginConfig = { ...Object.fromEntries(shared), ...own };
    const match = whom.targetRefs === undefined ? [{ mode }] : undefined;
    return [
      shownPlugin(filter, `${name}-${filter}`, { ...mesh.image(filter), ...anyMatch(whom), match, pluginConfig }),
    ];
  });
}

/** Takes the place of what the manifest says of that. */
function anyMatch({ selector, targetRefs }: Whom): Pick<PluginSpec, "selector" | "targetRefs" | "match"> {
  return targetRefs === undefined ? { selector } : { selector: undefined, targetRefs, match: undefined };
}
