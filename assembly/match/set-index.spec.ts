import { text } from "../../test/support/spec/bytes";
import { expression, randomLetters } from "../../test/support/spec/expressions";
import { HeaderPairs } from "../../test/support/spec/pairs";
import { Random } from "../../test/support/spec/random";
import { startRequest } from "../../test/support/spec/request";
import { seed } from "../../test/support/spec/run";
import { Region } from "../memory/region";
import { Fact, SlotTable } from "../request/slots";
import { MatchCompiler } from "./compiler";
import { Condition, Test } from "./condition";
import { Field } from "./field";
import { fillSetIndexLater } from "./set-filling";
import { SetIndex } from "./set-index";
import { Clause, Clauses, SetRule } from "./set-rule";

/** Few names and values, many of which begin or end as others do, so that rules meet and overlap. */
const HEADERS = ["a", "b", ":authority"];
const VALUES = ["a", "A", "ab", "aB", "abc", "b", "ba", "/a", "/a/b", "x", "xa", "cab"];
const SETS: u32 = 5;

/** Rules of several sets, in ascending order. */
class Rules {
  region: Region = Region.open();
  scratch: Region = Region.open();
  slots: SlotTable = SlotTable.open(this.region, false);
  compiler: MatchCompiler = MatchCompiler.open(this.region, this.slots);
  addresses: usize[] = [];
  /** How many of a hundred fields ask for what must not be. */
  negated: u32 = 20;
  /** Whether some values are expressions. */
  expressions: bool = false;

  /** Adds a rule of a set, that every request meets until clauses are added. */
  add(set: u32): SetRule {
    const rule = changetype<SetRule>(this.region.take(offsetof<SetRule>()));
    rule.set = set;
    rule.number = this.addresses.length;
    if (this.addresses.length > 0) this.at(this.addresses.length - 1).next = rule;
    this.addresses.push(changetype<usize>(rule));
    return rule;
  }

  clauses(rule: SetRule): Clauses {
    const clauses = changetype<Clauses>(this.region.take(offsetof<Clauses>()));
    clauses.next = rule.clauses;
    rule.clauses = clauses;
    return clauses;
  }

  /** Another alternative. */
  clause(clauses: Clauses): Clause {
    const clause = changetype<Clause>(this.region.take(offsetof<Clause>()));
    clause.or = clauses.or;
    clauses.or = clause;
    return clause;
  }

  field(clause: Clause, negated: bool): Field {
    const field = Field.open(this.region, negated);
    clause.add(field);
    return field;
  }

  at(number: i32): SetRule {
    return changetype<SetRule>(this.addresses[number]);
  }

  index(): SetIndex {
    const first: SetRule | null = this.addresses.length == 0 ? null : this.at(0);
    const index = SetIndex.open(this.region, this.addresses.length, null);
    fillSetIndexLater(index, this.region, this.scratch, this.slots, first, this.addresses.length);
    return index;
  }

  /** What the index must give of each set: the number of its first rule that the current request meets, or -. */
  plain(): string {
    const found: string[] = [];
    for (let set: u32 = 0; set < SETS; set++) {
      let number = "-";
      for (let i = 0; i < this.addresses.length && number == "-"; i++) {
        if (this.at(i).set == set && this.at(i).holds()) number = i.toString();
      }
      found.push(number);
    }
    return found.join(" ");
  }

  close(): void {
    this.region.close();
    this.scratch.close();
  }
}

function indexed(index: SetIndex): string {
  index.look();
  const found: string[] = [];
  for (let set: u32 = 0; set < SETS; set++) {
    const rule = index.first(set);
    found.push(rule == null ? "-" : rule.number.toString());
  }
  return found.join(" ");
}

