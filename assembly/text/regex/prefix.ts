import { Region } from "../../memory/region";
import { Text } from "../text";
import { Assertion, Op, Program, opOf, operandOf } from "./program";

/** The bytes that every match of a program begins with. */
@unmanaged
export class Prefix {
  text: Text;

  /** Where the program goes on behind them. */
  next: u32;

  /** Whether nothing can follow them: the program matches them and nothing else. */
  isAll: bool;

  /** Reads a program from its start as far as there is one way through it and that way takes single bytes. */
  static of(program: Program, region: Region, scratch: Region): Prefix {
    const prefix = changetype<Prefix>(region.take(offsetof<Prefix>()));
    const bytes = scratch.take(program.length);
    let length: u32 = 0;
    let at: u32 = 0;
    while (true) {
      const instruction = program.instruction(at);
      const op = opOf(instruction);
      if (op == Op.Byte) {
        store<u8>(bytes + length, operandOf(instruction));
        length++;
        at++;
      } else if (op == Op.Jump) {
        at += operandOf(instruction);
      } else if (length == 0 && isAssertion(instruction, Assertion.TextBegin, Assertion.LineBegin)) {
        at++;
      } else {
        break;
      }
    }
    prefix.text = Text.copy(region, bytes, length);
    prefix.next = at;
    prefix.isAll = endsAt(program, at);
    return prefix;
  }
}

/** Whether nothing but ends of the text or line is asked for from here to the program's end. */
function endsAt(program: Program, start: u32): bool {
  let at = start;
  while (true) {
    const instruction = program.instruction(at);
    const op = opOf(instruction);
    if (op == Op.Match) return true;
    if (op == Op.Jump) at += operandOf(instruction);
    else if (isAssertion(instruction, Assertion.TextEnd, Assertion.LineEnd)) at++;
    else return false;
  }
}

function isAssertion(instruction: u32, one: Assertion, other: Assertion): bool {
  const operand = operandOf(instruction);
  return opOf(instruction) == Op.Assert && (operand == one || operand == other);
}
