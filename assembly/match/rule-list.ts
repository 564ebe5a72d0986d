import { Place } from "../config/place";
import { Chain, openChain } from "../memory/chain";
import { Region } from "../memory/region";
import { MatchCompiler } from "./compiler";
import { Condition } from "./condition";
import { readHttpMatch } from "./http-match-request";
import { fillIndex, fillIndexLater } from "./index-filling";
import { OrderedIndex, Rule } from "./ordered-index";

/** Rules in the order in which they are added, the first that matches counting. */
@unmanaged
export class RuleList {
  private compiler: MatchCompiler;
  private rules: Chain<Rule>;
  private count: u32;

  static open(compiler: MatchCompiler): RuleList {
    const list = changetype<RuleList>(compiler.region.take(offsetof<RuleList>()));
    list.compiler = compiler;
    list.rules = openChain<Rule>(compiler.region);
    return list;
  }

  /** Adds a rule: what must hold, all of it, and what follows then. */
  add(conditions: Condition | null, outcome: usize): void {
    const rule = changetype<Rule>(this.compiler.region.take(offsetof<Rule>()));
    rule.number = this.count++;
    rule.conditions = conditions;
    rule.outcome = outcome;
    this.rules.add(rule);
  }

  /** Adds a rule for each `HTTPMatchRequest` of a list that is not for another proxy; they follow to the same. */
  addMatches(place: Place, outcome: usize): void {
    if (!place.list()) return;
    let item = place.first();
    while (item != null) {
      const match = readHttpMatch(item, this.compiler);
      if (!match.elsewhere) this.add(match.conditions, outcome);
      item = item.next();
    }
  }

  /** The rules' index; the list is used up. */
  index(): OrderedIndex {
    const index = this.open();
    fillIndex(index, this.compiler.region, this.compiler.slots);
    return index;
  }

  /** The same index, which is filled later (`memory/agenda.ts`), some rules at a time; `scratch` is needed no more then. */
  indexLater(scratch: Region): OrderedIndex {
    const index = this.open();
    fillIndexLater(index, this.compiler.region, scratch, this.compiler.slots);
    return index;
  }

  private open(): OrderedIndex {
    return OrderedIndex.open(this.compiler.region, this.rules.first, this.count, 1);
  }
}
