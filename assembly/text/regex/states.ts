import { Region } from "../../memory/region";
import { sameBytes } from "../text";
import { ByteClasses } from "./byte-classes";
import { MAX_STATE_BYTES, TYPICAL_POSITIONS, TYPICAL_STATES } from "./limits";
import { Before } from "./place";
import { Program } from "./program";
import { Step } from "./step";

/** A transition that is not known yet. */
export const UNKNOWN: u32 = 0;

/** The state from which nothing matches. */
export const DEAD: u32 = 1;

/** Where the first state lies, in bytes: behind what the two numbers above would name. */
const FIRST: u32 = 8;

const LINK: usize = 0;
const COUNT: usize = 2;
const BEFORE: usize = 4;
const TRANSITIONS: usize = 6;

const BUCKETS: usize = 64;

/**
 * The states that a matcher has met, each a set of instructions before which the ways through the program stand, with
 * the transitions that were taken so far. A state's number is its place, in units of four bytes.
 *
 * The room for them is fixed; when it is full, all are forgotten and made again as they are met.
 */
@unmanaged
export class States {
  /** Where the states lie: state n is at this address and four times n. */
  room: usize;
  private bytes: u32;
  private next: u32;

  /** Bytes before a state's instructions: the fields above and a transition for each class and the end of the text. */
  private head: u32;

  private buckets: usize;

  /** How often the states were forgotten: numbers of states from before that are void. */
  generation: u32;

  static take(program: Program, classes: ByteClasses, region: Region): States {
    const states = changetype<States>(region.take(offsetof<States>()));
    states.head = <u32>TRANSITIONS + (classes.count + 1) * 2;
    const typical = states.size(min<u32>(program.length, TYPICAL_POSITIONS));
    const largest = states.size(program.length);
    states.bytes = min<u32>(FIRST + max<u32>(typical * TYPICAL_STATES, largest * 2), MAX_STATE_BYTES);
    states.room = region.take(states.bytes);
    states.buckets = region.take(BUCKETS << 1);
    states.next = FIRST;
    return states;
  }

  /** The address of a state, given its number. */
  at(number: u32): usize {
    return this.room + ((<usize>number) << 2);
  }

  transition(state: usize, byteClass: u32): u32 {
    return load<u16>(state + ((<usize>byteClass) << 1), TRANSITIONS);
  }

  setTransition(state: usize, byteClass: u32, number: u32): void {
    store<u16>(state + ((<usize>byteClass) << 1), number, TRANSITIONS);
  }

  /** Gives `step` the instructions of a state to step from. */
  step(state: usize, step: Step, next: u32): void {
    step.take(state + this.head, load<u16>(state, COUNT), load<u16>(state, BEFORE), next);
  }

  /** The number of the state of the instructions that `step` reached: `DEAD` where it reached none. */
  find(step: Step, before: Before): u32 {
    const count = step.count;
    if (count == 0) return DEAD;
    const size = this.size(count);
    if (this.next + size > this.bytes) this.forget();
    const state = this.room + this.next;
    memory.fill(state, 0, this.head);
    store<u16>(state, count, COUNT);
    store<u16>(state, before, BEFORE);
    step.drain(state + this.head);
    const bucket = this.buckets + (((<usize>this.hash(state)) & (BUCKETS - 1)) << 1);
    const first: u32 = load<u16>(bucket);
    for (let number = first; number != 0; number = load<u16>(this.at(number), LINK)) {
      if (this.same(this.at(number), state)) return number;
    }
    const number = this.next >> 2;
    store<u16>(state, first, LINK);
    store<u16>(bucket, number);
    this.next += size;
    return number;
  }

  private forget(): void {
    memory.fill(this.buckets, 0, BUCKETS << 1);
    this.next = FIRST;
    this.generation++;
  }

  private size(count: u32): u32 {
    return (this.head + count * 2 + 3) & ~3;
  }

  private hash(state: usize): u32 {
    let hash: u32 = 0x811c9dc5 ^ load<u16>(state, BEFORE);
    const end = state + this.head + ((<usize>load<u16>(state, COUNT)) << 1);
    for (let at = state + this.head; at < end; at += sizeof<u16>()) hash = (hash ^ load<u16>(at)) * 0x01000193;
    return hash ^ (hash >> 16);
  }

  private same(a: usize, b: usize): bool {
    if (load<u32>(a, COUNT) != load<u32>(b, COUNT)) return false;
    const bytes: u32 = (<u32>load<u16>(a, COUNT)) << 1;
    return sameBytes(a + this.head, bytes, b + this.head, bytes);
  }
}
