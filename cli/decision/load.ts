import { Failure } from "../failure.ts";
import type { Finding } from "../finding.ts";
import { configure, type Configured, type Run, type Workload } from "../filter/configured.ts";
import { partsOf, sectionsOf } from "../filter/sections.ts";
import { readDocuments, type Source } from "../input/documents.ts";
import { barePlugin, pluginOf, type Plugin } from "../input/plugin.ts";
import { isObject, resourcesOf, type Json, type Resource } from "../input/resource.ts";
import { findingLine } from "../output/findings.ts";
import { checkPlugin } from "../validate/check-plugin.ts";
import { loadSections, type LoadedSection } from "./sections.ts";
import { isGateway, selectorsOf, type Selector } from "./placement.ts";

/** A plugin of a file, configured and ready to be asked. */
export interface Loaded {
  /** Its resource's name; the filter's for a pluginConfig alone. */
  readonly name: string;
  readonly filter: string;
  readonly plugin: Plugin;
  /** Its `match`: the listeners that it is in. */
  readonly selectors: readonly Selector[];
  /** Whose proxy it was configured for. */
  readonly workload: Workload;
  /** What was taken for granted about the workload, in words. */
  readonly assumed: readonly string[];
  readonly configured: Configured;
  /** Of signalbox: its sections; of a filter: none. */
  readonly sections: readonly LoadedSection[];
}

/** Which plugin of a file, and for which workload. */
export interface Wanted {
  readonly filter?: string | undefined;
  /** The resource's name, if there are several. */
  readonly plugin?: string | undefined;
  readonly workload?: Partial<Workload>;
}

interface Found {
  readonly name: string;
  readonly plugin: Plugin;
  readonly selectors: readonly Selector[];
}

/**
 * Configures a file's plugins as their workload would.
 *
 * @throws Failure if it has none, one is refused, or a filter is not built
 */
export function loadPlugins(file: string, { filter, plugin, workload = {} }: Wanted, run: Run = {}): Loaded[] {
  const findings: Finding[] = [];
  const sources = readDocuments(file, findings);
  refuse(file, findings);
  const found = sources.flatMap((source) => pluginsOf(source, filter));
  const known = found.filter((one) => one.plugin.filter !== undefined);
  const wanted = known.filter(({ name }) => plugin === undefined || name === plugin);
  if (wanted.length === 0) throw new Failure(`${file} has ${whatIsMissing(sources, found, plugin, filter)}`);
  return wanted.map((one) => {
    const asked = Object.fromEntries(Object.entries(workload).filter(([, value]) => value !== undefined));
    const { of, assumed } = workloadOf(one, asked);
    const { config } = one.plugin;
    const name = one.plugin.filter as string;
    const verbose: Run = { logLevel: "debug", expose: true, ...run };
    const configured = configure(name, config, of, verbose);
    if (configured.errors.length > 0) refuse(file, checkPlugin({ ...one.plugin, workload: of }));
    const sections = loadSections(name, config as Json, sectionsOf(name, config), of, verbose, configured);
    return { ...one, filter: name, workload: of, assumed, configured, sections };
  });
}

function refuse(file: string, findings: readonly Finding[]): void {
  const lines = findings.filter(({ severity }) => severity === "error").map(findingLine);
  if (lines.length > 0) throw new Failure(`${file} is refused:\n${lines.join("\n")}`);
}

/**
 * The workload that a plugin is asked about. One in the root namespace is for all namespaces, so it is asked about the one
 * that its policies, VirtualServices or DestinationRules are of, if that is one.
 */
function workloadOf({ plugin }: Found, asked: Partial<Workload>): { of: Workload; assumed: string[] } {
  const whole = { ...plugin.workload, ...asked };
  const of = { ...whole, gateway: whole.gateway ?? isGateway(whole.labels) };
  const config = isObject(plugin.config) ? plugin.config : {};
  const root = typeof config.rootNamespace === "string" ? config.rootNamespace : "istio-system";
  if (asked.namespace !== undefined || of.namespace !== root || of.gateway) return { of, assumed: [] };
  const parts = partsOf(plugin.filter as string, config);
  const items = parts
    .flatMap(({ config: { policies, virtualServices, destinationRules } }) => [
      policies,
      virtualServices,
      destinationRules,
    ])
    .flat()
    .filter(isObject);
  const named = [...new Set(items.map(({ namespace }) => namespace))].filter(
    (one) => typeof one === "string" && one !== root,
  );
  if (named.length !== 1) return { of, assumed: [] };
  const namespace = named[0] as string;
  const assumed = `the workload is in namespace ${namespace}, as the plugin in ${root} is for all namespaces (--namespace)`;
  return { of: { ...of, namespace }, assumed: [assumed] };
}

/** Why a file has no plugin that can be asked. */
function whatIsMissing(
  sources: readonly Source[],
  found: readonly Found[],
  plugin: string | undefined,
  filter: string | undefined,
): string {
  const names = found.filter((one) => one.plugin.filter !== undefined).map(({ name }) => name);
  if (plugin !== undefined) return `no plugin ${plugin}${names.length === 0 ? "" : `; it has ${names.join(", ")}`}`;
  if (found.length > 0) return "no plugin of a known filter: say with --filter which filter it is for";
  const resources = sources.flatMap(resourcesOf);
  const native = resources.find(({ kind }) =>
    ["VirtualService", "AuthorizationPolicy", "DestinationRule"].includes(kind),
  );
  if (native !== undefined) {
    return `${native.kind === "AuthorizationPolicy" ? "an" : "a"} ${native.kind} and no plugin: signalbox convert it first`;
  }
  if (resources.length > 0)
    return `no WasmPlugin; it has ${[...new Set(resources.map(({ kind }) => kind))].join(", ")}`;
  if (sources.length === 0) return "nothing in it";
  return filter === undefined ? "no resource: if it is a pluginConfig, say with --filter of which filter" : "no plugin";
}

function pluginsOf(source: Source, filter: string | undefined): Found[] {
  const resources = resourcesOf(source);
  if (resources.length === 0 && filter !== undefined) {
    return [{ name: filter, plugin: barePlugin(source, filter), selectors: [] }];
  }
  return resources.flatMap((resource: Resource) => {
    const plugin = pluginOf(resource, filter);
    return plugin === undefined ? [] : [{ name: resource.name, plugin, selectors: selectorsOf(resource.spec) }];
  });
}
