import { Region } from "../../memory/region";
import { ByteSet } from "./byte-set";
import { wordBytes } from "./named-classes";
import { Op, Program, opOf, operandOf } from "./program";

/**
 * Which bytes a program cannot tell apart: each byte's class. A state needs one transition per class, not one per byte.
 */
@unmanaged
export class ByteClasses {
  /** Address of 256 bytes, each byte's class. */
  of: usize;

  /** How many classes there are, from 0 up. */
  count: u32;

  /** Sorts the bytes into classes: two share one where no instruction and no assertion of the program parts them. */
  static divide(program: Program, region: Region, scratch: Region): ByteClasses {
    const classes = changetype<ByteClasses>(region.take(offsetof<ByteClasses>()));
    classes.of = region.take(256);
    const division = scratch.take(256 * sizeof<u16>());
    partLiterals(program, division, ByteSet.within(scratch));
    const renumbered = scratch.take(512 * sizeof<u16>());
    for (let i: u32 = 0; i < program.setCount; i++) part(division, program.set(i), renumbered);
    const asked = ByteSet.within(scratch);
    if (program.asksLines) {
      asked.addRange(0x0a, 0x0a);
      part(division, asked, renumbered);
    }
    asked.clear();
    if (program.asksWords) asked.addRanges(wordBytes());
    classes.count = part(division, asked, renumbered);
    for (let byte: usize = 0; byte < 256; byte++) {
      store<u8>(classes.of + byte, load<u16>(division + (byte << 1)));
    }
    return classes;
  }
}

/** Gives each byte that an instruction names a class of its own, and all others class 0. */
function partLiterals(program: Program, division: usize, literals: ByteSet): void {
  for (let at: u32 = 0; at < program.length; at++) {
    const instruction = program.instruction(at);
    const byte = operandOf(instruction);
    if (opOf(instruction) == Op.Byte) literals.addRange(byte, byte);
  }
  let count: u32 = 0;
  for (let byte: u32 = 0; byte < 256; byte++) {
    store<u16>(division + ((<usize>byte) << 1), literals.has(byte) ? ++count : 0);
  }
}

/** Parts each class into what lies in `set` and what does not; numbers the classes anew, and gives their count. */
function part(division: usize, set: ByteSet, renumbered: usize): u32 {
  memory.fill(renumbered, 0, 512 * sizeof<u16>());
  let count: u32 = 0;
  for (let byte: u32 = 0; byte < 256; byte++) {
    const at = division + ((<usize>byte) << 1);
    const before: usize = load<u16>(at);
    const number = renumbered + (((before << 1) + <usize>set.has(byte)) << 1);
    if (load<u16>(number) == 0) store<u16>(number, ++count);
    store<u16>(at, load<u16>(number) - 1);
  }
  return count;
}
