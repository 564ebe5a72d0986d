import { Place } from "../../assembly/config/place";
import { MatchCompiler } from "../../assembly/match/compiler";
import { Condition, Test } from "../../assembly/match/condition";
import { valuePattern } from "../../assembly/match/value-pattern";
import { Fact } from "../../assembly/request/slots";
import { Text, utf8 } from "../../assembly/text/text";
import { UriTemplate, isPathTemplate, pathProblem } from "../../assembly/text/uri-template";

/**
 * A value of `paths`: a pattern, or a template where `{*}` or `{**}` stands in it. Null with a report where istiod refuses
 * it, or Envoy what istiod makes of it.
 */
export function pathCondition(place: Place, value: Text, compiler: MatchCompiler): Condition | null {
  const problem = pathProblem(value);
  if (problem != null) {
    place.begin().text(problem);
    place.endWithValue();
    return null;
  }
  if (!isPathTemplate(value)) {
    return valuePattern(compiler, Fact.PATH, utf8(""), Test.NOT_EMPTY, value.start, value.length);
  }
  const template = UriTemplate.compile(compiler.region, value);
  const condition = compiler.condition(Fact.PATH, utf8(""), Test.TEMPLATE, template.literalPrefix);
  condition.template = template;
  return condition;
}
