import { dirname } from "node:path";
import { otherNode, type MissingNode, type Node } from "../../tools/other-node.ts";

/** The oldest Node that the command runs on, and the newest of each line that it is tried with. */
export const VERSIONS = ["18.19.0", "20.20.2", "22.23.1"] as const;

/** The Nodes that the package is tried with: the one that runs this, and those of `VERSIONS`. */
export function nodes(): (Node | MissingNode)[] {
  const present = { version: process.versions.node, folder: dirname(process.execPath) };
  return [present, ...VERSIONS.filter((version) => version !== present.version).map(otherNode)];
}
