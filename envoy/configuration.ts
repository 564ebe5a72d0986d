/**
 * From what a user edits to what Envoy reads: the bootstrap with its places filled in, and `envoy/<filter>.yaml` as an
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
import type { Demonstration } from "./demonstration.ts";
import { writeDiscovery } from "./discovery.ts";
import { demonstration } from "./filters.ts";
import { typed, type JsonObject } from "./json.ts";

const LOOK_EVERY_MS = 250;

/** The values of the places of bootstrap.yaml that are not the filter's own, by name. */
export type Places = Readonly<Record<string, string | undefined>>;

/**
 * Writes `bootstrap.yaml` into the state folder, each `${NAME}` replaced by what `places` has under that name; `STATE`
 * is the folder itself, `FILTER` and `ACCESS_LOG` are as the filter is shown. Gives its path.
 */
export function writeBootstrap(state: string, shown: Demonstration, places: Places): string {
  const template = readFileSync(join(PROJECT, "envoy/bootstrap.yaml"), "utf8");
  const own = { STATE: state, FILTER: shown.filter, ACCESS_LOG: JSON.stringify(accessLog(shown)) };
  const all: Places = { ...places, ...own };
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

function accessLog({ accessLog: format }: Demonstration): JsonObject[] {
  if (format === undefined) return [];
  const config = { log_format: { text_format_source: { inline_string: format } } };
  const name = "envoy.access_loggers.stdout";
  return [{ name, typed_config: typed("envoy.extensions.access_loggers.stream.v3.StdoutAccessLog", config) }];
}

/** The configuration of a filter that a user edits. */
export class Edited {
  /** The file: `CONFIG`, else the filter's own. Relative to the project's folder, where make runs. */
  readonly name: string;
  private readonly file: string;
  private readonly module: string;

  constructor(private readonly filter: string) {
    this.name = process.env.CONFIG || `envoy/${filter}.yaml`;
    this.file = resolve(PROJECT, this.name);
    this.module = join(PROJECT, "build", `${filter}.wasm`);
  }

  /** The file, as YAML that can be said in JSON. Throws Error with one line that says what is wrong, and where. */
  read(): JsonObject {
    try {
      return parse(readFileSync(this.file, "utf8")) as JsonObject;
    } catch (error) {
      throw new Error((error as Error).message.split("\n")[0]?.replace(/:$/, ""));
    }
  }

  /** Hands a configuration to Envoy, under a version of its own. Throws `Missing` where the filter is not built. */
  handOver(state: string, version: string, configuration: JsonObject): void {
    if (!existsSync(this.module)) throw new Missing(`build/${this.filter}.wasm is missing: make build`);
    writeDiscovery(state, this.filter, version, { module: this.module, configuration });
  }

  /** Calls `changed` after each edit of the file, however the editor replaces it. Gives what ends the watch. */
  watch(changed: () => void): () => void {
    watchFile(this.file, { interval: LOOK_EVERY_MS }, changed);
    return () => unwatchFile(this.file);
  }
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  await runMain(() => {
    const state = process.argv[2] ?? "";
    const shown = demonstration();
    const edited = new Edited(shown.filter);
    let version = 1;
    const next = (): void => {
      try {
        edited.handOver(state, `${version++}`, edited.read());
      } catch (error) {
        if (error instanceof Missing) throw error;
        console.error(`${edited.name} was not loaded: ${(error as Error).message}`);
      }
    };
    next();
    writeBootstrap(state, shown, process.env);
    const end = edited.watch(next);
    process.once("SIGINT", end);
    process.once("SIGTERM", end);
  });
}
