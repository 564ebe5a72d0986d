import { arenaTake } from "../memory/arena";

/** One value of a fact: bytes that lie in the arena, and so live until the callback ends. */
@unmanaged
export class Value {
  start: usize;
  length: u32;
  next: Value | null;

  static of(start: usize, length: u32): Value {
    const value = changetype<Value>(arenaTake(offsetof<Value>()));
    value.start = start;
    value.length = length;
    value.next = null;
    return value;
  }
}
