import { spawn, type ChildProcess } from "node:child_process";
import { existsSync, mkdirSync, openSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { bootstrap, type Json, type Listener } from "./bootstrap.ts";
import { threadNamed } from "./cpu.ts";

const START_LIMIT_MS = 60_000;

/** A running Envoy. */
export interface Envoy {
  pid: number;
  /** The thread that handles all requests; the first of them where there are several workers. */
  worker: number;
  version: string;
  /** The port of each listener, by its name. */
  ports: ReadonlyMap<string, number>;
  stop(): Promise<void>;
}

/** What an Envoy has beside its listeners. */
export interface Extra {
  /** Further fields of the bootstrap. */
  fields?: { [field: string]: Json };
  /** Further arguments of the command. */
  flags?: readonly string[];
  /** A command that runs Envoy, with its arguments, and in how many milliseconds Envoy must be ready there. */
  under?: { command: readonly string[]; startLimit: number };
}

/**
 * Starts `binary` with these listeners, bound to `core` where one is given, and waits until it is ready.
 * Its bootstrap and log are left in `folder`.
 *
 * @throws Error with the end of Envoy's log where it exits or is not ready within a minute, or what `under` says
 */
export async function startEnvoy(
  binary: string,
  listeners: readonly Listener[],
  folder: string,
  core?: number,
  workers = 1,
  { fields, flags = [], under }: Extra = {},
): Promise<Envoy> {
  mkdirSync(folder, { recursive: true });
  const file = (name: string): string => join(folder, name);
  writeFileSync(file("bootstrap.json"), JSON.stringify(bootstrap(listeners, fields)));
  rmSync(file("admin"), { force: true });
  const options = [
    "-c",
    file("bootstrap.json"),
    "--concurrency",
    `${workers}`,
    "--admin-address-path",
    file("admin"),
    "-l",
    "warning",
    ...flags,
  ];
  const command = [
    ...(core === undefined ? [] : ["taskset", "-c", `${core}`]),
    ...(under?.command ?? []),
    binary,
    ...options,
    "--disable-hot-restart",
  ];
  const log = openSync(file("envoy.log"), "w");
  const child = spawn(command[0]!, command.slice(1), { stdio: ["ignore", log, log] });
  const admin = await ready(child, file("admin"), file("envoy.log"), under?.startLimit ?? START_LIMIT_MS);
  const info = (await (await fetch(`${admin}/server_info`)).json()) as { version: string };
  return {
    pid: child.pid!,
    worker: threadNamed(child.pid!, "wrk:worker_0"),
    version: info.version.split("/")[1] ?? info.version,
    ports: await listenerPorts(admin),
    stop: () => stop(child),
  };
}

async function ready(child: ChildProcess, adminFile: string, log: string, startLimit: number): Promise<string> {
  const limit = Date.now() + startLimit;
  while (child.exitCode === null && Date.now() < limit) {
    const address = existsSync(adminFile) ? readFileSync(adminFile, "utf8").trim() : "";
    if (address !== "" && (await answers(`http://${address}/ready`))) return `http://${address}`;
    await delay(50);
  }
  await stop(child);
  throw new Error(`Envoy did not start:\n${readFileSync(log, "utf8").slice(-2000)}`);
}

async function answers(url: string): Promise<boolean> {
  try {
    return (await fetch(url)).ok;
  } catch {
    return false;
  }
}

async function listenerPorts(admin: string): Promise<Map<string, number>> {
  const { listener_statuses } = (await (await fetch(`${admin}/listeners?format=json`)).json()) as {
    listener_statuses: { name: string; local_address: { socket_address: { port_value: number } } }[];
  };
  return new Map(listener_statuses.map((status) => [status.name, status.local_address.socket_address.port_value]));
}

async function stop(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const ended = new Promise((resolve) => child.once("exit", resolve));
  child.kill("SIGTERM");
  await ended;
}
