import { Region } from "../../memory/region";
import { Text } from "../text";
import { Op, Program, opOf, operandOf } from "./program";

/**
 * The longest run of bytes that stands somewhere in every text that a program matches; empty where there is none.
 *
 * An instruction that no jump leads past is on every way through the program. A byte's only way leads to the next instruction, so
 * those of such bytes in a row stand together in the text, whatever loops come back to.
 */
export function requiredRun(program: Program, region: Region, scratch: Region): Text {
  const bytes = scratch.take(program.length);
  let longest: u32 = 0;
  let longestStart = bytes;
  let end = bytes;
  let start = bytes;
  // The furthest instruction that one before leads to.
  let reach: i32 = 0;
  const code = program.code;
  for (let at: i32 = 0; at < <i32>program.length; at++) {
    const instruction = load<u32>(code + ((<usize>at) << 2));
    const op = opOf(instruction);
    const operand = operandOf(instruction);
    if (op == Op.Byte && reach <= at) {
      store<u8>(end++, operand);
      if (<u32>(end - start) > longest) {
        longest = <u32>(end - start);
        longestStart = start;
      }
    } else {
      start = end;
    }
    reach = max(reach, at + (op == Op.Split || op == Op.Jump ? max(operand, 1) : 1));
  }
  return Text.copy(region, longestStart, longest);
}
