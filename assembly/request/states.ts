import { allocate, release } from "../memory/heap";
import { Value } from "./value";

/** What is known of one slot in the current request. It is itself the first value, as most slots have no other. */
@unmanaged
export class SlotState extends Value {
  /** The request that this was filled for; any other number means: nothing yet. */
  request: u32;
  /** How many values there are. `hasOneValue` looks at it and the next field at once. */
  count: u32;
  /** What is doubtful about the fact, in bits (`doubts.ts`). `begin` clears it and the next field at once. */
  doubts: u32;
  /** All values joined, of a header that was asked for so; null if it was not. */
  joined: Value | null;
  /** If there are several values, the last of them. */
  last: Value;
  /** Whether those parts of it were read that have slots (`isPart`), and the first that is there. `begin` clears both at once. */
  partsAreRead: bool;
  presentParts: SlotState | null;
  /** For a header or a part that the request has: the next such. */
  nextPresent: SlotState | null;

  /** The number of the slot. */
  get number(): u32 {
    return <u32>(changetype<usize>(this) - states) / offsetof<SlotState>();
  }
}

const FIRST_CAPACITY: u32 = 32;

let states: usize = 0;
let capacity: u32 = 0;
let current: u32 = 0;
let presentHeaders: SlotState | null = null;

/**
 * Makes room for a plan's slots, so that no request has to. Call it when a plan is made.
 */
export function reserveSlots(count: u32): void {
  if (count <= capacity) return;
  let wanted = capacity == 0 ? FIRST_CAPACITY : capacity;
  while (wanted < count) wanted *= 2;
  const size = wanted * offsetof<SlotState>();
  if (states != 0) release(states);
  states = allocate(size);
  memory.fill(states, 0, size);
  capacity = wanted;
}

/** Starts the next request: nothing is known of any slot. */
export function forgetSlots(): void {
  presentHeaders = null;
  current++;
  if (current == 0) {
    memory.fill(states, 0, capacity * offsetof<SlotState>());
    current = 1;
  }
}

/** What is known of a slot; `isKnown` says whether it is of the current request. */
export function stateOf(number: u32): SlotState {
  return changetype<SlotState>(states + number * offsetof<SlotState>());
}

/** Whether the current request's values are in that state, be there any or none. */
export function isKnown(state: SlotState): bool {
  return state.request == current;
}

/** Whether a slot is known to have one value, and no other, which is not doubtful. */
export function hasOneValue(state: SlotState): bool {
  return isKnown(state) && load<u64>(changetype<usize>(state) + offsetof<SlotState>("count")) == 1;
}

/** Notes that the current request has no value for a slot, until one is added. */
export function setAbsent(state: SlotState): void {
  begin(state);
  state.count = 0;
}

/** Makes the state one of the current request, of which all is cleared but its values. */
function begin(state: SlotState): void {
  state.request = current;
  // This is done for each slot that a request fills: so `doubts` and `joined` take one store, and the two fields of the parts another.
  store<u64>(changetype<usize>(state) + offsetof<SlotState>("doubts"), 0);
  store<u64>(changetype<usize>(state) + offsetof<SlotState>("partsAreRead"), 0);
}

/** Makes nothing known of a slot that the current request's values are in: the next asking reads it anew. */
export function forgetState(state: SlotState): void {
  state.request = 0;
}

/** Adds a value to a slot of the current request. The bytes must live until the callback ends. */
export function addValue(number: u32, start: usize, length: u32): void {
  const state = stateOf(number);
  if (!isKnown(state)) setAbsent(state);
  addTo(state, start, length);
}

/** Adds the value of a header to its slot. */
export function addHeaderValue(number: u32, start: usize, length: u32): void {
  const state = stateOf(number);
  if (!isKnown(state)) {
    begin(state);
    state.nextPresent = presentHeaders;
    presentHeaders = state;
    return setOnlyValue(state, start, length);
  }
  addTo(state, start, length);
}

function addTo(state: SlotState, start: usize, length: u32): void {
  if (state.count == 0) return setOnlyValue(state, start, length);
  const value = Value.of(start, length);
  const before = state.count == 1 ? state : state.last;
  before.next = value;
  state.last = value;
  state.count++;
}

/** Makes a value the only one of its slot. */
export function setOnlyValue(state: SlotState, start: usize, length: u32): void {
  state.start = start;
  state.length = length;
  state.next = null;
  state.count = 1;
}

/** Notes that the request has a part, of which nothing is known yet, of a fact. */
export function addPresentPart(part: SlotState, whole: SlotState): void {
  setAbsent(part);
  part.nextPresent = whole.presentParts;
  whole.presentParts = part;
}

/**
 * One of the headers that the request has, or had before a filter removed it, and the plan knows; null where there is none. Go on with `nextPresent`: so what
 * looks for rules by header need not ask for each header that any rule names.
 */
export function firstPresentHeader(): SlotState | null {
  return presentHeaders;
}
