/**
 * The part of a proxy that changes a request's headers, in memory: for specifications with more requests than the emulator
 * would be quick with. A specification exports the calls from here that it wants answered (`test/support/spec/imports.js`).
 */
import { resetArena } from "../../../../assembly/memory/arena";
import { Status } from "../../../../assembly/host/status";
import { Region } from "../../../../assembly/memory/region";
import { fillHeaders, openRequest, reserveSlots } from "../../../../assembly/request/request";
import { SlotTable } from "../../../../assembly/request/slots";

/** The names and values of the request's headers, in order. */
let names: string[] = [];
let values: string[] = [];

/** The next request has no headers until some are added. */
export function clearHeaders(): void {
  names = [];
  values = [];
}

export function addHeader(name: string, value: string): void {
  names.push(name);
  values.push(value);
}

/** Takes away every header of that name. */
export function dropHeader(name: string): void {
  for (let i = names.length - 1; i >= 0; i--) {
    if (names[i] != name) continue;
    names.splice(i, 1);
    values.splice(i, 1);
  }
}

/** The headers as lines of `name: value`. */
export function headerLines(): string {
  let lines = "";
  for (let i = 0; i < names.length; i++) lines += names[i] + ": " + values[i] + "\n";
  return lines;
}

/** The values of the headers of that name. */
export function valuesNamed(name: string): string[] {
  const found: string[] = [];
  for (let i = 0; i < names.length; i++) if (names[i] == name) found.push(values[i]);
  return found;
}

/** A callback for these headers begins: it has read them, in the host's encoding (`assembly/host/headers.ts`), in which text is Latin-1. */
export function receiveHeaders(slots: SlotTable): void {
  resetArena();
  reserveSlots(slots.count);
  openRequest(slots);
  const region = Region.open();
  let size: u32 = 4;
  for (let i = 0; i < names.length; i++) size += 10 + names[i].length + values[i].length;
  const pairs = region.take(size);
  store<u32>(pairs, names.length);
  let at = pairs + 4 + 8 * names.length;
  for (let i = 0; i < names.length; i++) {
    store<u32>(pairs + 4 + 8 * i, names[i].length);
    store<u32>(pairs + 8 + 8 * i, values[i].length);
    at = put(put(at, names[i]), values[i]);
  }
  fillHeaders(pairs, size);
  const last = before;
  if (last != null) last.close();
  before = region;
}

/** Where the current request's headers are, until the next one's come. */
let before: Region | null = null;

function put(at: usize, text: string): usize {
  for (let i = 0; i < text.length; i++) store<u8>(at + i, text.charCodeAt(i));
  return at + text.length + 1;
}

function latin1(start: usize, length: u32): string {
  let text = "";
  for (let i: u32 = 0; i < length; i++) text += String.fromCharCode(load<u8>(start + i));
  return text;
}

export function proxy_replace_header_map_value(map: u32, name: usize, length: u32, value: usize, size: u32): u32 {
  if (map != 0) return Status.BAD_ARGUMENT;
  dropHeader(latin1(name, length));
  addHeader(latin1(name, length), latin1(value, size));
  return Status.OK;
}

export function proxy_remove_header_map_value(map: u32, name: usize, length: u32): u32 {
  if (map != 0) return Status.BAD_ARGUMENT;
  dropHeader(latin1(name, length));
  return Status.OK;
}
