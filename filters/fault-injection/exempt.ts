import { Place } from "../../assembly/config/place";
import { MatchCompiler } from "../../assembly/match/compiler";
import { Condition, Test } from "../../assembly/match/condition";
import { readHttpMatch } from "../../assembly/match/http-match-request";
import { OrderedIndex, Rule } from "../../assembly/match/ordered-index";
import { Fact } from "../../assembly/request/slots";
import { utf8 } from "../../assembly/text/text";

/**
 * Reads `exempt`: matches whose requests never meet a fault. Where it is not given these are the kubelet's probes, known by
 * their user agent (kubernetes `pkg/probe/http: userAgent`); an empty list exempts none.
 */
export function readExempt(place: Place, compiler: MatchCompiler): OrderedIndex {
  let first: Rule | null = null;
  let last: Rule | null = null;
  let count: u32 = 0;
  if (!place.present) {
    first = rule(compiler, compiler.condition(Fact.HEADER, utf8("user-agent"), Test.PREFIX, utf8("kube-probe/")));
    count = 1;
  } else if (place.list()) {
    let item = place.first();
    while (item != null) {
      const match = readHttpMatch(item, compiler);
      // An item that is null would otherwise be a match without conditions, which exempts everything.
      if (item.required() && !match.elsewhere) {
        const added = rule(compiler, match.conditions);
        added.number = count++;
        if (last == null) first = added;
        else last.next = added;
        last = added;
      }
      item = item.next();
    }
  }
  return OrderedIndex.build(compiler.region, compiler.slots, first, count);
}

function rule(compiler: MatchCompiler, conditions: Condition | null): Rule {
  const made = changetype<Rule>(compiler.region.take(offsetof<Rule>()));
  made.conditions = conditions;
  return made;
}
