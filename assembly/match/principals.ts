import { Place } from "../config/place";
import { Fact } from "../request/slots";
import { utf8 } from "../text/text";
import { MatchCompiler } from "./compiler";
import { Condition, Test } from "./condition";
import { readValuePattern } from "./value-pattern";

/**
 * A list of patterns of principals, as AuthorizationPolicy's `source.principals` has them, as a condition that holds where one of them
 * does. Null where no list stands there, and with a report where it is empty or has no pattern.
 */
export function readPrincipals(place: Place, compiler: MatchCompiler): Condition | null {
  if (!place.list()) return null;
  if (place.count == 0) place.expected(utf8("a list that is not empty"));
  let alternatives: Condition | null = null;
  let pattern = place.first();
  while (pattern != null) {
    const condition = readValuePattern(pattern, compiler, Fact.PRINCIPAL, utf8(""), Test.PRESENT);
    if (condition != null) {
      condition.or = alternatives;
      alternatives = condition;
    }
    pattern = pattern.next();
  }
  return alternatives;
}
