import { Region } from "../../memory/region";
import { Before, END, holds } from "./place";
import { Op, Program, opOf, operandOf } from "./program";

/**
 * One step of all ways through a program at once: from the places where they are, over one byte, to those where they
 * are then. Each instruction is looked at no more than once, so a step's cost is bounded by the program's length.
 */
@unmanaged
export class Step {
  private program: Program;

  /** Bit n: the n-th instruction was met in this step. */
  private met: usize;

  /** Bit n: a way stands before the n-th instruction after this step. */
  private reached: usize;

  /** Words of 64 bits in each of the two. */
  private words: u32;

  /** Instructions met and not yet looked at, as u16. */
  private waiting: usize;
  private waitingCount: u32;

  /** Whether a way came to the program's end; it counts only where the text ends too. */
  matched: bool;

  /** How many instructions all steps have looked at: what matching costs, for whoever wants to bound it. */
  looks: u64;

  static over(program: Program, region: Region): Step {
    const step = changetype<Step>(region.take(offsetof<Step>()));
    step.program = program;
    step.words = (program.length + 63) >> 6;
    step.met = region.take((<usize>step.words) << 3);
    step.reached = region.take((<usize>step.words) << 3);
    step.waiting = region.take((<usize>program.length) << 1);
    return step;
  }

  /** Steps from `count` instructions (u16, from `places` on) over the byte `next`, which may be `END`. */
  take(places: usize, count: u32, before: Before, next: u32): void {
    memory.fill(this.met, 0, (<usize>this.words) << 3);
    this.matched = false;
    for (let i: u32 = 0; i < count; i++) this.meet(load<u16>(places + ((<usize>i) << 1)));
    while (this.waitingCount > 0)
      this.look(load<u16>(this.waiting + ((<usize>--this.waitingCount) << 1)), before, next);
  }

  /** Lets a way stand before the instruction at `at`. */
  reach(at: u32): void {
    let place = at;
    let instruction = this.program.instruction(place);
    while (opOf(instruction) == Op.Jump) {
      place += operandOf(instruction);
      instruction = this.program.instruction(place);
    }
    const word = this.reached + (((<usize>place) >> 6) << 3);
    store<u64>(word, load<u64>(word) | ((<u64>1) << (place & 63)));
  }

  /** How many instructions are reached. */
  get count(): u32 {
    let count: u64 = 0;
    for (let i: u32 = 0; i < this.words; i++) count += popcnt(load<u64>(this.reached + ((<usize>i) << 3)));
    return <u32>count;
  }

  /** Moves the reached instructions to `places`, as u16 in order; none is reached then. */
  drain(places: usize): void {
    let to = places;
    for (let i: u32 = 0; i < this.words; i++) {
      const word = this.reached + ((<usize>i) << 3);
      let bits = load<u64>(word);
      store<u64>(word, 0);
      while (bits != 0) {
        store<u16>(to, (i << 6) + <u32>ctz(bits));
        to += sizeof<u16>();
        bits &= bits - 1;
      }
    }
  }

  private look(at: u32, before: Before, next: u32): void {
    this.looks++;
    const instruction = this.program.instruction(at);
    const operand = operandOf(instruction);
    switch (opOf(instruction)) {
      case Op.Byte:
        if (<u32>operand == next) this.reach(at + 1);
        break;
      case Op.Set:
        if (next < END && this.program.set(operand).has(next)) this.reach(at + 1);
        break;
      case Op.Split:
        this.meet(at + operand);
        this.meet(at + 1);
        break;
      case Op.Jump:
        this.meet(at + operand);
        break;
      case Op.Assert:
        if (holds(operand, before, next)) this.meet(at + 1);
        break;
      case Op.Match:
        this.matched = true;
    }
  }

  private meet(at: u32): void {
    const word = this.met + (((<usize>at) >> 6) << 3);
    const bit = (<u64>1) << (at & 63);
    const bits = load<u64>(word);
    if ((bits & bit) != 0) return;
    store<u64>(word, bits | bit);
    store<u16>(this.waiting + ((<usize>this.waitingCount) << 1), at);
    this.waitingCount++;
  }
}
