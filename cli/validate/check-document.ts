import type { Finding } from "../finding.ts";
import type { Source } from "../input/documents.ts";
import { shownPath } from "../input/path.ts";
import { barePlugin, pluginOf, type Plugin } from "../input/plugin.ts";
import { positionOf } from "../input/position.ts";
import { entriesOf, isObject, resourcesOf, type Entry, type Resource } from "../input/resource.ts";
import { standingOf } from "../schema/kinds.ts";
import { publishedKinds } from "../schema/resource-schema.ts";
import { checkPlugin } from "./check-plugin.ts";
import { checkResource } from "./check-resource.ts";
import { remarksOn, remarksOnConfig } from "./remarks.ts";

/** What was checked of one document, and what came of it. */
export interface Checked {
  readonly findings: Finding[];
  /** Of plugins whose filter is not known here. */
  readonly unchecked: Finding[];
  readonly resources: Resource[];
  readonly plugins: number;
  readonly otherResources: number;
  readonly otherDocuments: number;
}

/**
 * Checks the resources of a document: a pluginConfig by the compiled filter, Istio's resources by its schema.
 *
 * @param filter the filter that all of them are for, whatever they name
 * @throws Failure if a filter is not built
 */
export function checkDocument(source: Source, filter: string | undefined): Checked {
  const entries = entriesOf(source.value, []);
  const whole = entries.length === 1 && entries[0]?.at.length === 0 ? entries[0].value : undefined;
  const none = { findings: [], unchecked: [], resources: [], plugins: 0, otherResources: 0, otherDocuments: 0 };
  if (whole !== undefined && !isResource(whole, source.folder !== undefined)) {
    if (source.folder !== undefined) return { ...none, otherDocuments: 1 };
    if (filter !== undefined) {
      const plugin = barePlugin(source, filter);
      return { ...none, findings: [...checkPlugin(plugin), ...remarksOnConfig(plugin)], plugins: 1 };
    }
    const message = "no resource, as it has no kind; if it is a pluginConfig, say with --filter of which filter";
    return { ...none, findings: [{ ...positionOf(source, []), severity: "error", path: "", message }] };
  }
  const findings = entries.flatMap((entry) => incomplete(source, entry));
  const standings = resourcesOf(source).map((resource) => ({
    resource,
    standing: standingOf(resource.apiVersion, resource.kind),
  }));
  for (const { resource, standing } of standings) {
    if (typeof standing === "string") continue;
    const { severity, field, message } = standing;
    findings.push({ ...positionOf(source, [...resource.at, field]), severity, path: field, message });
  }
  const resources = standings.filter(({ standing }) => standing === "published").map(({ resource }) => resource);
  const plugins: Plugin[] = [];
  for (const resource of resources) {
    const plugin = pluginOf(resource, filter);
    findings.push(...checkResource(resource), ...remarksOn(resource, plugin));
    if (plugin !== undefined) plugins.push(plugin);
  }
  const known = plugins.filter((plugin) => plugin.filter !== undefined);
  const unknown = plugins.filter((plugin) => plugin.filter === undefined);
  return {
    findings: [...findings, ...known.flatMap((plugin) => [...checkPlugin(plugin), ...remarksOnConfig(plugin)])],
    unchecked: unknown.flatMap(checkPlugin),
    resources,
    plugins: known.length,
    otherResources: standings.filter(({ standing }) => standing === "other").length,
    otherDocuments: 0,
  };
}

/** Whether something is a resource, or was meant as one. Other programs' files have a `kind` too, but no `apiVersion`. */
function isResource(value: unknown, found: boolean): boolean {
  if (!isObject(value) || !("kind" in value)) return false;
  return !found || "apiVersion" in value || publishedKinds().some((id) => id.endsWith(`/${String(value.kind)}`));
}

/** What makes an entry no resource at all. */
function incomplete(source: Source, { value, at }: Entry): Finding[] {
  const error = (field: string, message: string): Finding => {
    const path = field === "" ? at : [...at, field];
    return { ...positionOf(source, path), severity: "error", path: shownPath(path), message };
  };
  if (!isObject(value)) return [error("", "expected a resource")];
  return ["apiVersion", "kind"].flatMap((field) => {
    const named = value[field];
    if (named === undefined || named === null || named === "") return [error(field, "required, and missing")];
    return typeof named === "string" ? [] : [error(field, `expected a string, got ${JSON.stringify(named)}`)];
  });
}
