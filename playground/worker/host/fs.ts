/** In the page's place of Node's `fs`: there are no files but Istio's schema, which is in the page itself. */
import istio from "../../../cli/schema/istio.json" with { type: "json" };

/**
 * The schema, whatever its address is.
 *
 * @throws Error for any other file
 */
export function readFileSync(file: unknown): string {
  if (String(file).endsWith("/istio.json")) return JSON.stringify(istio);
  throw absent(file);
}

/** @throws Error */
export function readdirSync(folder: unknown): never {
  throw absent(folder);
}

/** @throws Error */
export function statSync(file: unknown): never {
  throw absent(file);
}

function absent(file: unknown): Error {
  return Object.assign(new Error(`there are no files in a page: ${String(file)}`), { code: "ENOENT" });
}
