import type { Schema } from "../problem.ts";

/** The fields of an object by name. */
export type Fields = Readonly<Record<string, Schema>>;

const REQUIRED = Symbol("required");

/** A field that must be there. */
export function required(schema: Schema): Schema {
  return { ...schema, [REQUIRED]: true };
}

/** An object that has these fields and no others. `rules` are keywords beside them. */
export function object(description: string, fields: Fields, rules: Schema = {}): Schema {
  const names = Object.keys(fields).filter((name) => REQUIRED in (fields[name] as object));
  return {
    description,
    type: "object",
    properties: fields,
    ...(names.length > 0 && { required: names }),
    additionalProperties: false,
    ...rules,
  };
}

/** An object whose names are the user's own. */
export function map(description: string, values: Schema, rules: Schema = {}): Schema {
  return { description, type: "object", additionalProperties: values, ...rules };
}

/** A list; `rules` such as `FILLED`. */
export function list(description: string, items: Schema, rules: Schema = {}): Schema {
  return { description, type: "array", items, ...rules };
}

/** A list that must not be empty. */
export const FILLED: Schema = { minItems: 1 };

/**
 * The most that a filter takes of what it reads in one step (`assembly/config/place.ts: firstOfFew`): in a list, and in a map. It takes 32 KiB of
 * it, which a schema cannot say.
 */
export const FEW: Schema = { maxItems: 1000 };
export const FEW_NAMES: Schema = { maxProperties: 1000 };

/** A string that is not empty; `examples` are shown by editors, and what tests write. */
export function text(description: string, examples: readonly string[], rules: Schema = {}): Schema {
  return { description, type: "string", minLength: 1, examples, ...rules };
}

/** A string, which may be empty. */
export function anyText(description: string, examples: readonly string[], rules: Schema = {}): Schema {
  return { description, type: "string", examples, ...rules };
}

/** One of some names, to the letter. */
export function oneOf(description: string, names: readonly string[], usual?: string): Schema {
  return { description, type: "string", enum: names, ...(usual !== undefined && { default: usual }) };
}

export function flag(description: string, usual = false): Schema {
  return { description, type: "boolean", default: usual };
}

export function integer(description: string, minimum: number, maximum: number, usual?: number): Schema {
  return { description, type: "integer", minimum, maximum, ...(usual !== undefined && { default: usual }) };
}

/** The largest number of 32 bits. */
export const MOST = 0xffff_ffff;

/** A share as Istio's `Percent` has it: 0, or 0.0001 to 100. */
export function percentage(description: string, usual?: number): Schema {
  const share = { type: "number", anyOf: [{ const: 0 }, { minimum: 0.0001, maximum: 100 }] };
  return { description, ...share, examples: [10, 100, 0.5], ...(usual !== undefined && { default: usual }) };
}

/** `{value: …}`. */
export function percent(description: string, usual = 0): Schema {
  return object(description, { value: percentage("per cent: 0, or 0.0001 to 100", usual) });
}

/** Go's notation without a sign (`time.ParseDuration`). */
export const DURATION = "^(([0-9]+(\\.[0-9]*)?|\\.[0-9]+)(h|m|s|ms|us|µs|μs|ns))+$";

/** A duration of Istio's: whole milliseconds, in Go's notation without a sign. */
export function duration(description: string, usual?: string): Schema {
  return {
    description,
    type: "string",
    pattern: DURATION,
    examples: ["5s", "100ms", "1h30m"],
    ...(usual !== undefined && { default: usual }),
  };
}

const TOKEN = "[!#$%&'*+.^_`|~0-9A-Za-z-]+";

/** What a header's name looks like (RFC 9110, section 5.1); a pseudo-header's begins with a colon. */
export const HEADER_NAME = `^:?${TOKEN}$`;
/** The same without pseudo-headers, and without `host`, which stands for one. */
export const CHANGEABLE_HEADER = `^(?![hH][oO][sS][tT]$)${TOKEN}$`;

export function headerName(description: string, examples: readonly string[]): Schema {
  return text(description, examples, { pattern: HEADER_NAME });
}

/** A name of at most 253 characters, as Kubernetes has them. */
export function resourceName(description: string, examples: readonly string[], usual?: string): Schema {
  return text(description, examples, { maxLength: 253, ...(usual !== undefined && { default: usual }) });
}

/** A regular expression: the schema says how long it may be, RE2 what it may have in it. */
export function regex(description: string): Schema {
  return text(description, ["v[0-9]+", ".*jason.*"], { maxLength: 1024 });
}

/** Labels, as a WorkloadSelector has them. */
export const selector = (description: string, labels: string): Schema =>
  object(description, {
    matchLabels: map(labels, anyText("the label's value", ["httpbin", "v1"], { pattern: "^[^*]*$" }), {
      ...FEW_NAMES,
      propertyNames: { pattern: "^[^*]+$" },
    }),
  });

/** Headers of an answer that the filter sends itself; `own` are those that it writes. */
export function replyHeaders(description: string, own: readonly string[]): Schema {
  const taken = ["content-length", "transfer-encoding", ...own];
  return map(
    description,
    anyText("the header's value", ["maintenance", ""], { pattern: "^[^\\u0000-\\u0008\\u000a-\\u001f\\u007f]*$" }),
    {
      ...FEW_NAMES,
      propertyNames: { pattern: `^${TOKEN}$`, not: { enum: taken } },
    },
  );
}
