/** A real registry: the program of Debian's package docker-registry, on a free port of this machine. */
import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { existsSync, mkdirSync, readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { PROJECT } from "../../tools/project.ts";
import { programMissing } from "./program.ts";

const CACHE = join(PROJECT, ".cache/debian");

/**
 * The path of `docker-registry`: on PATH, else out of Debian's package, which is unpacked into `.cache/` and not installed, as that
 * would start a service.
 *
 * @returns the path, or in one line why there is none
 */
export function registryProgram(): { path: string } | { missing: string } {
  if (programMissing("docker-registry", "--version") === undefined) return { path: "docker-registry" };
  const path = join(CACHE, "usr/bin/docker-registry");
  if (existsSync(path)) return { path };
  if (programMissing("apt-get", "--version") !== undefined) {
    return { missing: "there is no docker-registry, and no apt-get to fetch it with" };
  }
  mkdirSync(CACHE, { recursive: true });
  const fetched = () => {
    spawnSync("apt-get", ["download", "docker-registry"], { cwd: CACHE, stdio: "ignore" });
    return readdirSync(CACHE).find((name) => name.startsWith("docker-registry_"));
  };
  let archive = fetched();
  if (archive === undefined) {
    // Without lists, as on a fresh machine, apt finds nothing.
    spawnSync("apt-get", ["update", "-qq"], { stdio: "ignore" });
    archive = fetched();
  }
  if (archive !== undefined) spawnSync("dpkg", ["-x", archive, "."], { cwd: CACHE, stdio: "ignore" });
  return existsSync(path) ? { path } : { missing: "apt-get download docker-registry fetched nothing that runs" };
}

/** A registry that runs. */
export interface RunningRegistry {
  /** `127.0.0.1:port`. */
  host: string;
  stop(): Promise<void>;
}

/**
 * Starts a registry with its data in `folder`.
 *
 * @param auth the `auth` section of its configuration, as JSON
 */
export async function startRegistry(program: string, folder: string, auth?: object): Promise<RunningRegistry> {
  const configuration = {
    version: "0.1",
    storage: { filesystem: { rootdirectory: join(folder, "data") } },
    http: { addr: "127.0.0.1:0" },
    ...(auth !== undefined && { auth }),
  };
  const file = join(folder, "registry.yml"); // JSON is YAML
  writeFileSync(file, JSON.stringify(configuration));
  const child = spawn(program, ["serve", file], { stdio: ["ignore", "ignore", "pipe"] });
  const port = await listening(child);
  const stop = async (): Promise<void> => {
    const ended = new Promise((resolve) => child.once("exit", resolve));
    child.kill();
    await ended;
  };
  return { host: `127.0.0.1:${port}`, stop };
}

/** The port out of the line that the registry logs when it listens. Throws with what it said where it ends before. */
async function listening(child: ChildProcess): Promise<number> {
  const said: string[] = [];
  return await new Promise((resolve, reject) => {
    child.once("error", reject);
    child.once("exit", () => reject(new Error(`docker-registry ended:\n${said.join("\n")}`)));
    createInterface({ input: child.stderr! }).on("line", (line) => {
      said.push(line);
      const port = /listening on 127\.0\.0\.1:(\d+)/.exec(line)?.[1];
      if (port !== undefined) resolve(Number(port));
    });
  });
}
