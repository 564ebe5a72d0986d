import { carriedFilters, carriedModule } from "../carried.ts";
import { Failure } from "../failure.ts";
import { suggestion } from "../schema/problem.ts";

const modules = new Map<string, Uint8Array>();

/**
 * The filter's module, which is read once.
 *
 * @throws Failure where there is no such filter, or its module is missing
 */
export function moduleOf(filter: string): Uint8Array {
  const read = modules.get(filter);
  if (read !== undefined) return read;
  const names = carriedFilters();
  if (!names.includes(filter)) {
    throw new Failure(`no filter named ${filter}${suggestion(filter, names)}; there are ${names.join(", ")}`);
  }
  const bytes = carriedModule(filter);
  modules.set(filter, bytes);
  return bytes;
}