/** Whether the index leads to some of so many rules, each with a user of its own; the first is found in any case. */
function leadsToUser(count: i32, asksHost: bool): bool {
  const rules = new Rules();
  for (let i = 0; i < count; i++) {
    const field = rules.field(rules.clauses(rules.add(0)), false);
    field.add(rules.compiler.condition(Fact.HEADER, text("user"), Test.EXACT, text("user-" + i.toString())));
  }
  if (asksHost) rules.slots.slot(Fact.PRINCIPAL, text(""));
  const index = rules.index();
  startRequest(rules.slots, new HeaderPairs().add("user", "user-0"));
  expect(indexed(index)).toBe("0 - - - -");
  const leads = index.table.firstBucket() != null;
  rules.close();
  return leads;
}

function randomValue(rules: Rules, random: Random): Condition {
  const chance = random.below(100);
  const test = chance < 50 ? Test.EXACT : chance < 70 ? Test.PREFIX : chance < 85 ? Test.SUFFIX : Test.PRESENT;
  const where = random.below(10);
  const fact = where < 6 ? Fact.HEADER : where < 8 ? Fact.PATH : where < 9 ? Fact.QUERY_PARAMETER : Fact.COOKIE;
  const name = fact == Fact.HEADER ? random.pick(HEADERS) : fact == Fact.PATH ? "" : "a";
  if (rules.expressions && random.percent(60)) {
    return expression(rules.slots.slot(fact, text(name)), rules.region, random);
  }
  const condition = rules.compiler.condition(fact, text(name), test, text(random.pick(VALUES)));
  condition.ignoreCase = random.percent(25);
  return condition;
}

function randomField(rules: Rules, random: Random, clause: Clause): void {
  const field = rules.field(clause, random.percent(rules.negated));
  let count: u32 = random.percent(5) ? 9 + random.below(12) : 1 + random.below(3);
  // The buckets of 64 values lie in a row.
  if (random.percent(2)) count = 63 + random.below(3) + 64 * random.below(3);
  for (let i: u32 = 0; i < count; i++) {
    const value = randomValue(rules, random);
    if (random.percent(10)) value.next = randomValue(rules, random);
    field.add(value);
  }
}

function randomRules(random: Random): Rules {
  const rules = new Rules();
  const count = random.percent(10) ? random.below(150) : random.below(20);
  // Of many rules that no value leads to, those that one value rules out are put together.
  if (random.percent(20)) rules.negated = 85;
  rules.expressions = random.percent(8);
  for (let i: u32 = 0; i < count; i++) {
    const rule = rules.add(random.below(SETS));
    const parts: u32 = random.percent(5) ? 0 : 1 + random.below(3);
    for (let part: u32 = 0; part < parts; part++) {
      const clauses = rules.clauses(rule);
      const alternatives: u32 = random.percent(60) ? 1 : 2;
      for (let j: u32 = 0; j < alternatives; j++) {
        const clause = j == 0 ? clauses : rules.clause(clauses);
        const fields: u32 = 1 + random.below(2);
        for (let k: u32 = 0; k < fields; k++) randomField(rules, random, clause);
      }
    }
  }
  return rules;
}

function randomRequest(random: Random): HeaderPairs {
  const pairs = new HeaderPairs();
  if (random.percent(90)) pairs.add(":path", random.pick(VALUES) + "?" + random.pick(["", "a", "a=ab", "b&a=A"]));
  if (random.percent(30)) pairs.add("cookie", "b=1; a=" + random.pick(VALUES));
  const count = random.below(5);
  for (let i: u32 = 0; i < count; i++) {
    pairs.add(random.pick(HEADERS), random.percent(30) ? randomLetters(random, 12) : random.pick(VALUES));
  }
  return pairs;
}

