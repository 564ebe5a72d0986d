/**
 * From what a user edits to what Envoy reads: the bootstrap with its places filled in, and `envoy/<filter>.yaml` as an
 * answer of Envoy's extension discovery, written again at each edit.
 *
 * As a program it does so for the containers of docker-compose.yml: `configuration.ts <state folder>`, with the places
 * of bootstrap.yaml taken from the environment.
 */
import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { Missing, runMain } from "../tools/envoy-binary.ts";
import { PROJECT } from "../tools/project.ts";
import type { Demonstration } from "./demonstration.ts";
import { writeDiscovery } from "./discovery.ts";
import { readEdited } from "./edited.ts";
import { demonstration } from "./filters.ts";
import { typed, type JsonObject } from "./json.ts";
import { watchWhole } from "./watch.ts";

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

/**
 * What Envoy's details say of a request that met no filter: none if it has no configuration (an extension that is still to be
 * discovered), `wasm_fail_stream` if its VM has failed.
 */
const UNDECIDED = ["", "wasm_fail_stream"].map((details) => `response.code_details == '${details}'`).join(" || ");

/** A line for each request as the filter is shown, and another for requests that the filter did not see. */
function accessLog({ accessLog: format }: Demonstration): JsonObject[] {
  if (format === undefined) return [];
  const undecided = "%REQ(:METHOD)% %REQ(:PATH)% → %RESPONSE_CODE% from Envoy: the filter has no configuration\n";
  return [lineFor(`!(${UNDECIDED})`, format), lineFor(UNDECIDED, undecided)];
}

/** An access log to standard output, of the requests for which a CEL expression holds. */
function lineFor(expression: string, format: string): JsonObject {
  const filter = typed("envoy.extensions.access_loggers.filters.cel.v3.ExpressionFilter", { expression });
  const config = { log_format: { text_format_source: { inline_string: format } } };
  return {
    name: "envoy.access_loggers.stdout",
    filter: { extension_filter: { name: "envoy.access_loggers.extension_filters.cel", typed_config: filter } },
    typed_config: typed("envoy.extensions.access_loggers.stream.v3.StdoutAccessLog", config),
  };
}

/** The configuration of a filter that a user edits, and where Envoy finds it. */
export class Edited {
  /** The file: `CONFIG`, else the filter's own. Relative to the project's folder, where make runs. */
  readonly file: string;
  private readonly module: string;

  constructor(private readonly filter: string) {
    this.file = process.env.CONFIG || `envoy/${filter}.yaml`;
    this.module = join(PROJECT, "build", `${filter}.wasm`);
  }

  /** Hands a configuration to Envoy, under a version of its own. Throws `Missing` if the filter is not built. */
  handOver(state: string, version: string, json: string): void {
    if (!existsSync(this.module)) throw new Missing(`build/${this.filter}.wasm is missing: make build`);
    writeDiscovery(state, this.filter, version, { module: this.module, configuration: json });
  }

  /** Calls `changed` after each edit. Gives what ends the watch. */
  watch(changed: () => void): () => void {
    return watchWhole(resolve(PROJECT, this.file), changed);
  }
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  await runMain(() => {
    const state = process.argv[2] ?? "";
    const shown = demonstration();
    const edited = new Edited(shown.filter);
    let version = 1;
    const next = (): void => {
      const read = readEdited(edited.file);
      if ("json" in read) edited.handOver(state, `${version++}`, read.json);
      else console.error([`${edited.file} was not loaded:`, ...read.problems].join("\n  "));
    };
    next();
    writeBootstrap(state, shown, process.env);
    const end = edited.watch(next);
    process.once("SIGINT", end);
    process.once("SIGTERM", end);
  });
}
