import { inOrder, type Finding } from "../finding.ts";
import { readDocuments, type Source } from "../input/documents.ts";
import { barePlugin, pluginOf } from "../input/plugin.ts";
import { positionOf } from "../input/position.ts";
import { resourcesOf } from "../input/resource.ts";
import { moduleOf } from "../filter/module.ts";
import { isPublished } from "../schema/resource-schema.ts";
import { checkPlugin } from "./check-plugin.ts";
import { checkResource } from "./check-resource.ts";

/** What was checked, and what came of it. */
export interface Validation {
  readonly findings: Finding[];
  /** How many configurations a filter has been run on. */
  readonly plugins: number;
  /** How many resources were compared with Istio's schema. */
  readonly resources: number;
}

/**
 * Checks files: the pluginConfig of each WasmPlugin and TrafficExtension by the compiled filter, the resources' own fields
 * by Istio's schema. Other kinds are passed over.
 *
 * @param filter the filter that all of them are for, whatever they name; and that a document which is no resource is the
 *   pluginConfig of
 * @throws Failure where a file cannot be read, or a filter is not built
 */
export function validate(files: readonly string[], filter: string | undefined): Validation {
  if (filter !== undefined) moduleOf(filter);
  const findings: Finding[] = [];
  const sources = files.flatMap((file) => readDocuments(file, findings));
  const counted = { plugins: 0, resources: 0 };
  for (const source of sources) validateDocument(source, filter, findings, counted);
  return { findings: inOrder(findings), ...counted };
}

function validateDocument(
  source: Source,
  filter: string | undefined,
  findings: Finding[],
  counted: { plugins: number; resources: number },
): void {
  const resources = resourcesOf(source);
  const plugins = resources.map((resource) => pluginOf(resource, filter)).filter((plugin) => plugin !== undefined);
  const whole: unknown = source.document.toJS();
  const isResource = typeof whole === "object" && whole !== null && "kind" in whole;
  if (!isResource) {
    if (filter === undefined) {
      const message = "neither a resource (it has no kind) nor, without --filter, a pluginConfig";
      findings.push({ ...positionOf(source, []), severity: "error", path: "", message });
      return;
    }
    plugins.push(barePlugin(source, filter));
  }
  for (const resource of resources.filter(({ apiVersion, kind }) => isPublished(apiVersion, kind))) {
    counted.resources++;
    findings.push(...checkResource(resource));
  }
  for (const plugin of plugins) {
    if (plugin.filter !== undefined) counted.plugins++;
    findings.push(...checkPlugin(plugin));
  }
}
