import { Place } from "../../assembly/config/place";
import { RuleList } from "../../assembly/match/rule-list";
import { utf8 } from "../../assembly/text/text";

/** Adds a rule for each match of a list, which is required and must not be empty; they follow to the same. It is read later. */
export function readMatches(place: Place, rules: RuleList, outcome: usize): void {
  if (!place.required() || !place.list()) return;
  if (place.count == 0) place.expected(utf8("a list that is not empty"));
  rules.addMatches(place, outcome);
}
