import { readFileSync } from "node:fs";
import { join } from "node:path";
import { parseAllDocuments } from "yaml";
import { PROJECT, moduleFolder } from "../project.ts";

/**
 * The `spec` of the first WasmPlugin that a filter's folder shows, in `wasmplugin.yaml`.
 *
 * @throws Error where it shows none
 */
export function shownSpec<Spec = Record<string, unknown>>(filter: string): Spec {
  const file = `${moduleFolder(filter)}/wasmplugin.yaml`;
  for (const document of parseAllDocuments(readFileSync(join(PROJECT, file), "utf8"))) {
    const { kind, spec } = document.toJS() as { kind: string; spec: Spec };
    if (kind === "WasmPlugin") return spec;
  }
  throw new Error(`${file} has no WasmPlugin`);
}
