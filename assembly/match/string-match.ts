import { Place } from "../config/place";
import { Fact } from "../request/slots";
import { Text, utf8 } from "../text/text";
import { MatchCompiler } from "./compiler";
import { Condition, Test } from "./condition";

/**
 * Istio's `StringMatch` (`exact`, `prefix` or `regex`) as a condition on a fact; null with a report where it is none.
 *
 * `{}` and `null` ask for presence (istio `route.go: canBeConvertedToPresentMatch`). An empty
 * `prefix` is only for `uri`, as in Istio's validation; an empty `exact` is a match of the empty value.
 */
export function readStringMatch(place: Place, compiler: MatchCompiler, fact: Fact, name: Text): Condition | null {
  if (!place.present) return compiler.condition(fact, name, Test.PRESENT, utf8(""));
  if (!place.object()) return null;
  const exact = place.field(utf8("exact"));
  const prefix = place.field(utf8("prefix"));
  const regex = place.field(utf8("regex"));
  place.noOtherFields();
  const given = <u32>exact.present + <u32>prefix.present + <u32>regex.present;
  if (given > 1) {
    place.expected(utf8("only one of exact, prefix and regex"));
    return null;
  }
  if (given == 0) return compiler.condition(fact, name, Test.PRESENT, utf8(""));
  if (regex.present) {
    const pattern = regex.string();
    if (pattern == null) return null;
    const condition = compiler.condition(fact, name, Test.REGEX, pattern);
    return compiler.regex(regex, condition, pattern) ? condition : null;
  }
  if (prefix.present) {
    const text = fact == Fact.PATH ? prefix.string() : prefix.nonEmptyString();
    return text == null ? null : compiler.condition(fact, name, Test.PREFIX, text);
  }
  const text = exact.string();
  return text == null ? null : compiler.condition(fact, name, Test.EXACT, text);
}
