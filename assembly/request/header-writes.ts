import { arenaTake } from "../memory/arena";
import { VECTOR } from "../memory/vector";
import { HeaderMap, addHeader, removeHeader, replaceHeader } from "../host/headers";
import { Status } from "../host/status";
import { Text } from "../text/text";
import { headersAreRead, reopenRequest, slotsOfRequest } from "./request";
import { Fact, Slot } from "./slots";
import { addHeaderValue, forgetState, isKnown, setAbsent, stateOf } from "./states";

const enum Change {
  SET,
  ADD,
  REMOVE,
}

/** A change of a header that has a slot: the host has taken it, and the slot does not know of it yet. */
@unmanaged
class HeaderWrite {
  change: Change;
  slot: Slot;
  start: usize;
  length: u32;
  next: HeaderWrite | null;
}

/** The number of no filter: it is above those of all. */
const NOBODY: u32 = u32.MAX_VALUE;

let first: HeaderWrite | null = null;
let last: HeaderWrite | null = null;
let writer: u32 = NOBODY;

/**
 * Says which of a module's filters acts on the current request from now on, by its number: what one writes must be what those after it read.
 * To be called before each filter that writes what a later one may read. A module of one filter never calls it.
 */
export function actsNow(filter: u32): void {
  writer = filter;
}

/**
 * Sets a header to one value, whatever was there. If it is one of the current request, the slots stay as they are until the filter
 * that writes has done its part (`applyHeaderWrites`): what it reads is the request as it came to it.
 */
export function setHeader(map: HeaderMap, name: Text, start: usize, length: u32): Status {
  const status = replaceHeader(map, name, start, length);
  if (writer != NOBODY) note(Change.SET, map, status, name, start, length);
  return status;
}

/** The same of a header of the request whose slot has that number, which spares looking for it by its name. */
export function setHeaderOf(number: u32, name: Text, start: usize, length: u32): void {
  const status = replaceHeader(HeaderMap.REQUEST_HEADERS, name, start, length);
  const slot = slotsOfRequest().at(number);
  if (slot.lastAsker > writer && status == Status.OK) noteOf(slot, Change.SET, start, length);
}

/** Adds a header beside those of the same name; else as `setHeader`. */
export function appendHeader(map: HeaderMap, name: Text, start: usize, length: u32): Status {
  const status = addHeader(map, name, start, length);
  if (writer != NOBODY) note(Change.ADD, map, status, name, start, length);
  return status;
}

/** Removes every header of that name, Ok if there is none; else as `setHeader`. */
export function dropHeader(map: HeaderMap, name: Text): Status {
  const status = removeHeader(map, name);
  if (writer != NOBODY) note(Change.REMOVE, map, status, name, 0, 0);
  return status;
}

/** Makes the slots, and those of all facts that are read from them, what the filter before has made of the request. */
export function applyHeaderWrites(): void {
  if (first != null) applyNoted();
}

function applyNoted(): void {
  let write = first;
  first = null;
  last = null;
  while (write != null && headersAreRead()) {
    apply(write);
    write = write.next;
  }
}

/** Forgets what was written for another request. */
export function forgetHeaderWrites(): void {
  first = null;
  last = null;
}

function note(change: Change, map: HeaderMap, status: Status, name: Text, start: usize, length: u32): void {
  if (map != HeaderMap.REQUEST_HEADERS || status != Status.OK) return;
  const slot = slotsOfRequest().find(Fact.HEADER, name.start, name.length);
  if (slot != null && slot.lastAsker > writer) noteOf(slot, change, start, length);
}

function noteOf(slot: Slot, change: Change, start: usize, length: u32): void {
  const write = changetype<HeaderWrite>(arenaTake(offsetof<HeaderWrite>() + length + VECTOR));
  write.change = change;
  write.slot = slot;
  // The bytes may lie where the next value is put together. Some behind them are copied too (`memory/vector.ts`).
  write.start = changetype<usize>(write) + offsetof<HeaderWrite>();
  for (let at: u32 = 0; at < length; at += VECTOR) v128.store(write.start + at, v128.load(start + at));
  write.length = length;
  write.next = null;
  const before = last;
  if (before == null) first = write;
  else before.next = write;
  last = write;
}

function apply(write: HeaderWrite): void {
  const slot = write.slot;
  const state = stateOf(slot.number);
  if (write.change == Change.ADD && isKnown(state) && state.count > 0) {
    // Of some headers Envoy joins the values, of others it does not: it is asked again.
    return reopenRequest();
  }
  if (isKnown(state)) setAbsent(state);
  if (write.change != Change.REMOVE) addHeaderValue(slot.number, write.start, write.length);
  let derived = slot.firstDerived;
  while (derived != null) {
    forgetState(stateOf(derived.number));
    derived = derived.nextDerived;
  }
}
