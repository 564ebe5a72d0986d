import type { ErrorObject } from "ajv";
import { closest, distance } from "fastest-levenshtein";
import type { Path } from "../input/path.ts";

/** A JSON schema, or a part of one. */
export interface Schema {
  readonly [keyword: string]: unknown;
}

/** What is wrong with a resource. */
export interface Problem {
  readonly path: Path;
  readonly message: string;
  /** Whether the field's name is what is wrong. */
  readonly atKey: boolean;
}

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
      return undefined;
    case "anyOf":
      return isAlternative(error) ? undefined : here(`expected a whole number or a string${got(error.data)}`);
    case "enum": {
      const values = (params.allowedValues as string[]).map(String);
      return here(`expected ${anyOf(values)}${suggestion(String(error.data), values)}${got(error.data)}`);
    }
    case "type":
      if (isAlternative(error)) return undefined;
      return here(`expected ${TYPES[String(params.type)] ?? String(params.type)}${got(error.data)}`);
    case "x-kubernetes-validations":
    case "x-kubernetes-list-map-keys":
      return here(error.message ?? "");
    case "pattern":
      return here(
        `expected ${PATTERNS[String(params.pattern)] ?? `a text that fits ${params.pattern}`}${got(error.data)}`,
      );
    case "minimum":
      return here(`expected ${String(params.limit)} or more${got(error.data)}`);
    case "maximum":
      return here(`expected ${String(params.limit)} or less${got(error.data)}`);
    default: {
      const size = SIZES[error.keyword]?.(params.limit as number, error.data);
      return here(size ?? `${error.message}${got(error.data)}`);
    }
  }
}

/** What Istio's patterns ask for. A test looks whether each of the schema's is here. */
export const PATTERNS: Readonly<Record<string, string>> = {
  "(^$|^[a-f0-9]{64}$)": "64 hexadecimal digits, with small letters",
  "^$|^[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*$": "a DNS name with small letters",
  "^[a-zA-Z]([-a-zA-Z0-9]*[a-zA-Z0-9])?$": "letters, digits and -, a letter first",
  "^[-_A-Za-z0-9]+$": "letters, digits, - and _",
};

/** Limits of sizes: what was expected, and what is there. */
const SIZES: Readonly<Record<string, (limit: number, data: unknown) => string>> = {
  maxItems: (limit, data) => `expected ${limit} items at most, got ${(data as unknown[]).length}`,
  minItems: (limit, data) => `expected ${limit} or more items, got ${(data as unknown[]).length}`,
  maxLength: (limit, data) => `expected ${limit} characters at most, got ${(data as string).length}`,
  minLength: (limit, data) => {
    return data === "" ? "expected a string that is not empty" : `expected ${limit} or more characters${got(data)}`;
  },
  maxProperties: (limit, data) => `expected ${limit} fields at most, got ${Object.keys(data as object).length}`,
  minProperties: (limit, data) => `expected ${limit} or more fields, got ${Object.keys(data as object).length}`,
};

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

/** `, got …`: a value as JSON, its start if it is long. */
export function got(data: unknown): string {
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
