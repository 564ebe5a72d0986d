/**
 * Where the programs of a real Istio lie once they are built: a folder outside of the clone, named after what they are
 * built from, so that a change of a version builds anew and nothing else does.
 */
import { createHash } from "node:crypto";
import { existsSync, readFileSync } from "node:fs";
import { homedir } from "node:os";
import { join } from "node:path";
import { BUILDS } from "./builds.ts";

/** A program that a mesh consists of. */
export type ProgramName = "etcd" | "kube-apiserver" | "kubectl" | "pilot-discovery" | "pilot-agent";

/** A file of Istio's that is no program. */
export type DataName = "crd-all.gen.yaml" | "envoy_bootstrap.json";

/** The folder of one finished build. */
export class Programs {
  constructor(readonly folder: string) {}

  /** The path of a program or file. */
  path(name: ProgramName | DataName): string {
    return join(this.folder, name);
  }
}

/** Where the present versions' programs belong, whether or not they are there. `XDG_CACHE_HOME` moves it. */
export function cacheFolder(): string {
  const digest = createHash("sha256");
  for (const { module, programs } of BUILDS) {
    for (const file of ["go.mod", "go.sum"]) digest.update(readFileSync(join(module, file)));
    digest.update(JSON.stringify(programs));
  }
  const cache = process.env.XDG_CACHE_HOME || join(homedir(), ".cache");
  return join(cache, "signalbox", `istio-${digest.digest("hex").slice(0, 16)}`);
}

/** The programs, where they are built: the folder appears under its name only when it is complete. */
export function builtPrograms(): Programs | undefined {
  const folder = cacheFolder();
  return existsSync(folder) ? new Programs(folder) : undefined;
}
