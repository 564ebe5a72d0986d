import { Admin } from "../../envoy/admin.ts";
import { PROJECT } from "../../tools/project.ts";
import { join } from "node:path";
import { replacedIn, taken } from "../envoys/taken.ts";
import { writeListeners } from "../envoys/state.ts";
import type { Mesh, Pod } from "../mesh.ts";
import { pluginConfig } from "../plugin.ts";
import type { Propagate } from "../propagate.ts";

/** Everything that the story needs of what runs, wherever it runs. */
export interface Scene {
  /** Where requests come in, without a path. */
  readonly gateway: string;
  /** The root of the server that has the traces. */
  readonly traces: string;
  readonly propagate: Propagate;
  readonly mesh: Mesh;
  /** The folder that the proxies take their listeners from. */
  readonly state: string;
  /** Prints a line or several. */
  readonly say: (text: string) => void;
}

export function adminOf({ adminHost, ports }: Pod): Admin {
  return new Admin(`${adminHost}:${ports.admin}`);
}

/** Gives all proxies the plugin in place of Envoy's own tracer, and waits until all of them have taken it. */
export async function applyPlugin({ state, mesh, propagate }: Scene): Promise<void> {
  const version = "with signalbox";
  const proxies = mesh.pods.map((pod) => ({ name: pod.name, admin: adminOf(pod) }));
  const before = await Promise.all(proxies.map(({ admin }) => replacedIn(admin)));
  const module = join(PROJECT, "build/signalbox.wasm");
  writeListeners(state, mesh, version, { module, configuration: pluginConfig(propagate, mesh.collector.protocol) });
  await Promise.all(proxies.map(({ name, admin }, at) => taken(admin, name, version, before[at] ?? 0)));
}

/** The sum of a counter of Signalbox at a pod's proxy: 0 as long as it has not counted. */
export async function counted({ mesh }: Scene, name: Pod["name"], counter: string): Promise<number> {
  const pod = mesh.pods.find((one) => one.name === name);
  if (pod === undefined) return 0;
  return Number((await adminOf(pod).stats()).get(`wasmcustom.${counter}`) ?? 0);
}
