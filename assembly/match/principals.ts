import { Place } from "../config/place";
import { Fact } from "../request/slots";
import { utf8 } from "../text/text";
import { MatchCompiler } from "./compiler";
import { Condition, Test } from "./condition";
import { readValuePattern } from "./value-pattern";

/**
 * A list of patterns of principals, as AuthorizationPolicy's `source.principals` has them, as a condition that holds where one of them
 * does. Null where no list stands there, and with a report where it is empty, has no pattern, or is too large (`Place.firstOfFew`).
 */
export function readPrincipals(place: Place, compiler: MatchCompiler): Condition | null {
  if (!isPrincipals(place)) return null;
  let alternatives: Condition | null = null;
  let pattern = place.firstOfFew();
  while (pattern != null) {
    alternatives = orPrincipal(alternatives, pattern, compiler);
    pattern = pattern.next();
  }
  return alternatives;
}

/** Whether a list stands at a place; reports where something else does, or an empty one. */
export function isPrincipals(place: Place): bool {
  if (!place.list()) return false;
  if (place.count == 0) place.expected(utf8("a list that is not empty"));
  return true;
}

/** What holds where one of `alternatives` does or the pattern at a place: the former alone, with a report, where none stands there. */
export function orPrincipal(alternatives: Condition | null, pattern: Place, compiler: MatchCompiler): Condition | null {
  const condition = readValuePattern(pattern, compiler, Fact.PRINCIPAL, utf8(""), Test.PRESENT);
  if (condition == null) return alternatives;
  condition.or = alternatives;
  return condition;
}
