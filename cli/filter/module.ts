import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { PROJECT, filterNames } from "../../tools/project.ts";
import { Failure } from "../failure.ts";
import { suggestion } from "../schema/problem.ts";

const modules = new Map<string, Uint8Array>();

/**
 * The filter's module as `make build` made it.
 *
 * @throws Failure where there is no such filter, or it is not built
 */
export function moduleOf(filter: string): Uint8Array {
  const read = modules.get(filter);
  if (read !== undefined) return read;
  const names = filterNames();
  if (!names.includes(filter)) {
    throw new Failure(`no filter named ${filter}${suggestion(filter, names)}; there are ${names.join(", ")}`);
  }
  const file = join(PROJECT, "build", `${filter}.wasm`);
  if (!existsSync(file)) throw new Failure(`build/${filter}.wasm is missing: make build`);
  const bytes = readFileSync(file);
  modules.set(filter, bytes);
  return bytes;
}
