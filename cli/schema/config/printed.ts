import { PLUGIN_CONFIGS } from "./plugin-config.ts";
import type { Schema } from "../problem.ts";
import { specSchema } from "../resource-schema.ts";

/** The draft that editors know best: yaml-language-server, on which those of VS Code, Neovim, Emacs and Helix stand, reads it whole. */
const DRAFT = "http://json-schema.org/draft-07/schema#";

/** The schema of a filter's pluginConfig alone. */
export function pluginConfigSchema(filter: string): Schema {
  return { $schema: DRAFT, title: filter, ...PLUGIN_CONFIGS[filter] };
}

/**
 * The schema of a file with a WasmPlugin of a filter, or of whichever filter the image's name says. Documents of other kinds pass:
 * a file often has a VirtualService beside the plugin.
 */
export function wasmPluginSchema(filter?: string): Schema {
  const names = filter === undefined ? Object.keys(PLUGIN_CONFIGS) : [filter];
  const config = (name: string): Schema => ({ properties: { pluginConfig: { $ref: `#/definitions/${name}` } } });
  const ofImage = (name: string): Schema => ({
    if: { properties: { url: { type: "string", pattern: imageNamed(name) } }, required: ["url"] },
    then: config(name),
  });
  const { properties = {}, ...spec } = withoutKubernetes(
    specSchema("extensions.istio.io/v1alpha1", "WasmPlugin"),
  ) as Record<string, Schema>;
  const plugin = {
    type: "object",
    properties: {
      apiVersion: { enum: ["extensions.istio.io/v1alpha1"] },
      kind: { enum: ["WasmPlugin"] },
      metadata: { type: "object" },
      spec: {
        ...spec,
        additionalProperties: false,
        properties: { ...properties, pluginConfig: { description: "the filter's own configuration", type: "object" } },
        ...(filter === undefined ? { allOf: names.map(ofImage) } : { allOf: [config(filter)] }),
      },
    },
    required: ["apiVersion", "kind", "spec"],
  };
  return {
    $schema: DRAFT,
    title: `WasmPlugin of ${filter ?? "Signalbox's filters"}`,
    definitions: Object.fromEntries(names.map((name) => [name, PLUGIN_CONFIGS[name]])),
    if: { properties: { kind: { enum: ["WasmPlugin"] } } },
    then: plugin,
  };
}

/** `oci://registry.example.com/signalbox/authz:0.1.0`, `file:///plugins/authz.wasm`: as `input/plugin.ts` reads an image's name. */
function imageNamed(filter: string): string {
  return `(^|/)${filter}(\\.(wasm|tar|tgz|gz))?([:@?#][^/]*)?$`;
}

/** A schema without what only Kubernetes' API server knows. */
function withoutKubernetes(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withoutKubernetes);
  if (typeof value !== "object" || value === null) return value;
  const kept = Object.entries(value).filter(([key]) => !/^x-kubernetes-|^nullable$|^format$/.test(key));
  return Object.fromEntries(kept.map(([key, item]) => [key, withoutKubernetes(item)]));
}
