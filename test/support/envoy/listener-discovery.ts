import { mkdirSync, renameSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { typed, type JsonObject } from "../../../envoy/json.ts";
import { listenerJson, type Listener } from "./bootstrap.ts";

const FOLDER = "discovery/listeners";
const FILE = `${FOLDER}/listeners.json`;

/** Fields of the bootstrap by which Envoy takes listeners from the file that `writeListeners` writes. */
export const LISTENER_DISCOVERY: JsonObject = {
  dynamic_resources: {
    lds_config: {
      path_config_source: { path: FILE, watched_directory: { path: FOLDER } },
      resource_api_version: "V3",
    },
  },
};

/** The statistic that is the version of the listeners in force. */
export const LISTENERS_VERSION = "listener_manager.lds.version_text";

/** The statistic that is how often listeners were refused. */
export const LISTENERS_REFUSED = "listener_manager.lds.update_rejected";

/** Gives an Envoy that runs in `folder` all the listeners that it discovers, by moving a file there. */
export function writeListeners(folder: string, version: string, listeners: readonly Listener[]): void {
  const resources = listeners.map((one) => typed("envoy.config.listener.v3.Listener", listenerJson(one)));
  const next = join(folder, FOLDER, ".next");
  mkdirSync(join(folder, FOLDER), { recursive: true });
  writeFileSync(next, JSON.stringify({ version_info: version, resources }));
  renameSync(next, join(folder, FILE));
}
