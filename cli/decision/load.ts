import { Failure } from "../failure.ts";
import { hasErrors, type Finding } from "../finding.ts";
import { configure, type Configured, type Workload } from "../filter/configured.ts";
import { readDocuments, type Source } from "../input/documents.ts";
import { barePlugin, pluginOf, type Plugin } from "../input/plugin.ts";
import { resourcesOf } from "../input/resource.ts";
import { findingLine } from "../output/findings.ts";
import { checkPlugin } from "../validate/check-plugin.ts";

/** A plugin of a file, configured and ready to be asked. */
export interface Loaded {
  /** Its resource's name; the filter's for a pluginConfig alone. */
  readonly name: string;
  readonly filter: string;
  readonly configured: Configured;
}

/** Which plugin of a file, and for which workload. */
export interface Wanted {
  readonly filter?: string | undefined;
  /** The resource's name, where there are several. */
  readonly plugin?: string | undefined;
  readonly workload?: Partial<Workload>;
}

/**
 * Configures a file's plugins as their workload would.
 *
 * @throws Failure where it has none, one is refused, or a filter is not built
 */
export function loadPlugins(file: string, { filter, plugin, workload = {} }: Wanted): Loaded[] {
  const findings: Finding[] = [];
  const found = readDocuments(file, findings).flatMap((source) => pluginsOf(source, filter));
  const known = found.filter((one) => one.plugin.filter !== undefined);
  const wanted = known.filter(({ name }) => plugin === undefined || name === plugin);
  findings.push(...wanted.flatMap((one) => checkPlugin(one.plugin)));
  if (hasErrors(findings)) {
    const lines = findings.filter(({ severity }) => severity === "error").map(findingLine);
    throw new Failure(`${file} is refused:\n${lines.join("\n")}`);
  }
  if (wanted.length === 0) {
    const names = known.map(({ name }) => name).join(", ");
    const why = plugin === undefined ? "no plugin of a known filter; name one with --filter" : `no plugin ${plugin}`;
    throw new Failure(`${file} has ${why}${plugin === undefined || names === "" ? "" : `; it has ${names}`}`);
  }
  return wanted.map(({ name, plugin }) => {
    const own = plugin.filter as string;
    const asked = Object.fromEntries(Object.entries(workload).filter(([, value]) => value !== undefined));
    const configured = configure(own, plugin.config, { ...plugin.workload, ...asked }, "debug");
    return { name, filter: own, configured };
  });
}

function pluginsOf(source: Source, filter: string | undefined): { name: string; plugin: Plugin }[] {
  const resources = resourcesOf(source);
  if (resources.length === 0 && filter !== undefined) return [{ name: filter, plugin: barePlugin(source, filter) }];
  return resources.flatMap((resource) => {
    const plugin = pluginOf(resource, filter);
    return plugin === undefined ? [] : [{ name: resource.name, plugin }];
  });
}
