import { Text } from "../text/text";
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
      return lookupText(condition).length > 0;
  }
  return false;
}

/** Which part of the fact's value the condition looks up. */
export function lookupPart(condition: Condition): Part {
  if (condition.test == Test.EXACT) return Part.WHOLE;
  return condition.test == Test.SUFFIX ? Part.END : Part.START;
}

/** What that part must be: for an expression, the bytes that all its matches start with. */
export function lookupText(condition: Condition): Text {
  const regex = condition.regex;
  return regex != null ? regex.literalPrefix : condition.text;
}
