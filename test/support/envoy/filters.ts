import { join } from "node:path";
import { WASM, wasmConfig, type WasmFilter } from "../../../envoy/discovery.ts";
import { typed, type JsonObject } from "../../../envoy/json.ts";
import { PROJECT } from "../../../tools/project.ts";
import { AS_SECTIONS, asLoggedBy, inSection, isFilter, moduleOf } from "../module/sections.ts";

/** A Wasm filter in the chain, its configuration fixed: Envoy does not start where the filter refuses it. */
export function inlineWasm(name: string, filter: WasmFilter): JsonObject {
  return { name, typed_config: wasmConfig(name, withPath(filter)) };
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

/**
 * In tests a module is named by its filter, for `build/<filter>.wasm`, or by a path. With `MODULE=signalbox` the filter's section of that
 * module stands in for it.
 */
export function withPath(filter: WasmFilter): WasmFilter {
  if (filter.module.endsWith(".wasm")) return filter;
  const { module, configuration } = filter;
  if (!AS_SECTIONS || !isFilter(module)) return { ...filter, module: built(module) };
  const text = typeof configuration === "object" ? JSON.stringify(configuration) : configuration;
  standsIn.add(module);
  const section = text === undefined ? {} : { configuration: inSection(module, text) };
  return { ...filter, module: built(moduleOf(module)), ...section };
}

function built(module: string): string {
  return join(PROJECT, "build", `${module}.wasm`);
}

/** The filters for which sections stand in, in this process. */
const standsIn = new Set<string>();

/** Envoy's log as it is where each filter's own module runs. */
export function asLogged(log: string): string {
  const [filter] = standsIn;
  return filter === undefined ? log : asLoggedBy(filter, log);
}

/** The native Lua filter with its script. */
export function lua(script: string): JsonObject {
  const config: JsonObject = { default_source_code: { inline_string: script } };
  return { name: "envoy.filters.http.lua", typed_config: typed("envoy.extensions.filters.http.lua.v3.Lua", config) };
}

/** Envoy's own filter that puts strings into filter state at each request: format strings by the keys that they go to. */
export function filterState(formats: Readonly<Record<string, string>>): JsonObject {
  const on_request_headers = Object.entries(formats).map(([object_key, format]) => ({
    object_key,
    factory_key: "envoy.string",
    format_string: { text_format_source: { inline_string: format } },
  }));
  const config = typed("envoy.extensions.filters.http.set_filter_state.v3.Config", { on_request_headers });
  return { name: "envoy.filters.http.set_filter_state", typed_config: config };
}

/** The filter that every chain ends with. */
export const ROUTER: JsonObject = {
  name: "envoy.filters.http.router",
  typed_config: typed("envoy.extensions.filters.http.router.v3.Router"),
};
