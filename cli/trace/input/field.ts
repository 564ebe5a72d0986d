import { shownPath } from "../../input/path.ts";
import type { Value } from "../span.ts";

/** What an input lacks, and where: `place` is the path in its JSON. */
export class Unexpected extends Error {
  constructor(
    readonly place: string,
    message: string,
  ) {
    super(message);
  }
}

/** An object of JSON that is no list. */
export type Fields = Readonly<Record<string, unknown>>;

/** Whether it is an object that is no list. */
export function isFields(value: unknown): value is Fields {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** Where a value stands in the JSON. The text is made only if something is wrong there. */
export type Place = readonly (string | number)[];

/** @throws Unexpected, naming what is expected and what is there */
export function unexpected(place: Place, expected: string, value: unknown): never {
  throw new Unexpected(shownPath(place), `expected ${expected}${got(value)}`);
}

/** How much of a value a message shows, in characters. */
const SHOWN = 60;

function got(value: unknown): string {
  if (value === undefined) return ", and there is nothing";
  const text = JSON.stringify(value);
  return `, got ${text.length > SHOWN ? `${text.slice(0, SHOWN)}…` : text}`;
}

/** The objects of a list; none if it is absent or null. */
export function objectsIn(value: unknown, place: Place): Fields[] {
  if (value === undefined || value === null) return [];
  if (!Array.isArray(value)) unexpected(place, "a list", value);
  const list = value as unknown[];
  list.forEach((item, at) => isFields(item) || unexpected([...place, at], "an object", item));
  return list as Fields[];
}

/** A text; "" if it is absent or null. */
export function textAt(value: unknown, place: Place): string {
  if (value === undefined || value === null) return "";
  return typeof value === "string" ? value : unexpected(place, "a string", value);
}

/**
 * An id in lower case, filled up with zeros on the left to 16 digits, or to 32 (Jaeger once left leading zeros out); "" if it is absent or
 * only of zeros.
 */
export function idAt(value: unknown, place: Place, digits: 16 | 32): string {
  if (value === undefined || value === null || value === "") return "";
  const valid = typeof value === "string" && /^[0-9a-f]+$/i.test(value) && value.length <= digits;
  if (!valid) return unexpected(place, `${digits} hexadecimal digits`, value);
  const text = value.toLowerCase();
  return /^0+$/.test(text) ? "" : text.padStart(text.length <= 16 ? 16 : 32, "0");
}

/** An id that has to be there. */
export function requiredId(value: unknown, place: Place, digits: 16 | 32): string {
  const id = idAt(value, place, digits);
  return id === "" ? unexpected(place, `${digits} hexadecimal digits that are not all zero`, value) : id;
}

/** A number of 0 or more that JSON may also have as a string of digits, as it does for 64 bits; `undefined` if it is absent. */
export function numberAt(value: unknown, place: Place): number | undefined {
  if (value === undefined || value === null) return undefined;
  const number = typeof value === "string" && /^\d+$/.test(value) ? Number(value) : value;
  return typeof number === "number" && number >= 0 ? number : unexpected(place, "a number that is not negative", value);
}

/** Any value of JSON as one of an attribute: what is null is "", and an object is its JSON. */
export function plainValue(value: unknown): Value {
  if (typeof value === "string" || typeof value === "number" || typeof value === "boolean") return value;
  if (Array.isArray(value)) return value.map(plainValue);
  return value === null || value === undefined ? "" : JSON.stringify(value);
}
