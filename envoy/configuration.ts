/**
 * From what a user edits to what Envoy reads: the bootstrap with its places filled in, and `header-routing.yaml` as an
 * answer of Envoy's extension discovery, written again at each edit.
 *
 * As a program it does so for the containers of docker-compose.yml: `configuration.ts <state folder>`, with the places
 * of bootstrap.yaml taken from the environment.
 */
import { existsSync, mkdirSync, readFileSync, renameSync, unwatchFile, watchFile, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { parse } from "yaml";
import { Missing, runMain } from "../tools/envoy-binary.ts";
import { PROJECT } from "../tools/project.ts";
import { writeDiscovery } from "./discovery.ts";
import type { JsonObject } from "./json.ts";

export const FILTER = "header-routing";
/** The file that the user edits: `CONFIG`, else the one beside this. Relative to the project's folder, where make runs. */
export const EDITED = process.env.CONFIG || `envoy/${FILTER}.yaml`;

const MODULE = join(PROJECT, "build", `${FILTER}.wasm`);
const LOOK_EVERY_MS = 250;

/**
 * Writes `bootstrap.yaml` into the state folder, each `${NAME}` replaced by what `places` has under that name; `STATE`
 * is the folder itself. Gives its path.
 */
export function writeBootstrap(state: string, places: Readonly<Record<string, string | undefined>>): string {
  const template = readFileSync(join(PROJECT, "envoy/bootstrap.yaml"), "utf8");
  const all: Record<string, string | undefined> = { ...places, STATE: state };
  const text = template.replace(/\$\{(\w+)\}/g, (place, name: string) => {
    const value = all[name];
    if (value === undefined) throw new Missing(`envoy/bootstrap.yaml asks for ${place}, which is not set.`);
    return value;
  });
  const file = join(state, "bootstrap.yaml");
  mkdirSync(state, { recursive: true });
  writeFileSync(`${file}.next`, text);
  renameSync(`${file}.next`, file);
  return file;
}

/** The user's file, as YAML that can be said in JSON. Throws Error with one line that says what is wrong, and where. */
export function readEdited(): JsonObject {
  try {
    return parse(readFileSync(resolve(PROJECT, EDITED), "utf8")) as JsonObject;
  } catch (error) {
    throw new Error((error as Error).message.split("\n")[0]?.replace(/:$/, ""));
  }
}

/** Hands a configuration to Envoy, under a version of its own. Throws `Missing` where the filter is not built. */
export function handOver(state: string, version: string, configuration: JsonObject): void {
  if (!existsSync(MODULE)) throw new Missing(`build/${FILTER}.wasm is missing: make build`);
  writeDiscovery(state, FILTER, version, { module: MODULE, configuration });
}

/** Calls `changed` after each edit of the file, however the editor replaces it. Gives what ends the watch. */
export function watchEdited(changed: () => void): () => void {
  const file = resolve(PROJECT, EDITED);
  watchFile(file, { interval: LOOK_EVERY_MS }, changed);
  return () => unwatchFile(file);
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  await runMain(() => {
    const state = process.argv[2] ?? "";
    let version = 1;
    const next = (): void => {
      try {
        handOver(state, `${version++}`, readEdited());
      } catch (error) {
        if (error instanceof Missing) throw error;
        console.error(`${EDITED} was not loaded: ${(error as Error).message}`);
      }
    };
    next();
    writeBootstrap(state, process.env);
    const end = watchEdited(next);
    process.once("SIGINT", end);
    process.once("SIGTERM", end);
  });
}
