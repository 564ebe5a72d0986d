import { Place } from "../../assembly/config/place";
import { MatchCompiler } from "../../assembly/match/compiler";
import { Test } from "../../assembly/match/condition";
import { OrderedIndex } from "../../assembly/match/ordered-index";
import { RuleList } from "../../assembly/match/rule-list";
import { Fact } from "../../assembly/request/slots";
import { utf8 } from "../../assembly/text/text";

/**
 * Reads `exempt`: matches whose requests never meet a fault. Where it is not given these are the kubelet's probes, known by
 * their user agent (kubernetes `pkg/probe/http: userAgent`); an empty list exempts none.
 */
export function readExempt(place: Place, compiler: MatchCompiler): OrderedIndex {
  const rules = RuleList.open(compiler);
  if (!place.present) {
    rules.add(compiler.condition(Fact.HEADER, utf8("user-agent"), Test.PREFIX, utf8("kube-probe/")), 0);
  } else {
    rules.addMatches(place, 0);
  }
  return rules.index();
}
