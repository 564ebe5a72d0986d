/** Configurations that a filter reads in steps: large ones, which another VM has accepted before. */
import assert from "node:assert/strict";
import type { Emulator, Root, RootOptions } from "../../../emulator/index.ts";
import type { Compiled } from "./compiled.ts";
import { readAll } from "./steps.ts";

export type Json = null | boolean | number | string | readonly Json[] | { readonly [name: string]: Json };

/** Behind a document, it makes it one of 32 KiB or more. */
export const BEHIND = " ".repeat(33_000);
/** A list with so much in it is long: its items are read one at a time (`assembly/text/json/reader.ts`). */
export const WITHIN = " ".repeat(4096);

/** A document of which each list is long that `isLong` says so of, and so is each object in it. */
export function withLongLists(value: Json, isLong: () => boolean = () => true): string {
  if (Array.isArray(value)) {
    const items = value.map((item) => withLongLists(item, isLong));
    if (!isLong()) return `[${items.join(",")}]`;
    return `[${WITHIN}${items.map((item) => item.replace(/^\{/, `{${WITHIN}`)).join(",")}]`;
  }
  if (value === null || typeof value !== "object") return JSON.stringify(value);
  const members = Object.entries(value).map(([name, member]) => {
    return `${JSON.stringify(name)}:${withLongLists(member, isLong)}`;
  });
  return `{${members.join(",")}}`;
}

/** A root of another VM with that document for its pluginConfig, which must be accepted; it is read in steps while a request waits. */
export function readLate(compiled: Compiled, emulator: Emulator, document: string, options: RootOptions = {}): Root {
  const given = { rootId: compiled.filter, ...options, configuration: document };
  const canary = compiled.loadInto(emulator);
  const accepted = canary.createRoot(given);
  if (!accepted.accepted) throw new Error(compiled.errorsOf(canary).join("\n"));
  accepted.delete();
  const root = compiled.loadInto(emulator).createRoot(given);
  const first = root.stream({ requestHeaders: { ":authority": "a", ":path": "/", ":method": "GET" } });
  first.requestHeaders();
  assert.ok(readAll(root) > 0, "it was not read in steps");
  first.end();
  return root;
}
