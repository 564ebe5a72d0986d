/** `make check-filters`: whether the folder of each filter, and of each module of several, has what it must have; exit status 1 if one lacks something. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { PROJECT, filesBelow, moduleFolder, moduleNames } from "../project.ts";
import { missing } from "./rules.ts";

for (const filter of moduleNames()) {
  const prefix = `${moduleFolder(filter)}/`;
  const files = filesBelow(prefix).map((file) => [file.slice(prefix.length), file] as const);
  const folder = new Map(files.map(([name, file]) => [name, readFileSync(join(PROJECT, file), "utf8")]));
  for (const line of missing(folder)) {
    console.error(`${prefix}${line}`);
    process.exitCode = 1;
  }
}
