import { specRegion, text } from "../../test/support/spec/bytes";
import { HeaderPairs } from "../../test/support/spec/pairs";
import { Random } from "../../test/support/spec/random";
import { startRequest } from "../../test/support/spec/request";
import { seed } from "../../test/support/spec/run";
import { Region } from "../memory/region";
import { Fact, SlotTable } from "../request/slots";
import { MatchCompiler } from "./compiler";
import { Condition, Test } from "./condition";
import { OrderedIndex } from "./ordered-index";
import { RuleList } from "./rule-list";

const slots: SlotTable = SlotTable.open(specRegion(), false);

function open(): MatchCompiler {
  return MatchCompiler.open(specRegion(), slots);
}

/** That the header has the value, and what else must hold. */
function header(compiler: MatchCompiler, name: string, value: string, next: Condition | null = null): Condition {
  const condition = compiler.condition(Fact.HEADER, text(name), Test.EXACT, text(value));
  condition.next = next;
  return condition;
}

/** The outcome for a request with these headers, `name=value` each; -1 where no rule matches. */
function outcome(index: OrderedIndex, headers: string): i32 {
  const pairs = new HeaderPairs().add(":path", "/");
  const all = headers.split(" ");
  for (let i = 0; i < all.length; i++) if (all[i] != "") pairs.add(all[i].charAt(0), all[i].substring(2));
  startRequest(slots, pairs);
  const rule = index.first();
  return rule == null ? -1 : <i32>rule.outcome;
}

describe("a list of rules", () => {
  it("has no rule that a request meets where none was added", () => {
    const index = RuleList.open(open()).indexLater(specRegion());
    expect<bool>(index.isEmpty).toBe(true);
    expect(outcome(index, "a=1")).toBe(-1);
  });

  it("gives the outcome of the first rule that matches, in the order in which they were added", () => {
    const compiler = open();
    const list = RuleList.open(compiler);
    list.add(header(compiler, "a", "1", header(compiler, "b", "1")), 10);
    list.add(header(compiler, "a", "1"), 20);
    list.add(header(compiler, "b", "1"), 30);
    list.add(header(compiler, "a", "1"), 40);
    const index = list.indexLater(specRegion());
    expect<bool>(index.isEmpty).toBe(false);
    expect(outcome(index, "a=1 b=1")).toBe(10);
    expect(outcome(index, "a=1")).toBe(20);
    expect(outcome(index, "a=1 b=2")).toBe(20);
    expect(outcome(index, "b=1")).toBe(30);
    expect(outcome(index, "b=2")).toBe(-1);
    expect(outcome(index, "")).toBe(-1);
  });

  it("has every request meet a rule without conditions, if none before it does", () => {
    const compiler = open();
    const list = RuleList.open(compiler);
    list.add(header(compiler, "a", "1"), 10);
    list.add(null, 0);
    list.add(header(compiler, "b", "1"), 30);
    const index = list.indexLater(specRegion());
    expect(outcome(index, "a=1")).toBe(10);
    expect(outcome(index, "b=1")).toBe(0);
    expect(outcome(index, "")).toBe(0);
  });

  it("is of its own rules, where several lists come from one compiler", () => {
    const compiler = open();
    const one = RuleList.open(compiler);
    const other = RuleList.open(compiler);
    one.add(header(compiler, "a", "1"), 1);
    other.add(header(compiler, "a", "1"), 2);
    one.add(header(compiler, "b", "1"), 3);
    const first = one.indexLater(specRegion());
    const second = other.indexLater(specRegion());
    expect(outcome(first, "a=1")).toBe(1);
    expect(outcome(second, "a=1")).toBe(2);
    expect(outcome(first, "b=1")).toBe(3);
    expect(outcome(second, "b=1")).toBe(-1);
  });

  it("is as a plain list, for hundreds of random ones", () => {
    const random = new Random(seed());
    let met = 0;
    for (let round = 0; round < 300; round++) {
      const region = Region.open();
      const compiler = MatchCompiler.open(region, slots);
      const list = RuleList.open(compiler);
      const rules: string[] = [];
      for (let count = random.below(12); count > 0; count--) {
        const a = random.below(3);
        const b = random.below(3);
        // 0 is any value.
        let condition: Condition | null = null;
        if (a > 0) condition = header(compiler, "a", a.toString(), condition);
        if (b > 0) condition = header(compiler, "b", b.toString(), condition);
        list.add(condition, rules.length);
        rules.push(a.toString() + b.toString());
      }
      const index = list.indexLater(specRegion());
      for (let a = 1; a < 4; a++) {
        for (let b = 1; b < 4; b++) {
          let expected = -1;
          for (let i = rules.length - 1; i >= 0; i--) {
            const isA = rules[i].charAt(0) == "0" || rules[i].charAt(0) == a.toString();
            const isB = rules[i].charAt(1) == "0" || rules[i].charAt(1) == b.toString();
            if (isA && isB) expected = i;
          }
          if (expected >= 0) met++;
          const was = outcome(index, "a=" + a.toString() + " b=" + b.toString());
          if (was != expected) expect(was).toBe(expected, rules.join(" "));
        }
      }
      region.close();
    }
    expect(met).toBeGreaterThan(500);
  });
});
