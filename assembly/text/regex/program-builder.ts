import { Region } from "../../memory/region";
import { ByteSet } from "./byte-set";
import { MAX_PROGRAM } from "./limits";
import { Assertion, Op, Program, instruction } from "./program";

/**
 * Writes instructions while the pattern is read, with no tree in between: targets are relative, so that what a group has
 * become can be moved and copied as a whole.
 *
 * A match needs no priorities here (a text either matches whole or does not), so that greedy and lazy repetition
 * are the same instructions.
 */
@unmanaged
export class ProgramBuilder {
  private scratch: Region;
  private code: usize;
  private capacity: u32;
  private sets: usize;
  private setCapacity: u32;
  private setCount: u32;
  private assertions: u32;

  /** How many instructions are written: the place of the next. */
  length: u32;

  /** Whether more instructions were asked for than a program may have; from then on nothing is written. */
  full: bool;

  /** Gives an empty program; what it grows through lies in `scratch`. */
  static within(scratch: Region): ProgramBuilder {
    const builder = changetype<ProgramBuilder>(scratch.take(offsetof<ProgramBuilder>()));
    builder.scratch = scratch;
    return builder;
  }

  byte(value: u32): void {
    this.emit(instruction(Op.Byte, value));
  }

  /** Writes one byte of `set`, which is copied. */
  set(set: ByteSet): void {
    if (set.size == 1) this.byte(set.first);
    else this.emit(instruction(Op.Set, this.number(set)));
  }

  assertion(assertion: Assertion): void {
    this.assertions |= 1 << assertion;
    this.emit(instruction(Op.Assert, assertion));
  }

  match(): void {
    this.emit(instruction(Op.Match, 0));
  }

  /** Makes what was written from `start` on the first of two alternatives; its end jumps to a place not yet known. */
  alternative(start: u32, pending: u32): u32 {
    if (!this.reserve(2)) return pending;
    this.insertSplit(start, this.length - start + 2);
    this.emit(instruction(Op.Jump, pending));
    return this.length;
  }

  /** Lets the jumps that `alternative` chained land here. */
  land(pending: u32): void {
    while (pending != 0) {
      const jump = this.code + ((<usize>(pending - 1)) << 2);
      const before = load<u32>(jump) >> 3;
      store<u32>(jump, instruction(Op.Jump, this.length - (pending - 1)));
      pending = before;
    }
  }

  /** Repeats what was written from `start` on: `min` times or more, at most `max` times unless that is -1. */
  repeat(start: u32, min: u32, max: i32): void {
    const size = this.length - start;
    if (size == 0) return;
    if (max == 0) {
      this.length = start;
      return;
    }
    const copies: u32 = max > 0 ? max : min > 0 ? min : 1;
    const splits: u32 = max > 0 ? copies - min : min == 0 ? 2 : 1;
    if (!this.reserve((copies - 1) * size + splits)) return;
    const end = start + copies * size + splits;
    let body = start;
    if (min == 0) {
      this.insertSplit(start, end - start);
      body++;
    }
    for (let i: u32 = 1; i < copies; i++) {
      if (i >= min) this.emit(instruction(Op.Split, end - this.length));
      memory.copy(this.code + ((<usize>this.length) << 2), this.code + ((<usize>body) << 2), (<usize>size) << 2);
      this.length += size;
    }
    if (max < 0) this.emit(instruction(Op.Split, -size));
  }

  /** Copies what was written into `region`. */
  finish(region: Region): Program {
    const program = changetype<Program>(region.take(offsetof<Program>()));
    const codeBytes = (<usize>this.length) << 2;
    const setBytes = <usize>this.setCount * offsetof<ByteSet>();
    program.code = region.take(codeBytes);
    program.length = this.length;
    program.sets = region.take(setBytes);
    program.setCount = this.setCount;
    program.assertions = this.assertions;
    memory.copy(program.code, this.code, codeBytes);
    memory.copy(program.sets, this.sets, setBytes);
    return program;
  }

  private emit(value: u32): void {
    if (!this.reserve(1)) return;
    store<u32>(this.code + ((<usize>this.length) << 2), value);
    this.length++;
  }

  /** Writes a split before the instruction at `at`, which moves. There must be room. */
  private insertSplit(at: u32, distance: u32): void {
    const from = this.code + ((<usize>at) << 2);
    memory.copy(from + 4, from, (<usize>(this.length - at)) << 2);
    store<u32>(from, instruction(Op.Split, distance));
    this.length++;
  }

  private reserve(count: u32): bool {
    const needed = this.length + count;
    if (this.full || needed > MAX_PROGRAM) {
      this.full = true;
      return false;
    }
    if (needed > this.capacity) {
      const capacity = max<u32>(needed, this.capacity * 2 + 64);
      const code = this.scratch.take((<usize>capacity) << 2);
      memory.copy(code, this.code, (<usize>this.length) << 2);
      this.code = code;
      this.capacity = capacity;
    }
    return true;
  }

  /** The number of a set equal to `set`, made where there is none. */
  private number(set: ByteSet): u32 {
    for (let i: u32 = 0; i < this.setCount; i++) {
      if (this.setAt(i).equals(set)) return i;
    }
    if (this.setCount == this.setCapacity) {
      const capacity = this.setCapacity * 2 + 8;
      const sets = this.scratch.take(<usize>capacity * offsetof<ByteSet>());
      memory.copy(sets, this.sets, <usize>this.setCount * offsetof<ByteSet>());
      this.sets = sets;
      this.setCapacity = capacity;
    }
    this.setAt(this.setCount).copyFrom(set);
    return this.setCount++;
  }

  private setAt(number: u32): ByteSet {
    return changetype<ByteSet>(this.sets + <usize>number * offsetof<ByteSet>());
  }
}
