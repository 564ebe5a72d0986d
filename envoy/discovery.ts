import { mkdirSync, renameSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Admin } from "./admin.ts";
import { until } from "./deadline.ts";
import { typed, type Json, type JsonObject } from "./json.ts";

/** One Wasm filter: a module with its configuration, as Istio would push it. */
export interface WasmFilter {
  /** The path of a module. */
  module: string;
  /** Reaches the filter as JSON text. A string is handed over as it is, whatever it holds. Absent: nothing, size 0. */
  configuration?: JsonObject | string;
  /** The root context's name; the filter's name in the chain where not given. */
  rootId?: string;
  /** Further fields of `envoy.extensions.wasm.v3.PluginConfig`, such as `failure_policy`. */
  plugin?: JsonObject;
  /** Further fields of `envoy.extensions.wasm.v3.VmConfig`, such as `vm_id`. */
  vm?: JsonObject;
}

/** The protobuf name of a Wasm filter's configuration. */
export const WASM = "envoy.extensions.filters.http.wasm.v3.Wasm";

/** The message that configures a Wasm filter, in an HTTP filter chain or in an extension that is discovered. */
export function wasmConfig(name: string, filter: WasmFilter): JsonObject {
  return typed(WASM, {
    config: {
      name,
      root_id: filter.rootId ?? name,
      vm_config: { runtime: "envoy.wasm.runtime.v8", code: { local: { filename: filter.module } }, ...filter.vm },
      configuration: filter.configuration === undefined ? undefined : stringValue(filter.configuration),
      ...filter.plugin,
    },
  });
}

/**
 * Writes the file `filter.json` in `folder`, which gives Envoy's extension discovery the filter's configuration, by
 * moving it there: to a file written in place Envoy does not react.
 */
export function writeDiscovery(folder: string, name: string, version: string, filter: WasmFilter): void {
  const resource = typed("envoy.config.core.v3.TypedExtensionConfig", { name, typed_config: wasmConfig(name, filter) });
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, ".next"), JSON.stringify({ version_info: version, resources: [resource] }));
  renameSync(join(folder, ".next"), join(folder, "filter.json"));
}

/** How often Envoy has refused a configuration of the filter, asked before a version is written. */
export async function refusals(admin: Admin, name: string): Promise<number> {
  return Number((await admin.stats()).get(`${stat(name)}.update_rejected`) ?? 0);
}

/**
 * Waits until Envoy has taken that version of the filter's configuration (true) or refused one more than `before`
 * (false). Throws where neither comes about.
 */
export async function isAccepted(admin: Admin, name: string, version: string, before: number): Promise<boolean> {
  const outcome = await until(`Envoy to take or refuse configuration ${version} of ${name}`, async () => {
    const stats = await admin.stats();
    if (stats.get(`${stat(name)}.version_text`) === version) return "accepted";
    return Number(stats.get(`${stat(name)}.update_rejected`) ?? 0) > before && "refused";
  });
  return outcome === "accepted";
}

function stat(name: string): string {
  return `extension_config_discovery.http_filter.${name}`;
}

function stringValue(value: JsonObject | string): Json {
  return typed("google.protobuf.StringValue", { value: typeof value === "string" ? value : JSON.stringify(value) });
}
