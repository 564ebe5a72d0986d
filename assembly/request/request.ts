import { arenaTake } from "../memory/arena";
import { HeaderMap, pairsSize, pairsStart, readHeaderPairs } from "../host/headers";
import { Status } from "../host/status";
import { Text } from "../text/text";
import { askedWithDoubts, beginDoubts, doubtsOfFact, forgetAsked } from "./doubts";
import { forgetIdentity } from "./principal";
import { pathLength } from "./path-length";
import { readFact } from "./readers";
import { Fact, Slot, SlotTable, isPart } from "./slots";
import {
  SlotState,
  addHeaderValue,
  addPresentPart,
  addValue,
  forgetSlots,
  isKnown,
  setAbsent,
  setOnlyValue,
  stateOf,
} from "./states";
import { Value } from "./value";

export { firstPresentHeader, reserveSlots } from "./states";

/** What is known of the current request's headers. */
const enum Headers {
  UNREAD,
  READ,
  /** The host did not hand them over. */
  REFUSED,
}

let table: SlotTable = changetype<SlotTable>(0);
let headers: Headers = Headers.UNREAD;

/** Starts a request, which the slots given are for: nothing is read yet. */
export function openRequest(slots: SlotTable): void {
  table = slots;
  reopenRequest();
}

/** Starts the current request anew: nothing of it is read yet. */
export function reopenRequest(): void {
  headers = Headers.UNREAD;
  forgetSlots();
  forgetAsked();
  forgetIdentity();
}

/** The slots of the current request. */
export function slotsOfRequest(): SlotTable {
  return table;
}

/**
 * Reads the request's headers into the slots that there are for them, all at once, at the first asking. False if the host refuses, or
 * gives none or what is malformed: a request always has some.
 */
export function readRequestHeaders(): bool {
  // Each filter of a module asks, and only the first does more than look.
  return headers == Headers.READ || readUnread();
}

function readUnread(): bool {
  if (headers == Headers.REFUSED) return false;
  const read = readHeaderPairs(HeaderMap.REQUEST_HEADERS) == Status.OK && fillHeaders(pairsStart, pairsSize);
  headers = read ? Headers.READ : Headers.REFUSED;
  return read;
}

/** Whether the request's headers are in the slots. */
export function headersAreRead(): bool {
  return headers == Headers.READ;
}

/** Presumes, while the headers are not read, that the request has a header of that value. */
export function presumeHeader(number: u32, value: Text): void {
  addHeaderValue(number, value.start, value.length);
}

/**
 * Takes headers in the host's pairs encoding (`host/headers.ts`) into the slots. Malformed pairs end the reading, and are
 * told by false, as are none at all.
 */
export function fillHeaders(pairs: usize, size: u32): bool {
  if (size < 4) return false;
  const end = <u64>pairs + size;
  const count = load<u32>(pairs);
  if (count > (size - 4) / 8) return false;
  let lengths = pairs + 4;
  const first = lengths + count * 8;
  const wanted = table.nameLengths;
  for (let at = first; lengths < first; lengths += 8) {
    const both = load<u64>(lengths);
    const nameLength = <u32>both;
    const valueLength = <u32>(both >> 32);
    const next = <u64>at + nameLength + valueLength + 2;
    if (next > end) return false;
    // The sign is the bit of the length (`SlotTable.nameLengths`).
    if (<i64>(wanted << nameLength) < 0) {
      const slot = table.find(Fact.HEADER, at, nameLength);
      if (slot != null) addHeaderValue(slot.number, at + nameLength + 1, valueLength);
    }
    at = <usize>next;
  }
  const path = table.path;
  if (path != null) fillPath(path);
  return true;
}

/** Reads the path without its query if `:path` has one value. Most plans ask for it, and what reads a fact at its first asking costs more. */
function fillPath(path: Slot): void {
  const target = stateOf(path.source);
  if (!isKnown(target) || target.count != 1) return;
  const state = stateOf(path.number);
  setAbsent(state);
  setOnlyValue(state, target.start, pathLength(target.start, target.length));
}

/**
 * The slot's first value, null if the request has none; go on with `next`. A fact is read at its first asking. The values of a
 * repeated header are one if `repeatedHeaders` says so.
 */
export function firstValue(number: u32): Value | null {
  const state = stateOf(number);
  if (!isKnown(state)) {
    const slot = table.at(number);
    if (slot.fact == Fact.HEADER) return null;
    read(slot, state);
  } else if (state.count > 1 && table.joined && table.at(number).fact == Fact.HEADER) {
    return joined(state);
  }
  askedWithDoubts(state.doubts);
  return state.count > 0 ? state : null;
}

/** The first value of a header's slot, whatever `repeatedHeaders` says; go on with `next`. */
export function firstOfEach(number: u32): Value | null {
  const state = stateOf(number);
  return isKnown(state) && state.count > 0 ? state : null;
}

/** Whether the request has a value for the slot. */
export function isPresent(number: u32): bool {
  return firstValue(number) != null;
}

/**
 * One of those parts that the request has of a fact and the plan knows, the slot given being one of them; null if there is none. Go on
 * with `nextPresent`.
 */
export function firstPresentPart(number: u32): SlotState | null {
  firstValue(number);
  const source = stateOf(table.at(number).source);
  return isKnown(source) ? source.presentParts : null;
}

/** Reads a fact. What is doubtful about what it is made of is so about the fact. */
function read(slot: Slot, state: SlotState): void {
  const source = slot.derived ? firstValue(slot.source) : null;
  beginDoubts();
  if (isPart(slot.fact)) {
    readParts(slot, source);
    if (!isKnown(state)) setAbsent(state);
  } else {
    setAbsent(state);
    readFact(slot, source);
  }
  state.doubts = doubtsOfFact() | (slot.derived ? stateOf(slot.source).doubts : 0);
}

/** Reads all parts of a fact that somebody asks for, if they are not read yet; what is doubtful about that is so about each. */
function readParts(slot: Slot, source: Value | null): void {
  if (source == null) return readFact(slot, null);
  const whole = stateOf(slot.source);
  if (whole.partsAreRead) return;
  whole.partsAreRead = true;
  readFact(slot, source);
  whole.doubts |= doubtsOfFact();
}

/** Takes a part that the request has into the slot that there is for it. Of several with one name the first counts. */
export function addPart(fact: Fact, name: usize, nameLength: u32, start: usize, length: u32): void {
  const slot = slotOfPart(fact, name, nameLength);
  if (slot != null) addValue(slot.number, start, length);
}

/** The slot of a part that the request has; null if nobody asks for it, or it was there before. */
export function slotOfPart(fact: Fact, name: usize, nameLength: u32): Slot | null {
  const slot = table.find(fact, name, nameLength);
  if (slot == null) return null;
  const state = stateOf(slot.number);
  if (isKnown(state)) return null;
  addPresentPart(state, stateOf(slot.source));
  return slot;
}

/** A repeated header's values as one, with "," between (Envoy's `HeaderUtility::getAllOfHeaderAsString`). */
function joined(state: SlotState): Value {
  const known = state.joined;
  if (known != null) return known;
  let length: u32 = 0;
  let value: Value | null = state;
  while (value != null) {
    length += value.length + 1;
    value = value.next;
  }
  const start = arenaTake(length);
  let at = start;
  value = state;
  while (value != null) {
    if (value != state) store<u8>(at++, 0x2c);
    memory.copy(at, value.start, value.length);
    at += value.length;
    value = value.next;
  }
  const whole = Value.of(start, length - 1);
  state.joined = whole;
  return whole;
}
