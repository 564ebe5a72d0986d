import { Place } from "../config/place";
import { MatchCompiler } from "./compiler";
import { Test } from "./condition";
import { OrderedIndex } from "./ordered-index";
import { RuleList } from "./rule-list";
import { Fact } from "../request/slots";
import { utf8 } from "../text/text";

/**
 * Reads `exempt`: matches that a filter leaves alone. Where it is not given these are the kubelet's probes, known by
 * their user agent (kubernetes `pkg/probe/http: userAgent`); an empty list exempts none. The list is read later
 * (`memory/agenda.ts`).
 */
export function readExempt(place: Place, compiler: MatchCompiler): OrderedIndex {
  const rules = RuleList.open(compiler);
  if (!place.present) {
    rules.add(compiler.condition(Fact.HEADER, utf8("user-agent"), Test.PREFIX, utf8("kube-probe/")), 0);
  } else {
    rules.addMatches(place, 0);
  }
  return rules.indexLater(place.report.region);
}
