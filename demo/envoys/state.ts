import { mkdirSync, renameSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import type { JsonObject } from "../../envoy/json.ts";
import type { Mesh, Pod } from "../mesh.ts";
import { bootstrap, LISTENERS } from "./bootstrap.ts";
import { listeners, type Tracing } from "./listeners.ts";

/** The options that every Envoy of the demonstration has; old connections end as soon as their listener's filters are others. */
export const ENVOY_OPTIONS: readonly string[] = [
  "--disable-hot-restart",
  ...["--concurrency", "1", "--drain-time-s", "1", "--drain-strategy", "immediate"],
  ...["--log-level", "error", "--component-log-level", "wasm:info,config:warning"],
];

/** The file that a pod's Envoy starts with; `state` has a folder for each pod. */
export function bootstrapFile(state: string, { name }: Pod): string {
  return join(state, name, "bootstrap.json");
}

/** Writes what all proxies start with. */
export function writeBootstraps(state: string, mesh: Mesh): void {
  for (const pod of mesh.pods) write(bootstrapFile(state, pod), bootstrap(pod, mesh, join(state, pod.name)));
}

/** Gives all proxies other listeners. Envoy looks at files that are moved to their place, and not at those written there. */
export function writeListeners(state: string, { pods }: Mesh, version: string, tracing: Tracing): void {
  for (const pod of pods) {
    write(join(state, pod.name, LISTENERS), { version_info: version, resources: listeners(pod, tracing) });
  }
}

function write(file: string, content: JsonObject): void {
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(`${file}.next`, JSON.stringify(content, null, 2));
  renameSync(`${file}.next`, file);
}
