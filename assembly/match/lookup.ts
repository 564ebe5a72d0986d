import { Condition, Test } from "./condition";
import { WINDOW } from "./probe";
import { Part } from "./value-part";

/**
 * Whether a request can meet the condition only with a value that a table finds: for some conditions (`isPresence`) whatever value
 * it is.
 */
export function isLookup(condition: Condition): bool {
  return !condition.invert && !condition.missingIsEmpty;
}

/** Whether a table finds no more for the condition than that there is a value. */
export function isPresence(condition: Condition): bool {
  return condition.test != Test.EXACT && lookupLength(condition) == 0;
}

/** Which part of the fact's value the condition looks up. */
export function lookupPart(condition: Condition): Part {
  if (condition.test == Test.EXACT) return Part.WHOLE;
  if (condition.test == Test.SUFFIX) return Part.END;
  return condition.window > 0 ? Part.INSIDE : Part.START;
}

/** Where the bytes are that this part must be: for an expression those that all its matches start with. */
export function lookupStart(condition: Condition): usize {
  if (condition.test <= Test.SUFFIX) return condition.text.start;
  const regex = condition.regex;
  if (regex == null) return condition.text.start;
  return condition.window > 0 ? regex.required.start + condition.window - 1 : regex.literalPrefix.start;
}

/** How many they are: of a block of addresses the whole bytes that all its addresses start with. */
export function lookupLength(condition: Condition): u32 {
  if (condition.test == Test.PRESENT || condition.test == Test.NOT_EMPTY) return 0;
  if (condition.test <= Test.SUFFIX) return condition.text.length;
  if (condition.test == Test.CIDR) return condition.bits >> 3;
  const regex = condition.regex;
  if (regex == null) return condition.text.length;
  return condition.window > 0 ? WINDOW : regex.literalPrefix.length;
}
