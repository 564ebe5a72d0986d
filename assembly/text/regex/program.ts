import { ByteSet } from "./byte-set";

/** What an instruction does. An instruction is a u32: this in its low three bits, a signed operand above. */
export const enum Op {
  /** Goes on behind one byte, the operand. */
  Byte,
  /** Goes on behind one byte of the set that the operand numbers. */
  Set,
  /** Goes on at the next instruction and at the one that lies the operand further. */
  Split,
  /** Goes on at the instruction that lies the operand further, always a later one. */
  Jump,
  /** Goes on at the next instruction where the `Assertion` in the operand holds. */
  Assert,
  /** Accepts, if the text ends here. */
  Match,
}

/** What `^`, `$`, `\A`, `\z`, `\b` and `\B` ask of a place between two bytes. */
export const enum Assertion {
  TextBegin,
  TextEnd,
  LineBegin,
  LineEnd,
  WordBoundary,
  NoWordBoundary,
}

/** A pattern as instructions, first to last; it begins at the first and accepts at the last. */
@unmanaged
export class Program {
  /** Address of the first instruction. */
  code: usize;

  /** How many instructions there are. */
  length: u32;

  /** Address of the first byte set; the others follow. */
  sets: usize;

  setCount: u32;

  /** Which assertions there are: bit n for the n-th of `Assertion`. */
  assertions: u32;

  instruction(at: u32): u32 {
    return load<u32>(this.code + ((<usize>at) << 2));
  }

  set(number: u32): ByteSet {
    return changetype<ByteSet>(this.sets + <usize>number * offsetof<ByteSet>());
  }

  /** Whether one of the assertions is somewhere in the program. */
  asks(assertion: Assertion): bool {
    return ((this.assertions >> assertion) & 1) != 0;
  }

  get asksWords(): bool {
    return this.asks(Assertion.WordBoundary) || this.asks(Assertion.NoWordBoundary);
  }

  get asksLines(): bool {
    return this.asks(Assertion.LineBegin) || this.asks(Assertion.LineEnd);
  }
}

export function instruction(op: Op, operand: i32): u32 {
  return ((<u32>operand) << 3) | op;
}

export function opOf(instruction: u32): u32 {
  return instruction & 7;
}

export function operandOf(instruction: u32): i32 {
  return (<i32>instruction) >> 3;
}
