import { readFileSync } from "node:fs";
import { join } from "node:path";
import { parse } from "yaml";
import type { JsonObject } from "../envoy/json.ts";
import { PROJECT } from "../tools/project.ts";
import { COLLECTORS } from "./envoys/tracer.ts";
import type { Protocol } from "./mesh.ts";
import type { Propagate } from "./propagate.ts";

/** The file, relative to the project. */
export const PLUGIN = "demo/plugin.yaml";

/**
 * The `pluginConfig` of the demonstration's plugin. Services that pass on nothing at all serve one request at a time here, so their
 * calls are joined by `whenAlone`. If it is Zipkin that has the traces, it is reported to.
 */
export function pluginConfig(propagate: Propagate, protocol: Protocol): JsonObject {
  const { spec } = parse(readFileSync(join(PROJECT, PLUGIN), "utf8")) as { spec: { pluginConfig: PluginConfig } };
  const { tracePropagation, ...others } = spec.pluginConfig;
  const { batch } = tracePropagation.reporting;
  const { host, port } = COLLECTORS.zipkin;
  const changed = {
    ...tracePropagation,
    ...(propagate === "none" && { join: { ...tracePropagation.join, whenAlone: true } }),
    ...(protocol === "zipkin" && { reporting: { zipkin: { service: host, port }, batch } }),
  };
  return { ...others, tracePropagation: changed };
}

interface PluginConfig extends JsonObject {
  readonly tracePropagation: JsonObject & { readonly join: JsonObject; readonly reporting: JsonObject };
}
