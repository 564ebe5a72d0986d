import type { ErrorObject } from "ajv";
import { closest, distance } from "fastest-levenshtein";
import type { Path } from "../input/path.ts";
import type { Problem, Schema } from "./resource-schema.ts";

/** How much of a value a message shows, in characters. */
const SHOWN = 80;

/** One of Ajv's errors, in the words that the filters use; undefined where another of its errors says it. */
export function problemOf(error: ErrorObject): Problem | undefined {
  const path = pathOf(error.instancePath);
  const here = (message: string): Problem => ({ path, message, atKey: false });
  const params = error.params as Record<string, unknown>;
  switch (error.keyword) {
    case "additionalProperties": {
      const name = params.additionalProperty as string;
      const known = Object.keys((error.parentSchema as { properties?: object }).properties ?? {});
      return { path: [...path, name], message: `unknown field "${name}"${suggestion(name, known)}`, atKey: true };
    }
    case "required":
      if (isAlternative(error)) return undefined;
      return { path: [...path, String(params.missingProperty)], message: "required, and missing", atKey: false };
    case "oneOf":
      return alternatives(error, path);
    case "not":
    case "anyOf":
      return isAlternative(error) ? undefined : here(error.message ?? "");
    case "enum": {
      const values = (params.allowedValues as string[]).map(String);
      return here(`expected ${anyOf(values)}${suggestion(String(error.data), values)}${got(error)}`);
    }
    case "type":
      return here(`expected ${TYPES[String(params.type)] ?? String(params.type)}${got(error)}`);
    case "x-kubernetes-validations":
      return here(error.message ?? "");
    default:
      return here(`${error.message}${got(error)}`);
  }
}

const TYPES: Readonly<Record<string, string>> = {
  object: "an object",
  array: "a list",
  string: "a string",
  integer: "a whole number",
  number: "a number",
  boolean: "true or false",
};

/** ` (did you mean "…"?)` for the known name that is nearest, where it is near; else nothing. */
export function suggestion(name: string, known: readonly string[]): string {
  if (known.length === 0) return "";
  const near = closest(name, known);
  const far = Math.max(2, Math.floor(name.length / 3));
  return distance(name, near) <= far ? ` (did you mean "${near}"?)` : "";
}

/** `a, b or c`. */
export function anyOf(words: readonly string[]): string {
  return words.length < 2 ? words.join() : `${words.slice(0, -1).join(", ")} or ${words.at(-1)}`;
}

/** Whether an error is of one branch of a `oneOf`, which is told as a whole. */
function isAlternative({ schemaPath }: ErrorObject): boolean {
  return /\/(oneOf|anyOf|not)\//.test(schemaPath);
}

/** Where the definition says the same in CEL, that is told. */
function alternatives(error: ErrorObject, path: Path): Problem | undefined {
  if (error.parentSchema?.["x-kubernetes-validations"] !== undefined || isAlternative(error)) return undefined;
  const names = (error.schema as Schema[]).flatMap(({ required }) => (required as string[] | undefined) ?? []);
  return { path, message: `expected only one of ${anyOf(names)}`, atKey: false };
}

function got({ data }: ErrorObject): string {
  const text = JSON.stringify(data) ?? "nothing";
  return `, got ${text.length > SHOWN ? `${text.slice(0, SHOWN)}…` : text}`;
}

/** A JSON pointer as a path. */
function pathOf(pointer: string): Path {
  const steps = pointer.split("/").slice(1);
  return steps.map((step) => {
    const name = step.replaceAll("~1", "/").replaceAll("~0", "~");
    return /^\d+$/.test(name) ? Number(name) : name;
  });
}
