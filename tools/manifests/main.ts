/** `make manifests`: writes those folders of `manifests/` that follow from the filters' own folders. */
import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { PROJECT } from "../project.ts";
import { WRITTEN, filterManifests } from "./filter-manifests.ts";

const files = await filterManifests();
for (const folder of WRITTEN) rmSync(join(PROJECT, "manifests", folder), { recursive: true, force: true });
for (const [path, text] of files) {
  const file = join(PROJECT, "manifests", path);
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, text);
}
console.log(`${files.size} files in ${WRITTEN.map((folder) => `manifests/${folder}/`).join(", ")}`);
