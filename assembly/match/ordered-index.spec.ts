import { text } from "../../test/support/spec/bytes";
import { expression, randomLetters } from "../../test/support/spec/expressions";
import { HeaderPairs } from "../../test/support/spec/pairs";
import { Random } from "../../test/support/spec/random";
import { startRequest } from "../../test/support/spec/request";
import { seed } from "../../test/support/spec/run";
import { Region } from "../memory/region";
import { Fact, SlotTable } from "../request/slots";
import { MatchCompiler } from "./compiler";
import { Condition, Test, allHold } from "./condition";
import { fillIndexLater } from "./index-filling";
import { OrderedIndex, Rule } from "./ordered-index";

/** Few names and values, many of which begin with one another, so that rules meet and overlap. */
const HEADERS = ["a", "b", "c", ":authority"];
const VALUES = ["", "a", "A", "ab", "aB", "abc", "b", "ba", "/a", "/a/b", "x"];

/** The rules of a list, in order. */
class Rules {
  region: Region = Region.open();
  slots: SlotTable = SlotTable.open(this.region, false);
  compiler: MatchCompiler = MatchCompiler.open(this.region, this.slots);
  addresses: usize[] = [];
  /** How many of a hundred conditions ask for what must not be. */
  inverted: u32 = 12;

  /** Adds a rule with the conditions that were made since the last one. */
  add(): void {
    const rule = changetype<Rule>(this.region.take(offsetof<Rule>()));
    rule.number = this.addresses.length;
    rule.conditions = this.compiler.conditions;
    if (this.addresses.length > 0) this.at(this.addresses.length - 1).next = rule;
    this.addresses.push(changetype<usize>(rule));
    this.compiler.begin();
  }

  at(number: i32): Rule {
    return changetype<Rule>(this.addresses[number]);
  }

  index(): OrderedIndex {
    const first: Rule | null = this.addresses.length == 0 ? null : this.at(0);
    const index = OrderedIndex.open(this.region, first, this.addresses.length, 1);
    fillIndexLater(index, this.region, Region.open(), this.slots);
    return index;
  }

  /** What the index must give: the number of the first rule that the current request meets, -1 where there is none. */
  plain(): i32 {
    for (let i = 0; i < this.addresses.length; i++) if (allHold(this.at(i).conditions)) return i;
    return -1;
  }
}

function indexed(index: OrderedIndex): i32 {
  const rule = index.first();
  return rule == null ? -1 : <i32>rule.number;
}

/** So many rules, each of which asks for a value of its own of the header `user`. */
function listOf(count: i32, test: Test): Rules {
  const rules = new Rules();
  for (let i = 0; i < count; i++) {
    rules.compiler.add(rules.compiler.condition(Fact.HEADER, text("user"), test, text("user-" + i.toString())));
    rules.add();
  }
  return rules;
}

/** Whether the index leads to some rule from the value that the first one asks for; it is found in any case. */
function leads(rules: Rules): bool {
  const index = rules.index();
  startRequest(rules.slots, new HeaderPairs().add("user", "user-0"));
  expect(indexed(index)).toBe(0);
  const leads = index.table.firstBucket() != null;
  rules.region.close();
  return leads;
}

function randomCondition(rules: Rules, random: Random): Condition {
  const chance = random.below(100);
  const test = chance < 45 ? Test.EXACT : chance < 75 ? Test.PREFIX : chance < 88 ? Test.SUFFIX : Test.PRESENT;
  const where = random.below(10);
  const fact = where < 6 ? Fact.HEADER : where < 8 ? Fact.PATH : where < 9 ? Fact.QUERY_PARAMETER : Fact.COOKIE;
  const name = fact == Fact.HEADER ? random.pick(HEADERS) : fact == Fact.PATH ? "" : "a";
  const condition = rules.compiler.condition(fact, text(name), test, text(random.pick(VALUES)));
  condition.invert = random.percent(rules.inverted);
  condition.missingIsEmpty = random.percent(8);
  condition.ignoreCase = random.percent(25);
  return condition;
}

function randomRules(random: Random): Rules {
  const rules = new Rules();
  const count = random.percent(10) ? random.below(200) : random.below(25);
  // Of many rules that no value leads to, those that one condition rules out are put together.
  if (random.percent(20)) rules.inverted = 85;
  for (let i: u32 = 0; i < count; i++) {
    const conditions: u32 = random.percent(8) ? 0 : 1 + random.below(3);
    for (let j: u32 = 0; j < conditions; j++) {
      const condition = randomCondition(rules, random);
      if (random.percent(10)) condition.or = randomCondition(rules, random);
      rules.compiler.add(condition);
    }
    rules.add();
  }
  return rules;
}

function randomRequest(random: Random): HeaderPairs {
  const pairs = new HeaderPairs();
  if (random.percent(90))
    pairs.add(":path", random.pick(VALUES) + "?" + random.pick(["", "a", "a=ab", "b&a=A", "a=&a=x"]));
  if (random.percent(30)) pairs.add("cookie", "b=1; a=" + random.pick(VALUES));
  const count = random.below(6);
  for (let i: u32 = 0; i < count; i++) pairs.add(random.pick(HEADERS), random.pick(VALUES));
  return pairs;
}

