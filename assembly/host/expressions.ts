import { Text, utf8 } from "../text/text";
import { answerLength, answerStart, callForeign } from "./foreign";
import { Status } from "./status";

/** What an expression comes to for the current request. */
export const enum Outcome {
  FALSE,
  TRUE,
  /** It cannot be evaluated, or is neither true nor false. */
  ERROR,
}

/** For `createExpression`: the host does not compile it. */
export const NO_EXPRESSION: u32 = 0xffffffff;

const token: usize = memory.data(4, 4);

/**
 * Has the host compile a CEL expression over Envoy's attributes (foreign function `expr_create`); `NO_EXPRESSION` where it
 * refuses. The host keeps it for the root context that asks, and drops it with that.
 */
export function createExpression(expression: Text): u32 {
  if (callForeign(utf8("expr_create"), expression.start, expression.length) != Status.OK) return NO_EXPRESSION;
  return answerLength == 4 ? load<u32>(answerStart) : NO_EXPRESSION;
}

/** Evaluates an expression of this root for the stream whose callback runs (`expr_evaluate`): a boolean is one byte. */
export function evaluateExpression(expression: u32): Outcome {
  store<u32>(token, expression);
  if (callForeign(utf8("expr_evaluate"), token, 4) != Status.OK || answerLength != 1) return Outcome.ERROR;
  const byte = load<u8>(answerStart);
  return byte > 1 ? Outcome.ERROR : byte == 1 ? Outcome.TRUE : Outcome.FALSE;
}
