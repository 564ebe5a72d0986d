import { isObject, type Json } from "../../input/resource.ts";

/** The objects of a list; what is something else in it counts as empty, so that places stay. No list has none. */
export function objectsOf(value: unknown): Json[] {
  return Array.isArray(value) ? value.map((one) => (isObject(one) ? one : {})) : [];
}
