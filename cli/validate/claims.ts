import { shownPath, type Path } from "../input/path.ts";
import { isObject } from "../input/resource.ts";

/** Fields that ask for claims by being there, and conditions that do by their key. */
const FIELDS = /^(notR|r)equestPrincipals$|^@request\.auth\./;

/** The first path in a configuration that asks for the claims of a verified token. */
export function askingForClaims(value: unknown, path: Path = []): string | undefined {
  if (Array.isArray(value))
    return firstOf(
      value.map((item, place) => [place, item]),
      path,
    );
  if (!isObject(value)) return undefined;
  if (typeof value.key === "string" && value.key.startsWith("request.auth.")) return shownPath([...path, "key"]);
  const field = Object.keys(value).find((name) => FIELDS.test(name));
  return field === undefined ? firstOf(Object.entries(value), path) : shownPath([...path, field]);
}

function firstOf(entries: readonly (readonly [string | number, unknown])[], path: Path): string | undefined {
  for (const [step, value] of entries) {
    const found = askingForClaims(value, [...path, step]);
    if (found !== undefined) return found;
  }
  return undefined;
}