describe("the index", () => {
  it("gives what a plain loop over the rules in order gives, for thousands of random lists and requests", () => {
    const random = new Random(seed());
    let met = 0;
    let missed = 0;
    for (let list = 0; list < 3000; list++) {
      const rules = randomRules(random);
      const index = rules.index();
      for (let i = 0; i < 8; i++) {
        startRequest(rules.slots, randomRequest(random));
        const expected = rules.plain();
        if (expected < 0) missed++;
        else met++;
        if (indexed(index) != expected) {
          expect(indexed(index)).toBe(expected, "list " + list.toString() + ", request " + i.toString());
        }
      }
      rules.region.close();
    }
    // The lists are neither all met nor all missed, or the comparison would say little.
    expect(met).toBeGreaterThan(8000);
    expect(missed).toBeGreaterThan(2000);
  });

  it("of expressions gives it too, however many have bytes in common", () => {
    const random = new Random(seed());
    let met = 0;
    let missed = 0;
    for (let list = 0; list < 300; list++) {
      const rules = new Rules();
      const count: u32 = 5 + random.below(40);
      for (let i: u32 = 0; i < count; i++) {
        const name = text(random.percent(80) ? "a" : "b");
        rules.compiler.add(expression(rules.slots.slot(Fact.HEADER, name), rules.region, random));
        if (random.percent(30)) rules.compiler.add(randomCondition(rules, random));
        rules.add();
      }
      const index = rules.index();
      for (let i = 0; i < 20; i++) {
        const pairs = new HeaderPairs();
        for (let values = random.below(4); values > 0; values--) {
          pairs.add(random.pick(["a", "b"]), randomLetters(random, 14));
        }
        startRequest(rules.slots, pairs);
        const expected = rules.plain();
        if (expected < 0) missed++;
        else met++;
        if (indexed(index) != expected) expect(indexed(index)).toBe(expected, "list " + list.toString());
      }
      rules.region.close();
    }
    expect(met).toBeGreaterThan(1000);
    expect(missed).toBeGreaterThan(1000);
  });

  it("finds one of thousands of rules, each with its own value, and the first of those with the same", () => {
    const rules = new Rules();
    for (let i = 0; i < 6000; i++) {
      const value = text("user-" + (i % 5000).toString());
      rules.compiler.add(rules.compiler.condition(Fact.HEADER, text("user"), Test.EXACT, value));
      rules.add();
    }
    const index = rules.index();
    for (let i = 0; i < 5000; i += 7) {
      startRequest(rules.slots, new HeaderPairs().add("user", "user-" + i.toString()));
      expect(indexed(index)).toBe(i);
    }
    startRequest(rules.slots, new HeaderPairs().add("user", "user-5000"));
    expect(indexed(index)).toBe(-1);
    startRequest(rules.slots, new HeaderPairs().add("user", "user-4999").add("user", "user-17"));
    expect(indexed(index)).toBe(17);
    rules.region.close();
  });

  it("finds a later rule's bucket and still takes an earlier rule that has none", () => {
    const rules = new Rules();
    rules.compiler.add(rules.compiler.condition(Fact.HEADER, text("a"), Test.SUFFIX, text("z")));
    rules.add();
    rules.compiler.add(rules.compiler.condition(Fact.HEADER, text("a"), Test.EXACT, text("xyz")));
    rules.add();
    rules.add();
    const index = rules.index();
    startRequest(rules.slots, new HeaderPairs().add("a", "xyz"));
    expect(indexed(index)).toBe(0);
    startRequest(rules.slots, new HeaderPairs());
    expect(indexed(index)).toBe(2);
  });

  it("leads to none of a few simple rules, which are tried as they are", () => {
    expect(leads(listOf(8, Test.EXACT))).toBe(false);
    expect(leads(listOf(9, Test.EXACT))).toBe(true);
    expect(leads(listOf(2, Test.PREFIX))).toBe(false);
  });

  it("leads to a few rules too if one asks for more: an expression, another value that will do, something of the host", () => {
    const expressions = listOf(2, Test.EXACT);
    expressions.compiler.add(
      expression(expressions.slots.slot(Fact.HEADER, text("b")), expressions.region, new Random(1)),
    );
    expressions.add();
    expect(leads(expressions)).toBe(true);

    const others = listOf(1, Test.EXACT);
    const first = others.at(0).conditions;
    if (first != null) first.or = others.compiler.condition(Fact.HEADER, text("user"), Test.EXACT, text("another"));
    expect(leads(others)).toBe(true);

    const asking = listOf(2, Test.EXACT);
    asking.slots.slot(Fact.PRINCIPAL, text(""));
    expect(leads(asking)).toBe(true);
  });

  it("of no rules finds none", () => {
    const rules = new Rules();
    const index = rules.index();
    startRequest(rules.slots, new HeaderPairs().add("a", "1"));
    expect(indexed(index)).toBe(-1);
  });
});
