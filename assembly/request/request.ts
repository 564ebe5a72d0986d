import { arenaTake } from "../host/arena";
import { HeaderMap, pairsSize, pairsStart, readHeaderPairs } from "../host/headers";
import { Status } from "../host/status";
import { hashName } from "../text/hash";
import { readClaim, readMetadata } from "./claim";
import { readCookie } from "./cookie";
import { readPort } from "./port";
import { readPrincipal } from "./principal";
import { Fact, Slot, SlotTable, lengthBit } from "./slots";
import { readPath, readQueryParameter } from "./target";
import { Value } from "./value";

/** What is known of one slot in the current request. It is itself the first value, as most slots have no other. */
@unmanaged
export class SlotState extends Value {
  /** The request that this was filled for; any other number means: nothing yet. */
  request: u32;
  /** How many values there are. */
  count: u32;
  last: Value;
  /** For a header that the request has: its slot, and the next such. */
  number: u32;
  nextPresent: SlotState | null;
}

const FIRST_CAPACITY: u32 = 32;

let states: usize = 0;
let capacity: u32 = 0;
let current: u32 = 0;
let table: SlotTable = changetype<SlotTable>(0);
let presentHeaders: SlotState | null = null;

/**
 * Makes room for a plan's slots, so that no request has to. Call it when a plan is made.
 */
export function reserveSlots(count: u32): void {
  if (count <= capacity) return;
  let wanted = capacity == 0 ? FIRST_CAPACITY : capacity;
  while (wanted < count) wanted *= 2;
  const size = wanted * offsetof<SlotState>();
  if (states != 0) heap.free(states);
  states = heap.alloc(size);
  memory.fill(states, 0, size);
  capacity = wanted;
}

/**
 * Starts the evaluation of a request by the plan whose slots are given: nothing is read yet.
 */
export function openRequest(slots: SlotTable): void {
  table = slots;
  presentHeaders = null;
  current++;
  if (current == 0) {
    memory.fill(states, 0, capacity * offsetof<SlotState>());
    current = 1;
  }
}

/**
 * Reads the request's headers, all at once, into the slots that the plan has for them. False where the host refuses.
 */
export function readRequestHeaders(): bool {
  if (readHeaderPairs(HeaderMap.REQUEST_HEADERS) != Status.OK) return false;
  fillHeaders(pairsStart, pairsSize);
  return true;
}

/** Takes headers in the host's pairs encoding (`host/headers.ts`) into the slots. Malformed pairs end the reading. */
export function fillHeaders(pairs: usize, size: u32): void {
  if (size < 4) return;
  const end = pairs + size;
  const count = load<u32>(pairs);
  let lengths = pairs + 4;
  if (<u64>count * 8 > <u64>(size - 4)) return;
  let at = lengths + count * 8;
  const wanted = table.nameLengths;
  for (let i: u32 = 0; i < count; i++) {
    const nameLength = load<u32>(lengths);
    const valueLength = load<u32>(lengths, 4);
    lengths += 8;
    if (<u64>nameLength + valueLength + 2 > <u64>(end - at)) return;
    if ((wanted & lengthBit(nameLength)) != 0) takeHeader(at, nameLength, valueLength);
    at += nameLength + valueLength + 2;
  }
}

function takeHeader(name: usize, nameLength: u32, valueLength: u32): void {
  const hash = hashName(name, nameLength);
  let slot = table.candidates(hash);
  while (slot != null) {
    if (slot.hash == hash && slot.fact == Fact.HEADER && slot.name.is(name, nameLength)) {
      addHeaderValue(slot.number, name + nameLength + 1, valueLength);
      return;
    }
    slot = slot.beside;
  }
}

function addHeaderValue(number: u32, start: usize, length: u32): void {
  const state = stateOf(number);
  if (state.request != current) {
    state.number = number;
    state.nextPresent = presentHeaders;
    presentHeaders = state;
  }
  addValue(number, start, length);
}

/**
 * One of the headers that the request has and the plan knows; null where there is none. Go on with `nextPresent`: so what
 * looks for rules by header need not ask for each header that any rule names.
 */
export function firstPresentHeader(): SlotState | null {
  return presentHeaders;
}

/** Adds a value to a slot of the current request. */
export function addValue(number: u32, start: usize, length: u32): void {
  const state = stateOf(number);
  if (state.request != current) {
    state.request = current;
    state.count = 0;
  }
  if (state.count == 0) {
    setOnlyValue(state, start, length);
  } else {
    const value = Value.of(start, length);
    state.last.next = value;
    state.last = value;
    state.count++;
  }
}

/** The slot's first value, null where the request has none; go on with `next`. A fact is read at its first asking. */
export function firstValue(number: u32): Value | null {
  const state = stateOf(number);
  if (state.request != current) {
    const slot = table.at(number);
    if (slot.fact == Fact.HEADER) return null;
    state.request = current;
    state.count = 0;
    readFact(slot);
  } else if (state.count > 1 && table.joined && table.at(number).fact == Fact.HEADER) {
    join(state);
  }
  return state.count > 0 ? state : null;
}

/** Whether the request has a value for the slot. */
export function isPresent(number: u32): bool {
  return firstValue(number) != null;
}

function setOnlyValue(state: SlotState, start: usize, length: u32): void {
  state.start = start;
  state.length = length;
  state.next = null;
  state.last = state;
  state.count = 1;
}

function stateOf(number: u32): SlotState {
  return changetype<SlotState>(states + number * offsetof<SlotState>());
}

function readFact(slot: Slot): void {
  switch (slot.fact) {
    case Fact.PATH:
      readPath(slot, firstValue(slot.source));
      break;
    case Fact.QUERY_PARAMETER:
      readQueryParameter(slot, firstValue(slot.source));
      break;
    case Fact.COOKIE:
      readCookie(slot, firstValue(slot.source));
      break;
    case Fact.CLAIM:
      readClaim(slot, firstValue(slot.source));
      break;
    case Fact.METADATA:
      readMetadata(slot);
      break;
    case Fact.PRINCIPAL:
      readPrincipal(slot);
      break;
    case Fact.PORT:
      readPort(slot);
      break;
  }
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
