import { createHash } from "node:crypto";
import { existsSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { moduleFolder, moduleNames, PROJECT } from "../tools/project.ts";
import { Failure } from "./failure.ts";

/** What `tools/package/build.ts` puts in place of `PACKED` when it bundles the command; in a clone there is no such name. */
interface Packed {
  readonly version: string;
  readonly filters: readonly string[];
}
declare const PACKED: Packed | undefined;

const packed = typeof PACKED === "undefined" ? undefined : PACKED;

/** The names of the modules that the command carries: the filters, and signalbox. */
export function carriedModules(): readonly string[] {
  return packed?.filters ?? moduleNames();
}

/** The version of the command. */
export function version(): string {
  if (packed !== undefined) return packed.version;
  return (JSON.parse(readFileSync(`${PROJECT}/package.json`, "utf8")) as Packed).version;
}

/**
 * The module of one of `carriedModules`: in a package beside the bundle, in a clone as `make build` made it.
 *
 * @throws Failure if it is missing
 */
export function carriedModule(filter: string): Uint8Array {
  return carried(`modules/${filter}.wasm`, `build/${filter}.wasm`, "make build");
}

/**
 * The manifest of one of `carriedModules`: its WasmPlugin as the filter's folder has it.
 *
 * @throws Failure if it is missing
 */
export function carriedManifest(filter: string): string {
  return carried(`manifests/${filter}.yaml`, `${moduleFolder(filter)}/wasmplugin.yaml`, "git checkout").toString(
    "utf8",
  );
}

/**
 * The page of a code (`docs/errors`).
 *
 * @throws Failure if it is missing
 */
export function carriedPage(code: string): string {
  return carried(`errors/${code}.md`, `docs/errors/${code}.md`, "git checkout").toString("utf8");
}

/** The program of the threads of `signalbox admission`: in a package a bundle of its own, in a clone what has tsx read its source. */
export function carriedWorker(): URL {
  return new URL(packed === undefined ? "admission/worker.js" : "admission-worker.js", import.meta.url);
}

/** A file of the package, or the one of a clone that it was made of. */
function carried(file: string, inClone: string, remedy: string): Buffer {
  const path = packed === undefined ? `${PROJECT}/${inClone}` : fileURLToPath(new URL(file, import.meta.url));
  if (existsSync(path)) return readFileSync(path);
  throw new Failure(
    packed === undefined ? `${inClone} is missing: ${remedy}` : `${path} is missing: install Signalbox again`,
  );
}

/** The version, and the SHA-256 of each module, as `sha256sum` prints it. */
export function versionLines(): string[] {
  const digests = carriedModules().map((filter) => {
    return `${createHash("sha256").update(carriedModule(filter)).digest("hex")}  ${filter}.wasm`;
  });
  return [`signalbox ${version()}`, ...digests];
}
