import { hex, text } from "../../test/support/spec/bytes";
import { arenaTake } from "../memory/arena";
import { NO_EXPRESSION, Outcome, createExpression, evaluateExpression } from "./expressions";
import { Status } from "./status";
import { Text } from "../text/text";

/** What the host answers next, and what it was asked last. */
let status: u32 = Status.OK;
let answer: Text = text("");
let asked = "";

/** The host call: `expr_create` has the expression for its argument, `expr_evaluate` its number in four bytes. */
export function proxy_call_foreign_function(
  name: usize,
  nameLength: u32,
  argument: usize,
  length: u32,
  start: usize,
  size: usize,
): u32 {
  asked = String.UTF8.decodeUnsafe(name, nameLength) + "(";
  const isNumber = asked == "expr_evaluate(";
  asked += isNumber ? load<u32>(argument).toString() : String.UTF8.decodeUnsafe(argument, length);
  asked += "), " + length.toString();
  if (status != Status.OK) return status;
  const copy = arenaTake(answer.length);
  memory.copy(copy, answer.start, answer.length);
  store<usize>(start, copy);
  store<u32>(size, answer.length);
  return Status.OK;
}

function answering(bytes: string): void {
  status = Status.OK;
  answer = hex(bytes);
}

function failing(with_: u32): void {
  status = with_;
}

/** Envoy's foreign.cc: `expr_create` gives a token of four bytes, `expr_evaluate` the serialised value. */
describe("an expression", () => {
  it("is compiled by the host, which gives a number for it", () => {
    answering("2a000000");
    expect<u32>(createExpression(text("request.method == 'GET'"))).toBe(42);
    expect(asked).toBe("expr_create(request.method == 'GET'), 23");
  });

  it("is none where the host refuses it, or gives something else than a number", () => {
    failing(Status.BAD_ARGUMENT);
    expect<u32>(createExpression(text("("))).toBe(NO_EXPRESSION);
    const wrong = ["", "01", "0100000000000000"];
    for (let i = 0; i < wrong.length; i++) {
      answering(wrong[i]);
      expect<u32>(createExpression(text("a"))).toBe(NO_EXPRESSION, wrong[i]);
    }
  });

  it("is true or false: one byte, 1 or 0", () => {
    answering("01");
    expect<u32>(evaluateExpression(42)).toBe(Outcome.TRUE);
    expect(asked).toBe("expr_evaluate(42), 4");
    answering("00");
    expect<u32>(evaluateExpression(42)).toBe(Outcome.FALSE);
  });

  it("is an error where it is neither, or cannot be evaluated", () => {
    const others = ["", "02", "ff", "0100", "0100000000000000", "74727565"];
    for (let i = 0; i < others.length; i++) {
      answering(others[i]);
      expect<u32>(evaluateExpression(42)).toBe(Outcome.ERROR, others[i]);
    }
    for (let code: u32 = 1; code <= 12; code++) {
      answering("01");
      failing(code);
      expect<u32>(evaluateExpression(42)).toBe(Outcome.ERROR, code.toString());
    }
  });
});
