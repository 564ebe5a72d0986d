import { arenaTake } from "../memory/arena";
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

let first: HeaderWrite | null = null;
let last: HeaderWrite | null = null;
let othersFollow = false;

/** Says that a module has several filters: what one writes must be what those after it read. */
export function expectOthers(): void {
  othersFollow = true;
}

/**
 * Sets a header to one value, whatever was there. If it is one of the current request, the slots stay as they are until the filter
 * that writes has done its part (`applyHeaderWrites`): what it reads is the request as it came to it.
 */
export function setHeader(map: HeaderMap, name: Text, start: usize, length: u32): Status {
  const status = replaceHeader(map, name, start, length);
  if (othersFollow) note(Change.SET, map, status, name, start, length);
  return status;
}

/** Adds a header beside those of the same name; else as `setHeader`. */
export function appendHeader(map: HeaderMap, name: Text, start: usize, length: u32): Status {
  const status = addHeader(map, name, start, length);
  if (othersFollow) note(Change.ADD, map, status, name, start, length);
  return status;
}

/** Removes every header of that name, Ok if there is none; else as `setHeader`. */
export function dropHeader(map: HeaderMap, name: Text): Status {
  const status = removeHeader(map, name);
  if (othersFollow) note(Change.REMOVE, map, status, name, 0, 0);
  return status;
}

/** Makes the slots, and those of all facts that are read from them, what the filter before has made of the request. */
export function applyHeaderWrites(): void {
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
  if (slot == null) return;
  const write = changetype<HeaderWrite>(arenaTake(offsetof<HeaderWrite>()));
  write.change = change;
  write.slot = slot;
  // The bytes may lie where the next value is put together.
  write.start = arenaTake(length);
  memory.copy(write.start, start, length);
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
