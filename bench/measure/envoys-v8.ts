import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { otherNode } from "../../tools/other-node.ts";
import { PROJECT } from "../../tools/project.ts";

/** The V8 of Envoy 1.40.0 (`strings` shows its version in the binary), and a Node that has it. An older V8 inlines no function of a module. */
const V8 = "14.6.";
const NODE = "26.12.1";

/**
 * Has the benchmark of that name run again in a Node that compiles modules as Envoy does: with the same V8, and with no code but
 * TurboFan's, which is there before the first call (`--no-liftoff` in proxy-wasm-cpp-host's `v8.cc`).
 *
 * @returns whether it ran there; if not, this is that Node
 * @throws Error if npm has no such Node
 */
export function ranInEnvoysV8(suite: string): boolean {
  if (process.versions.v8.startsWith(V8)) return false;
  const node = otherNode(NODE);
  if ("missing" in node) throw new Error(node.missing);
  const { status } = spawnSync(join(node.folder, "node"), ["--no-liftoff", "--import", "tsx", "bench/run.ts"], {
    cwd: PROJECT,
    env: { ...process.env, SUITES: suite },
    stdio: "inherit",
  });
  process.exitCode = status ?? 1;
  return true;
}
