import type { Json } from "../input/resource.ts";
import { isObject } from "../input/resource.ts";

/** A value with one thing changed. */
export interface Mutant {
  /** Where and how it was changed. */
  readonly what: string;
  readonly value: unknown;
}

/** Words that can stand for each other. */
const INSTEAD: Readonly<Record<string, string>> = { ALLOW: "DENY", DENY: "ALLOW", SERVER: "CLIENT", CLIENT: "SERVER" };
const OPERATORS: Readonly<Record<string, string>> = {
  exact: "prefix",
  prefix: "exact",
  values: "notValues",
  notValues: "values",
  headers: "withoutHeaders",
  withoutHeaders: "headers",
};

/** All values that differ from this one in one thing: a value, an operator, something left out, two things swapped. */
export function mutantsOf(value: unknown, at = ""): Mutant[] {
  if (typeof value === "string") {
    const other = INSTEAD[value];
    return [
      { what: `${at}: longer`, value: `${value}x` },
      ...(other === undefined ? [] : [{ what: `${at}: ${other}`, value: other }]),
    ];
  }
  if (typeof value === "number")
    return [value + 1, Math.floor(value / 2)].map((one) => ({ what: `${at}: ${one}`, value: one }));
  if (typeof value === "boolean") return [{ what: `${at}: ${!value}`, value: !value }];
  if (Array.isArray(value)) return ofList(value, at);
  return isObject(value) ? ofObject(value, at) : [];
}

function ofList(list: readonly unknown[], at: string): Mutant[] {
  return list.flatMap((one, place) => [
    ...mutantsOf(one, `${at}[${place}]`).map(({ what, value }) => ({ what, value: replaced(list, place, value) })),
    ...(list.length > 1
      ? [{ what: `${at}[${place}]: dropped`, value: list.filter((_, other) => other !== place) }]
      : []),
    ...(place > 0
      ? [{ what: `${at}[${place}]: swapped`, value: replaced(replaced(list, place, list[place - 1]), place - 1, one) }]
      : []),
  ]);
}

function replaced(list: readonly unknown[], place: number, value: unknown): unknown[] {
  return list.map((one, at) => (at === place ? value : one));
}

function ofObject(object: Json, at: string): Mutant[] {
  return Object.entries(object).flatMap(([name, one]) => {
    const { [name]: _, ...others } = object;
    const operator = OPERATORS[name] ?? negated(name, at);
    return [
      ...mutantsOf(one, `${at}.${name}`).map(({ what, value }) => ({ what, value: { ...object, [name]: value } })),
      { what: `${at}.${name}: left out`, value: others },
      ...(operator === undefined
        ? []
        : [{ what: `${at}.${name}: ${operator}`, value: { ...others, [operator]: one } }]),
    ];
  });
}

/** A field of a source or an operation, turned round. */
function negated(name: string, at: string): string | undefined {
  if (!/(?:source|operation)$/.test(at)) return undefined;
  if (name.startsWith("not")) return `${name.charAt(3).toLowerCase()}${name.slice(4)}`;
  return `not${name.charAt(0).toUpperCase()}${name.slice(1)}`;
}
