/**
 * The part of a proxy that specifications need: properties, and contexts that end. A specification exports from here the
 * calls that it wants answered (`test/support/spec/imports.js`).
 */
import { arenaTake } from "../../../assembly/memory/arena";
import { Status } from "../../../assembly/host/status";
import { specRegion } from "./bytes";
import { Text } from "../../../assembly/text/text";

const properties = new Map<string, usize>();
const failures = new Map<string, u32>();
const ended = new Set<u32>();

/** How often a property was asked for since `forgetProperties`. */
export let propertyReads: u32 = 0;

/** The contexts made effective, in order, separated by blanks. */
export let effective: string = "";

/** Gives a property a value; the segments of its path are separated by `/`. */
export function setProperty(path: string, value: Text): void {
  properties.set(path, changetype<usize>(value));
}

/** Gives a property an integer value, which crosses as 8 bytes, little-endian. */
export function setIntegerProperty(path: string, value: u64): void {
  const bytes = changetype<Text>(specRegion().take(sizeof<u32>() + 8));
  bytes.length = 8;
  store<u64>(bytes.start, value);
  setProperty(path, bytes);
}

/** Has the reading of a property fail with a status. */
export function failProperty(path: string, status: u32): void {
  failures.set(path, status);
}

export function forgetProperties(): void {
  properties.clear();
  failures.clear();
  propertyReads = 0;
}

/** Lets a context end: making it effective fails from now on. */
export function endContext(id: u32): void {
  ended.add(id);
}

export function forgetContexts(): void {
  ended.clear();
  effective = "";
}

/** The host call `proxy_get_property`: hands the bytes over in memory from `malloc`, as Envoy does. */
export function proxy_get_property(path: usize, length: u32, start: usize, size: usize): u32 {
  propertyReads++;
  const name = changetype<string>(String.UTF8.decodeUnsafe(path, length)).replaceAll("\0", "/");
  if (failures.has(name)) return failures.get(name);
  if (!properties.has(name)) return Status.NOT_FOUND;
  const value = changetype<Text>(properties.get(name));
  const copy = arenaTake(value.length);
  memory.copy(copy, value.start, value.length);
  store<usize>(start, copy);
  store<u32>(size, value.length);
  return Status.OK;
}

/** The host call `proxy_set_effective_context`: BadArgument for a context that is no more, and nothing changes. */
export function proxy_set_effective_context(id: u32): u32 {
  if (ended.has(id)) return Status.BAD_ARGUMENT;
  effective += (effective.length > 0 ? " " : "") + id.toString();
  return Status.OK;
}
