/** `make check-filters`: whether the folder of each filter, and of each module of several, has what it must have; exit status 1 if one lacks something. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { PROJECT, filesBelow, moduleFolder, moduleNames } from "../project.ts";
import { EFFECTS } from "../../test/istio/scenarios/manifest-effects.ts";
import { missing } from "./rules.ts";

for (const filter of moduleNames()) {
  const prefix = `${moduleFolder(filter)}/`;
  const files = filesBelow(prefix).map((file) => [file.slice(prefix.length), file] as const);
  const folder = new Map(files.map(([name, file]) => [name, readFileSync(join(PROJECT, file), "utf8")]));
  const lines = missing(folder).map((line) => `${prefix}${line}`);
  // make istio-test is not a part of make test, so its failure would come late.
  if (EFFECTS[filter] === undefined)
    lines.push(`test/istio/scenarios/manifest-effects.ts: nothing asks for what ${filter} does`);
  for (const line of lines) {
    console.error(line);
    process.exitCode = 1;
  }
}
