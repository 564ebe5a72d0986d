import type { Random } from "../../test/oracle/random.ts";
import type { Path } from "../input/path.ts";
import type { Schema } from "../schema/problem.ts";

/** A value that a schema takes, but for its rules about several fields: those are for the validator to check. */
export function documentOf(schema: Schema, random: Random, depth = 0): unknown {
  if ("const" in schema) return schema.const;
  const { enum: names, examples, anyOf, type } = schema as Record<string, unknown[]>;
  if (names !== undefined) return random.pick(names);
  if (type === undefined) {
    return anyOf === undefined
      ? random.pick([{}, ["*"], "x"])
      : documentOf(random.pick(anyOf) as Schema, random, depth);
  }
  const [kind] = [type].flat();
  if (kind === "object") return objectOf(schema, random, depth);
  if (kind === "array") return listOf(schema, random, depth);
  if (kind === "boolean") return random.percent(50);
  if (examples !== undefined) return random.pick(examples);
  return numberOf(schema, random);
}

function numberOf({ minimum, maximum, default: usual }: Schema, random: Random): unknown {
  return random.pick([minimum, maximum, usual ?? minimum]);
}

function objectOf(schema: Schema, random: Random, depth: number): unknown {
  const { properties, required = [], additionalProperties: values } = schema as Record<string, Record<string, Schema>>;
  if (properties === undefined) return mapOf(schema, values as Schema, random, depth);
  const names = Object.keys(properties);
  const branch = random.pick((schema.anyOf ?? [{}]) as Schema[]) as Branch;
  const must = [...(required as unknown as string[]), ...(branch.required ?? [])];
  const barred = (branch.not?.anyOf ?? []).flatMap((one) => (one.properties === undefined ? (one.required ?? []) : []));
  // Few fields of each object, and fewer the deeper it is, so that documents stay small.
  const others = random.some(
    names.filter((name) => !must.includes(name) && !barred.includes(name)),
    random.int(depth > 7 ? 2 : 4),
  );
  let chosen = [...new Set([...must, ...others])];
  const { minProperties = 0, maxProperties = Infinity } = schema as Record<string, number>;
  if (chosen.length < minProperties) chosen = [random.pick(names)];
  chosen = chosen.slice(0, maxProperties);
  const made = chosen.map((name) => [name, documentOf(properties[name] as Schema, random, depth + 1)]);
  const { if: condition, then } = schema as { if?: Branch; then?: Branch };
  const needed = condition?.required?.every((name) => chosen.includes(name)) ? (then?.properties ?? {}) : {};
  const fixed = Object.entries(needed).filter(([, one]) => one.const !== undefined);
  return { ...Object.fromEntries(made), ...Object.fromEntries(fixed.map(([name, one]) => [name, one.const])) };
}

/** What one of several branches of an object's schema asks for, as far as it is looked at. */
interface Branch {
  readonly required?: readonly string[];
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly not?: { readonly anyOf?: readonly Branch[] };
}

function mapOf({ propertyNames }: Schema, values: Schema, random: Random, depth: number): unknown {
  const { examples = ["x-team", "x-user", "x-region"] } = (propertyNames ?? {}) as { examples?: string[] };
  const names = random.some(examples, random.int(3));
  return Object.fromEntries(names.map((name) => [name, documentOf(values, random, depth + 1)]));
}

function listOf({ items, minItems = 0, uniqueItems }: Schema, random: Random, depth: number): unknown {
  const made = random.times(minItems as number, depth > 7 ? 1 : 2, () =>
    documentOf(items as Schema, random, depth + 1),
  );
  return uniqueItems === true ? [...new Set(made)] : made;
}

/** What stands at a place, by its path, of each kind of value that is no mere list or object. */
export function placesOf(value: unknown, path: Path = []): Path[] {
  if (typeof value !== "object" || value === null) return [path];
  const steps = Array.isArray(value) ? [...value.keys()] : Object.keys(value);
  return [path, ...steps.flatMap((step) => placesOf((value as Record<string, unknown>)[step], [...path, step]))];
}

const STRINGS = [
  "",
  "x",
  "0",
  "0s",
  "1.5ms",
  "5",
  "-1s",
  "*",
  "a*b",
  "**",
  "a/b",
  "spiffe://a/ns/b/sa/c",
  ":path",
  "host",
  "Host",
  "a b",
  "é",
  "\u0000",
  "{",
  "{x}",
  "%",
  "%%",
  "[",
  "*.x.*",
  "a.",
  "UNKNOWN",
  "ENABLED",
  "2026-13-01T00:00:00Z",
  "request.headers[]",
  "destination.ip",
  "x".repeat(300),
];
const NUMBERS = [-1, 0, 0.00001, 0.5, 1, 99, 100, 100.5, 600, 601, 65536, 1e6, 1e10];
const OTHERS = [{}, [], [{}], [null], { a: 1 }, { exact: "a", prefix: "b" }, null, true];

/** The document with one thing changed: a value, a field's name, a field or item more or less. */
export function changedDocument(document: unknown, random: Random): unknown {
  const changed = structuredClone(document) as Record<string, unknown>;
  const paths = placesOf(changed).filter(({ length }) => length > 0);
  if (paths.length === 0) return { unknown: true };
  const path = random.pick(paths);
  const last = path.at(-1) as string | number;
  const parent = path
    .slice(0, -1)
    .reduce<unknown>((value, step) => (value as Record<string, unknown>)[step], changed) as Record<string, unknown>;
  switch (random.int(5)) {
    case 0:
      if (Array.isArray(parent)) parent.splice(last as number, 1);
      else delete parent[last];
      break;
    case 1:
      if (Array.isArray(parent)) parent.push(structuredClone(parent[last as number]));
      else {
        parent[`${last}s`] = parent[last];
        delete parent[last];
      }
      break;
    case 2:
      parent[last] = random.pick(OTHERS);
      break;
    default:
      parent[last] =
        typeof parent[last] === "number" || random.percent(10) ? random.pick(NUMBERS) : random.pick(STRINGS);
  }
  return changed;
}
