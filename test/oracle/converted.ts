/** Istio's resources as `signalbox convert` makes plugins of them, for the oracles: what it makes decides as the original. */
import assert from "node:assert/strict";
import { signalbox } from "../../cli/test/run.ts";

/** A resource that the command made, or is given. */
export interface Resource {
  apiVersion: string;
  kind: string;
  metadata: { name: string; namespace: string; annotations?: Record<string, string>; creationTimestamp?: string };
  spec: Record<string, unknown>;
}

/** What came of a conversion. */
export interface Converted {
  resources: Resource[];
  /** What was not converted, a line each. */
  left: string[];
}

/** Converts resources with the command's options. */
export async function convert(resources: readonly Resource[], ...options: string[]): Promise<Converted> {
  const text = JSON.stringify({ apiVersion: "v1", kind: "List", items: resources });
  const { status, out, err } = await signalbox(["convert", "-", "--output", "json", ...options], text);
  assert.notEqual(status, 2, err);
  const { resources: made, findings } = JSON.parse(out) as { resources: Resource[]; findings: Finding[] };
  const left = findings.filter(({ severity }) => severity === "error");
  return { resources: made, left: left.map(({ path, message }) => `${path}: ${message}`) };
}

interface Finding {
  severity: string;
  path: string;
  message: string;
}

/** The pluginConfigs of the filter's plugins among them, in these namespaces or in any. */
export function pluginConfigsOf({ resources }: Converted, filter: string, namespaces?: readonly string[]) {
  const plugins = resources.filter(({ kind, metadata, spec }) => {
    const fits = namespaces === undefined || namespaces.includes(metadata.namespace);
    return kind === "WasmPlugin" && String(spec["url"]).includes(`/${filter}:`) && fits;
  });
  return plugins.map(({ spec }) => spec["pluginConfig"] as Record<string, unknown>);
}

/** The pluginConfig of the filter's only plugin; undefined where there is none. */
export function pluginConfigOf(made: Converted, filter: string) {
  const configs = pluginConfigsOf(made, filter);
  assert.ok(configs.length < 2, `${configs.length} plugins of ${filter}`);
  return configs[0];
}

/** A VirtualService of an oracle as the resource that it is in a cluster. */
export function virtualServiceResource({ name, namespace, ...spec }: { name: string; namespace: string }): Resource {
  return { apiVersion: "networking.istio.io/v1", kind: "VirtualService", metadata: { name, namespace }, spec };
}
