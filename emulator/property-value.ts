import { fromArray, utf8, type ByteString } from "./bytes.ts";
import { encodePairs, type Pair } from "./pairs.ts";

/**
 * A value that a property can have, in the types of CEL (Envoy's `serializeValue` in
 * source/extensions/common/wasm/context.cc says how each becomes bytes): text in UTF-8, bytes as they are, a boolean one
 * byte, a bigint or a whole number an int64 (`request.size`, `source.port`, `response.code` are), `double()` a double,
 * a list or map pairs. Within `struct()` every number is a double, as in a node's metadata and a filter's.
 */
export type PropertyValue =
  | string
  | boolean
  | number
  | bigint
  | null
  | Uint8Array
  | Double
  | Struct
  | readonly PropertyValue[]
  | { readonly [name: string]: PropertyValue };

/** A double; a plain number is an integer. */
export class Double {
  constructor(readonly value: number) {}
}

/** A `google.protobuf.Struct`. */
export class Struct {
  constructor(readonly fields: { readonly [name: string]: PropertyValue }) {}
}

/** A double as a property's value. */
export function double(value: number): Double {
  return new Double(value);
}

/** A `google.protobuf.Struct` as a property's value: JSON, all numbers doubles. */
export function struct(fields: { readonly [name: string]: PropertyValue }): Struct {
  return new Struct(fields);
}

/**
 * What lies at `path` in a value, its numbers turned into doubles below a struct.
 *
 * @returns undefined where there is nothing
 */
export function select(value: PropertyValue, path: readonly string[], from = 0): PropertyValue | undefined {
  let at: PropertyValue | undefined = value;
  let inStruct = false;
  for (let i = from; i <= path.length; i++) {
    if (at instanceof Struct) {
      inStruct = true;
      at = at.fields;
    }
    if (i === path.length) break;
    const part = path[i]!;
    if (Array.isArray(at)) at = /^\d+$/.test(part) ? (at as readonly PropertyValue[])[Number(part)] : undefined;
    else if (isMap(at)) at = Object.hasOwn(at, part) ? at[part] : undefined;
    else return undefined;
    if (at === undefined) return undefined;
  }
  return inStruct && at !== undefined ? asStruct(at) : at;
}

/** The bytes of a value, or undefined for one that the proxy cannot serialise (null). */
export function serialize(value: PropertyValue): ByteString | undefined {
  if (typeof value === "string") return utf8(value);
  if (typeof value === "boolean") return value ? "\x01" : "\0";
  if (typeof value === "bigint") return int64(value);
  if (typeof value === "number") return int64(BigInt(value));
  if (value === null) return undefined;
  if (value instanceof Uint8Array) return fromArray(value);
  if (value instanceof Double) return float64(value.value);
  if (value instanceof Struct) return serialize(asStruct(value.fields));
  const entries: [string, PropertyValue][] = Array.isArray(value)
    ? (value as readonly PropertyValue[]).map((item) => ["", item])
    : Object.entries(value);
  const pairs: Pair[] = [];
  for (const [name, item] of entries) {
    const bytes = serialize(item);
    if (bytes === undefined) return undefined;
    // The items of a list are the names of pairs without values.
    pairs.push(Array.isArray(value) ? [bytes, ""] : [utf8(name), bytes]);
  }
  return encodePairs(pairs);
}

/** Eight bytes, little-endian. */
export function int64(value: bigint): ByteString {
  const view = new DataView(new ArrayBuffer(8));
  view.setBigInt64(0, BigInt.asIntN(64, value), true);
  return fromArray(new Uint8Array(view.buffer));
}

function float64(value: number): ByteString {
  const view = new DataView(new ArrayBuffer(8));
  view.setFloat64(0, value, true);
  return fromArray(new Uint8Array(view.buffer));
}

function isMap(value: PropertyValue | undefined): value is { readonly [name: string]: PropertyValue } {
  return typeof value === "object" && value !== null && !(value instanceof Uint8Array) && !(value instanceof Double);
}

function asStruct(value: PropertyValue): PropertyValue {
  if (typeof value === "number") return new Double(value);
  if (Array.isArray(value)) return (value as readonly PropertyValue[]).map((item) => asStruct(item));
  if (value instanceof Struct) return asStruct(value.fields);
  if (isMap(value)) return Object.fromEntries(Object.entries(value).map(([name, item]) => [name, asStruct(item)]));
  return value;
}