describe("the index of sets", () => {
  it("gives what trying every rule gives, for thousands of random lists and requests", () => {
    const random = new Random(seed());
    const outcomes = new Set<string>();
    for (let list = 0; list < 2000; list++) {
      const rules = randomRules(random);
      // Tried plainly before the index is made: making it changes how fields of many values are kept.
      const requests: HeaderPairs[] = [];
      const expected: string[] = [];
      for (let i = 0; i < 8; i++) {
        requests.push(randomRequest(random));
        startRequest(rules.slots, requests[i]);
        expected.push(rules.plain());
      }
      const index = rules.index();
      for (let i = 0; i < requests.length; i++) {
        startRequest(rules.slots, requests[i]);
        const found = indexed(index);
        outcomes.add(found);
        if (found != expected[i]) {
          expect(found).toBe(expected[i], "list " + list.toString() + ", request " + i.toString());
        }
      }
      rules.close();
    }
    // Were all lists met or all missed, the comparison would say little.
    expect(outcomes.size).toBeGreaterThan(1000);
  });

  it("finds each of ten thousand rules by its own value, behind a value that all share", () => {
    const rules = new Rules();
    for (let i = 0; i < 10000; i++) {
      const clause = rules.clauses(rules.add(i % SETS));
      const shared = rules.field(clause, false);
      shared.add(rules.compiler.condition(Fact.HEADER, text(":method"), Test.EXACT, text("GET")));
      const own = rules.field(clause, false);
      own.add(rules.compiler.condition(Fact.PATH, text(""), Test.PREFIX, text("/tenants/" + i.toString() + "/")));
    }
    const index = rules.index();
    for (let i = 0; i < 10000; i += 37) {
      const path = "/tenants/" + i.toString() + "/files";
      startRequest(rules.slots, new HeaderPairs().add(":method", "GET").add(":path", path));
      index.look();
      const rule = index.first(i % SETS);
      expect(rule == null ? -1 : <i32>rule.number).toBe(i);
      startRequest(rules.slots, new HeaderPairs().add(":method", "PUT").add(":path", path));
      index.look();
      expect(index.first(i % SETS) == null).toBe(true);
    }
    rules.close();
  });

  it("finds every one of a field's ten thousand values, and none beside them", () => {
    const rules = new Rules();
    const clause = rules.clauses(rules.add(0));
    const wanted = rules.field(clause, false);
    const unwanted = rules.field(clause, true);
    for (let i = 0; i < 10000; i++) {
      wanted.add(rules.compiler.condition(Fact.HEADER, text("a"), Test.EXACT, text("user-" + i.toString())));
    }
    for (let i = 0; i < 10000; i++) {
      unwanted.add(rules.compiler.condition(Fact.HEADER, text("b"), Test.EXACT, text("host-" + i.toString())));
    }
    const index = rules.index();
    for (let i = 0; i < 10000; i += 41) {
      startRequest(rules.slots, new HeaderPairs().add("a", "user-" + i.toString()));
      expect(indexed(index)).toBe("0 - - - -");
      startRequest(rules.slots, new HeaderPairs().add("a", "user-" + i.toString()).add("b", "host-" + i.toString()));
      expect(indexed(index)).toBe("- - - - -");
    }
    startRequest(rules.slots, new HeaderPairs().add("a", "user-10000"));
    expect(indexed(index)).toBe("- - - - -");
    rules.close();
  });

  it("tries rules that only say what must not be, and those that say nothing", () => {
    const rules = new Rules();
    const clause = rules.clauses(rules.add(1));
    rules.field(clause, true).add(rules.compiler.condition(Fact.HEADER, text("a"), Test.EXACT, text("x")));
    rules.add(2);
    const index = rules.index();
    startRequest(rules.slots, new HeaderPairs());
    expect(indexed(index)).toBe("- 0 1 - -");
    startRequest(rules.slots, new HeaderPairs().add("a", "x"));
    expect(indexed(index)).toBe("- - 1 - -");
  });

  it("leads to none of a few simple rules, which are tried; to all if some value is asked of the host, or there are more", () => {
    expect(leadsToUser(8, false)).toBe(false);
    expect(leadsToUser(9, false)).toBe(true);
    expect(leadsToUser(2, true)).toBe(true);
  });

  it("of no rules finds none", () => {
    const rules = new Rules();
    const index = rules.index();
    startRequest(rules.slots, new HeaderPairs().add("a", "1"));
    expect(indexed(index)).toBe("- - - - -");
  });
});
