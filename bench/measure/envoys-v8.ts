import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { otherNode } from "../../tools/other-node.ts";
import { PROJECT } from "../../tools/project.ts";

/**
 * A Node with V8 14.6, which Envoy 1.40.0 has (`strings` shows the version in the binary). V8 11.3, of Node 20, inlines no function of a
 * module.
 */
const NODE = "26.12.1";
/** No code but TurboFan's, which is there before the first call, as proxy-wasm-cpp-host has it (`v8.cc`). */
const AS_ENVOY = "--no-liftoff";

/**
 * The program of a Node that compiles modules as Envoy does, with the option for it.
 *
 * @throws Error if npm has no such Node
 */
export function nodeWithEnvoysV8(): string[] {
  const node = otherNode(NODE);
  if ("missing" in node) throw new Error(node.missing);
  return [join(node.folder, "node"), AS_ENVOY];
}

/**
 * Has a script run again, with the arguments of this process, in a Node that compiles modules as Envoy does.
 *
 * @param script a file, relative to the project's folder
 * @param environment variables that it has beside those of this process
 * @returns whether it ran there; if not, this is that Node
 * @throws Error if npm has no such Node
 */
export function ranInEnvoysV8(script: string, environment: Readonly<Record<string, string>> = {}): boolean {
  if (process.execArgv.includes(AS_ENVOY)) return false;
  const [node = "", ...options] = nodeWithEnvoysV8();
  const command = [...options, "--import", "tsx", join(PROJECT, script), ...process.argv.slice(2)];
  const env = { ...process.env, ...environment };
  const { status } = spawnSync(node, command, { env, stdio: "inherit" });
  if (status !== 0) process.exitCode = status ?? 1;
  return true;
}
