import { arenaTake } from "../host/arena";
import { HeaderMap, pairsSize, pairsStart, readHeaderPairs } from "../host/headers";
import { Status } from "../host/status";
import { hashText } from "../text/hash";
import { forgetIdentity } from "./principal";
import { forgetRefusal } from "./property";
import { readFact } from "./readers";
import { Fact, SlotTable, lengthBit } from "./slots";
import { SlotState, addHeaderValue, forgetSlots, isKnown, setAbsent, setOnlyValue, stateOf } from "./states";
import { Value } from "./value";

export { firstPresentHeader, reserveSlots } from "./states";

let table: SlotTable = changetype<SlotTable>(0);

/**
 * Starts the evaluation of a request by the plan whose slots are given: nothing is read yet.
 */
export function openRequest(slots: SlotTable): void {
  table = slots;
  forgetSlots();
  forgetRefusal();
  forgetIdentity();
}

/**
 * Reads the request's headers, all at once, into the slots that the plan has for them. False where the host refuses, or gives
 * none or what is malformed: a request always has some.
 */
export function readRequestHeaders(): bool {
  return readHeaderPairs(HeaderMap.REQUEST_HEADERS) == Status.OK && fillHeaders(pairsStart, pairsSize);
}

/**
 * Takes headers in the host's pairs encoding (`host/headers.ts`) into the slots. Malformed pairs end the reading, and are
 * told by false, as are none at all.
 */
export function fillHeaders(pairs: usize, size: u32): bool {
  if (size < 4) return false;
  const end = pairs + size;
  const count = load<u32>(pairs);
  let lengths = pairs + 4;
  if (<u64>count * 8 > <u64>(size - 4)) return false;
  let at = lengths + count * 8;
  const wanted = table.nameLengths;
  for (let i: u32 = 0; i < count; i++) {
    const nameLength = load<u32>(lengths);
    const valueLength = load<u32>(lengths, 4);
    lengths += 8;
    if (<u64>nameLength + valueLength + 2 > <u64>(end - at)) return false;
    if ((wanted & lengthBit(nameLength)) != 0) takeHeader(at, nameLength, valueLength);
    at += nameLength + valueLength + 2;
  }
  return true;
}

function takeHeader(name: usize, nameLength: u32, valueLength: u32): void {
  const hash = hashText(name, nameLength);
  let slot = table.candidates(hash);
  while (slot != null) {
    if (slot.hash == hash && slot.fact == Fact.HEADER && slot.name.is(name, nameLength)) {
      addHeaderValue(slot.number, name + nameLength + 1, valueLength);
      return;
    }
    slot = slot.beside;
  }
}

/** The slot's first value, null where the request has none; go on with `next`. A fact is read at its first asking. */
export function firstValue(number: u32): Value | null {
  const state = stateOf(number);
  if (!isKnown(state)) {
    const slot = table.at(number);
    if (slot.fact == Fact.HEADER) return null;
    setAbsent(state);
    readFact(slot, slot.derived ? firstValue(slot.source) : null);
  } else if (state.count > 1 && table.joined && table.at(number).fact == Fact.HEADER) {
    join(state);
  }
  return state.count > 0 ? state : null;
}

/** Whether the request has a value for the slot. */
export function isPresent(number: u32): bool {
  return firstValue(number) != null;
}

/** Makes a repeated header's values one, with "," between (Envoy's `HeaderUtility::getAllOfHeaderAsString`). */
function join(state: SlotState): void {
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
  setOnlyValue(state, start, length - 1);
}
