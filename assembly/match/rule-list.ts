import { Items } from "../config/items";
import { Place } from "../config/place";
import { later } from "../memory/agenda";
import { Chain, openChain } from "../memory/chain";
import { Region } from "../memory/region";
import { MatchCompiler } from "./compiler";
import { Condition } from "./condition";
import { HttpMatch } from "./http-match-request";
import { fillIndexLater } from "./index-filling";
import { OrderedIndex, Rule } from "./ordered-index";

/** Rules in the order in which they are added, the first that matches counting. */
@unmanaged
export class RuleList {
  private compiler: MatchCompiler;
  private rules: Chain<Rule>;
  private index: OrderedIndex;

  static open(compiler: MatchCompiler): RuleList {
    const list = changetype<RuleList>(compiler.region.take(offsetof<RuleList>()));
    list.compiler = compiler;
    list.rules = openChain<Rule>(compiler.region);
    list.index = OrderedIndex.open(compiler.region, null, 0, 1);
    return list;
  }

  /** Adds a rule: what must hold, all of it, and what follows then. */
  add(conditions: Condition | null, outcome: usize): void {
    const rule = changetype<Rule>(this.compiler.region.take(offsetof<Rule>()));
    const index = this.index;
    rule.number = index.count++;
    rule.conditions = conditions;
    rule.outcome = outcome;
    this.rules.add(rule);
    index.rules = this.rules.first;
  }

  /**
   * Adds a rule for each `HTTPMatchRequest` of a list that is not for another proxy; they follow to the same. The list is read later
   * (`memory/agenda.ts`), a match or some of its conditions at a time.
   */
  addMatches(place: Place, outcome: usize): void {
    if (!place.list()) return;
    const reading = changetype<MatchesReading>(place.report.region.take(offsetof<MatchesReading>()));
    reading.rules = this;
    reading.outcome = outcome;
    reading.items = Items.of(place);
    reading.match = HttpMatch.open(place.report.region, this.compiler);
    later<MatchesReading>(readNext, reading);
  }

  /**
   * The rules' index, which is filled later, some conditions at a time, when the matches were read that are to be added; the list is used up then,
   * and `scratch` is needed no more.
   */
  indexLater(scratch: Region): OrderedIndex {
    fillIndexLater(this.index, this.compiler.region, scratch, this.compiler.slots);
    return this.index;
  }
}

/** How far the reading of a list of matches has come. */
@unmanaged
class MatchesReading {
  rules: RuleList;
  outcome: usize;
  items: Items;
  match: HttpMatch;
  /** The place of the match that is being read; null between two. */
  place: Place | null;
}

function readNext(reading: MatchesReading): bool {
  let place = reading.place;
  if (place == null) place = reading.items.next();
  if (place == null) return true;
  const match = reading.match;
  match.beginStep();
  const isRead = match.read(place);
  if (isRead && !match.elsewhere) reading.rules.add(match.conditions, reading.outcome);
  reading.place = isRead ? null : place;
  return false;
}
