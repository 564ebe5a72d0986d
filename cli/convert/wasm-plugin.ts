import type { Json } from "../input/resource.ts";
import type { Made } from "./outcome.ts";
import type { Options } from "./options.ts";

/** What distinguishes the plugins of one filter from those of another. */
export interface PluginParts {
  readonly filter: string;
  readonly namespace: string;
  readonly selector: Readonly<Record<string, string>> | undefined;
  /** Fields of `spec` besides. */
  readonly fields: Json;
  readonly pluginConfig: Json;
  readonly comment: readonly string[];
}

/** The WasmPlugin of a converted configuration. */
export function wasmPlugin(parts: PluginParts, { url }: Options): Made {
  const { filter, namespace, selector, fields, pluginConfig, comment } = parts;
  return {
    comment,
    resource: {
      apiVersion: "extensions.istio.io/v1alpha1",
      kind: "WasmPlugin",
      metadata: { name: filter, namespace },
      spec: {
        ...(selector !== undefined && Object.keys(selector).length > 0 && { selector: { matchLabels: selector } }),
        ...fields,
        url: url.replaceAll("{filter}", filter),
        pluginConfig,
      },
    },
  };
}
