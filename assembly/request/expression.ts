import { Outcome, evaluateExpression } from "../host/expressions";
import { Text, utf8 } from "../text/text";
import { Slot } from "./slots";
import { addValue } from "./states";
import { Value } from "./value";

/** What a CEL expression comes to, `true` or `false`; nothing where it is neither or cannot be evaluated. */
export function readExpression(slot: Slot, _source: Value | null): void {
  const outcome = evaluateExpression(slot.source);
  if (outcome == Outcome.ERROR) return;
  const value: Text = outcome == Outcome.TRUE ? utf8("true") : utf8("false");
  addValue(slot.number, value.start, value.length);
}
