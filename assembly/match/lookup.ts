import { Condition, Test } from "./condition";
import { Part } from "./probe";

/** Whether a request can meet the condition only with a value that a table finds. */
export function isLookup(condition: Condition): bool {
  if (condition.invert || condition.missingIsEmpty) return false;
  switch (condition.test) {
    case Test.EXACT:
    case Test.PREFIX:
    case Test.SUFFIX:
      return true;
    case Test.REGEX:
    case Test.TEMPLATE:
    case Test.CIDR:
      return lookupLength(condition) > 0;
  }
  return false;
}

/** Which part of the fact's value the condition looks up. */
export function lookupPart(condition: Condition): Part {
  if (condition.test == Test.EXACT) return Part.WHOLE;
  return condition.test == Test.SUFFIX ? Part.END : Part.START;
}

/** Where the bytes are that this part must be: for an expression those that all its matches start with. */
export function lookupStart(condition: Condition): usize {
  const regex = condition.regex;
  return regex != null ? regex.literalPrefix.start : condition.text.start;
}

/** How many they are: of a block of addresses the whole bytes that all its addresses start with. */
export function lookupLength(condition: Condition): u32 {
  if (condition.test == Test.CIDR) return condition.bits >> 3;
  const regex = condition.regex;
  return regex != null ? regex.literalPrefix.length : condition.text.length;
}
