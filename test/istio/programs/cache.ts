/**
 * Where the programs of a real Istio lie once they are built: folders outside of the clone, each named after what it is
 * built from, so that a change of a version builds that anew and nothing else does.
 */
import { createHash } from "node:crypto";
import { existsSync, readFileSync } from "node:fs";
import { homedir } from "node:os";
import { dirname, join, relative, resolve } from "node:path";
import { PROJECT, filesBelow } from "../../../tools/project.ts";
import { QUICK_TO_BUILD } from "../../support/go.ts";
import { builds, type Build } from "./builds.ts";

/** A program that a mesh consists of. */
export type ProgramName = "etcd" | "kube-apiserver" | "kubectl" | "pilot-discovery" | "pilot-agent";

/** A file of Istio's that is no program, or the folder with the resource definitions of the Gateway API. */
export type DataName = "crd-all.gen.yaml" | "envoy_bootstrap.json" | "standard";

/** Finished builds. */
export class Programs {
  constructor(readonly folders: readonly string[]) {}

  /** The path of a program, file or folder. */
  path(name: ProgramName | DataName): string {
    for (const folder of this.folders) if (existsSync(join(folder, name))) return join(folder, name);
    throw new Error(`there is no ${name} in ${this.folders.join(", ")}`);
  }
}

/** Where a build belongs, whether or not it is there. `XDG_CACHE_HOME` moves it. */
export function cacheFolder({ name, module, programs, files, quick = false }: Build): string {
  const digest = createHash("sha256");
  if (quick) digest.update(QUICK_TO_BUILD);
  for (const file of ["go.mod", "go.sum"]) digest.update(readFileSync(join(module, file)));
  digest.update(JSON.stringify([programs, files]));
  for (const source of replacements(module)) digest.update(readFileSync(source));
  const cache = process.env.XDG_CACHE_HOME || join(homedir(), ".cache");
  return join(cache, "signalbox", `${name}-${digest.digest("hex").slice(0, 16)}`);
}

/** The Go files of modules that lie in folders of another one's, and replace what it would use. */
function replacements(module: string): string[] {
  return filesBelow(relative(PROJECT, module))
    .map((file) => join(PROJECT, file))
    .filter((file) => file.endsWith(".go") && dirname(file) !== resolve(module));
}

/** The present versions' programs, where all are built: a folder appears under its name only when it is complete. */
export function builtPrograms(): Programs | undefined {
  const folders = builds().map(cacheFolder);
  return folders.every((folder) => existsSync(folder)) ? new Programs(folders) : undefined;
}
