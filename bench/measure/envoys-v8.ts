import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { otherNode } from "../../tools/other-node.ts";
import { PROJECT } from "../../tools/project.ts";

/** The V8 of Envoy 1.40.0 (`strings` shows its version in the binary), and a Node that has it. An older V8 inlines no function of a module. */
const V8 = "14.6.";
const NODE = "26.12.1";

/**
 * Has a script run again, with the arguments of this process, in a Node that compiles modules as Envoy does: with the same V8, and with no
 * code but TurboFan's, which is there before the first call (`--no-liftoff` in proxy-wasm-cpp-host's `v8.cc`).
 *
 * @param script a file, relative to the project's folder
 * @param environment variables that it has beside those of this process
 * @returns whether it ran there; if not, this is that Node
 * @throws Error if npm has no such Node
 */
export function ranInEnvoysV8(script: string, environment: Readonly<Record<string, string>> = {}): boolean {
  if (process.versions.v8.startsWith(V8)) return false;
  const node = otherNode(NODE);
  if ("missing" in node) throw new Error(node.missing);
  const command = ["--no-liftoff", "--import", "tsx", script, ...process.argv.slice(2)];
  const { status } = spawnSync(join(node.folder, "node"), command, {
    cwd: PROJECT,
    env: { ...process.env, ...environment },
    stdio: "inherit",
  });
  process.exitCode = status ?? 1;
  return true;
}
