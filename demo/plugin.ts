import { readFileSync } from "node:fs";
import { join } from "node:path";
import { parse } from "yaml";
import type { JsonObject } from "../envoy/json.ts";
import { PROJECT } from "../tools/project.ts";
import type { Propagate } from "./propagate.ts";

/** The file, relative to the project. */
export const PLUGIN = "demo/plugin.yaml";

/**
 * The `pluginConfig` of the demonstration's plugin. Services that pass on nothing at all serve one request at a time here, so their
 * calls are joined by `whenAlone`.
 */
export function pluginConfig(propagate: Propagate): JsonObject {
  const { spec } = parse(readFileSync(join(PROJECT, PLUGIN), "utf8")) as { spec: { pluginConfig: PluginConfig } };
  const config = spec.pluginConfig;
  if (propagate !== "none") return config;
  const { tracePropagation } = config;
  return { ...config, tracePropagation: { ...tracePropagation, join: { ...tracePropagation.join, whenAlone: true } } };
}

interface PluginConfig extends JsonObject {
  readonly tracePropagation: JsonObject & { readonly join: JsonObject };
}
