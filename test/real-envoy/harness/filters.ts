import { join } from "node:path";
import { PROJECT } from "../../../tools/project.ts";
import { typed, type Json, type JsonObject } from "./json.ts";

/** One Wasm filter: a module with its configuration, as Istio would push it. */
export interface WasmFilter {
  /** A filter's name, for `build/<name>.wasm`, or the path of a module. */
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

const WASM = "envoy.extensions.filters.http.wasm.v3.Wasm";

/** The message that configures a Wasm filter, in an HTTP filter chain or in an extension that is discovered. */
export function wasmConfig(name: string, filter: WasmFilter): JsonObject {
  const filename = filter.module.endsWith(".wasm") ? filter.module : join(PROJECT, "build", `${filter.module}.wasm`);
  return typed(WASM, {
    config: {
      name,
      root_id: filter.rootId ?? name,
      vm_config: { runtime: "envoy.wasm.runtime.v8", code: { local: { filename } }, ...filter.vm },
      configuration: filter.configuration === undefined ? undefined : stringValue(filter.configuration),
      ...filter.plugin,
    },
  });
}

/** A Wasm filter in the chain, its configuration fixed: Envoy does not start where the filter refuses it. */
export function inlineWasm(name: string, filter: WasmFilter): JsonObject {
  return { name, typed_config: wasmConfig(name, filter) };
}

/** A filter of the chain whose configuration `Envoy.push` replaces; `name` is one of those that Envoy was started with. */
export function discovered(name: string): JsonObject {
  const folder = discoveryFolder(name);
  return {
    name,
    config_discovery: {
      config_source: {
        path_config_source: { path: `${folder}/filter.json`, watched_directory: { path: folder } },
        resource_api_version: "V3",
      },
      type_urls: [`type.googleapis.com/${WASM}`],
    },
  };
}

/** Where a discovered filter's file lies, relative to the folder that Envoy runs in. */
export function discoveryFolder(name: string): string {
  return `discovery/${name}`;
}

/** The answer of a discovery service that gives the filter's configuration. */
export function discoveryResponse(name: string, version: string, filter: WasmFilter): JsonObject {
  const resource = { name, typed_config: wasmConfig(name, filter) };
  return { version_info: version, resources: [typed("envoy.config.core.v3.TypedExtensionConfig", resource)] };
}

/** The native Lua filter with its script. */
export function lua(script: string): JsonObject {
  const config: JsonObject = { default_source_code: { inline_string: script } };
  return { name: "envoy.filters.http.lua", typed_config: typed("envoy.extensions.filters.http.lua.v3.Lua", config) };
}

/** The filter that every chain ends with. */
export const ROUTER: JsonObject = {
  name: "envoy.filters.http.router",
  typed_config: typed("envoy.extensions.filters.http.router.v3.Router"),
};

function stringValue(value: JsonObject | string): Json {
  return typed("google.protobuf.StringValue", { value: typeof value === "string" ? value : JSON.stringify(value) });
}
