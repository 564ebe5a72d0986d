import type { Finding } from "../finding.ts";
import { positionOf } from "../input/position.ts";
import type { Resource } from "../input/resource.ts";
import { groupOf } from "../schema/kinds.ts";

/**
 * Resources of one kind, name and namespace: of these the last that is applied stays. Files that were found in different
 * folders are not compared, as each may be for a cluster of its own.
 */
export function duplicates(resources: readonly Resource[]): Finding[] {
  const first = new Map<string, Resource>();
  return resources.flatMap((resource) => {
    const { source, at, apiVersion, kind, name, namespace } = resource;
    if (name === "") return [];
    const id = JSON.stringify([source.folder, groupOf(apiVersion), kind, namespace, name]);
    const before = first.get(id);
    if (before === undefined) {
      first.set(id, resource);
      return [];
    }
    const { file, line, column } = positionOf(before.source, [...before.at, "metadata", "name"]);
    const message = `another ${kind} of this name and namespace is at ${file}:${line}:${column}; only the last one applied stays`;
    const place = positionOf(source, [...at, "metadata", "name"]);
    return [{ ...place, severity: "error", path: "metadata.name", message }];
  });
}
