import { Place } from "../../assembly/config/place";
import { NO_EXPRESSION, createExpression } from "../../assembly/host/expressions";
import { Test } from "../../assembly/match/condition";
import { Field } from "../../assembly/match/field";
import { Clause } from "../../assembly/match/set-rule";
import { Fact } from "../../assembly/request/slots";
import { utf8 } from "../../assembly/text/text";
import { RuleSet } from "./policy";
import { RuleReader } from "./rule-reader";

/**
 * Adds a CEL expression, which Envoy compiles now and evaluates for each request that gets as far. One that cannot be
 * evaluated, or is neither true nor false, does not hold in an ALLOW policy and holds in every other: a policy that is
 * unsure refuses.
 */
export function addExpression(place: Place, clause: Clause, reader: RuleReader): void {
  const text = place.nonEmptyString();
  if (text == null) return;
  const created = createExpression(text);
  if (created == NO_EXPRESSION) return place.error(utf8("Envoy cannot compile this CEL expression"));
  const allows = reader.policy.set == RuleSet.ALLOW || reader.policy.set == RuleSet.DRY_RUN_ALLOW;
  const field = Field.open(reader.region, !allows);
  const outcome = allows ? utf8("true") : utf8("false");
  const condition = reader.compiler.condition(Fact.EXPRESSION, text, Test.EXACT, outcome);
  reader.compiler.slots.at(condition.slot).source = created;
  field.add(condition);
  clause.add(field);
}
