import { mkdirSync, renameSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { listenerJson, type Json } from "../measure/bootstrap.ts";
import type { Pushed } from "./variants.ts";

/** What Envoy discovers from a file: its listeners, or the first filter of one (ECDS, as Istio delivers a WasmPlugin). */
export type Kind = "listeners" | "extension";

const TYPE = "type.googleapis.com/";
const FILE = "resources.json";

/** Where Envoy is to look for that. */
export function sourceOf(folder: string, kind: Kind): Json {
  const directory = join(folder, kind);
  return {
    path_config_source: { path: join(directory, FILE), watched_directory: { path: directory } },
    resource_api_version: "V3",
  };
}

/** The file of listeners with the one that is pushed. */
export function listenersFile(pushed: Pushed, folder: string, port: number, value: string): string {
  const listener = pushed.listener(value);
  const filters =
    pushed.by === "extension" ? [discovered(pushed.name, folder), ...listener.filters.slice(1)] : listener.filters;
  const made = listenerJson({ ...listener, filters, name: pushed.name, port });
  return response(value, { "@type": `${TYPE}envoy.config.listener.v3.Listener`, ...made });
}

/** The file of the filter that is pushed. */
export function extensionFile(pushed: Pushed, value: string): string {
  const [filter] = pushed.listener(value).filters as [{ typed_config: Json }];
  const { typed_config } = filter;
  const type = `${TYPE}envoy.config.core.v3.TypedExtensionConfig`;
  return response(value, { "@type": type, name: pushed.name, typed_config });
}

/** Puts a file where Envoy looks for it; when, as `performance.now` has it. Envoy reacts to files that are moved there alone. */
export function moveInto(folder: string, kind: Kind, text: string): number {
  const directory = join(folder, kind);
  mkdirSync(directory, { recursive: true });
  writeFileSync(join(directory, ".next"), text);
  const now = performance.now();
  renameSync(join(directory, ".next"), join(directory, FILE));
  return now;
}

function discovered(name: string, folder: string): Json {
  return {
    name,
    config_discovery: {
      config_source: sourceOf(folder, "extension"),
      type_urls: [`${TYPE}envoy.extensions.filters.http.wasm.v3.Wasm`],
    },
  };
}

function response(version: string, resource: Json): string {
  return JSON.stringify({ version_info: version, resources: [resource] });
}
