import { text } from "../../test/support/spec/bytes";
import { forgetProperties, propertyReads } from "../../test/support/spec/host";
import { HeaderPairs } from "../../test/support/spec/pairs";
import { startRequest } from "../../test/support/spec/request";
import { Region } from "../memory/region";
import { Fact, SlotTable } from "../request/slots";
import { RegexError, compileRegex } from "../text/regex/index";
import { MatchCompiler } from "./compiler";
import { Test } from "./condition";
import { ValueTable } from "./value-table";

export { proxy_get_property } from "../../test/support/spec/host";

/** A table whose buckets carry numbers. */
class Numbered {
  region: Region = Region.open();
  slots: SlotTable = SlotTable.open(this.region, false);
  compiler: MatchCompiler = MatchCompiler.open(this.region, this.slots);
  table: ValueTable = ValueTable.open(this.region, 4);

  /** Puts a number into the bucket of a condition, or only makes the bucket where it is 0. */
  put(fact: Fact, name: string, test: Test, written: string, number: usize): void {
    const bucket = this.table.bucketFor(this.compiler.condition(fact, text(name), test, text(written)));
    bucket.first = number;
    if (number > 0) this.table.use(bucket);
  }

  /** The numbers that a request leads to, in ascending order. */
  found(headers: HeaderPairs): string {
    startRequest(this.slots, headers);
    return this.walk();
  }

  walk(): string {
    const numbers: i32[] = [];
    let bucket = this.table.firstBucket();
    while (bucket != null) {
      numbers.push(<i32>bucket.first);
      bucket = this.table.nextBucket();
    }
    numbers.sort((a, b) => a - b);
    return numbers.join(" ");
  }
}

describe("a table of values", () => {
  it("leads from headers and from other facts to their buckets, each way of looking up by itself", () => {
    const numbered = new Numbered();
    numbered.put(Fact.HEADER, "a", Test.EXACT, "x", 1);
    numbered.put(Fact.HEADER, "a", Test.PREFIX, "x", 2);
    numbered.put(Fact.HEADER, "a", Test.SUFFIX, "x", 3);
    numbered.put(Fact.HEADER, "b", Test.EXACT, "x", 4);
    numbered.put(Fact.PATH, "", Test.PREFIX, "/a", 5);
    numbered.put(Fact.COOKIE, "c", Test.EXACT, "x", 6);
    numbered.table.close(numbered.slots);
    expect(numbered.found(new HeaderPairs().add("a", "x"))).toBe("1 2 3");
    expect(numbered.found(new HeaderPairs().add("a", "xy").add("b", "x"))).toBe("2 4");
    expect(numbered.found(new HeaderPairs().add(":path", "/ab?c").add("cookie", "c=x"))).toBe("5 6");
    expect(numbered.found(new HeaderPairs().add("c", "x").add(":path", "/b"))).toBe("");
    expect(numbered.found(new HeaderPairs())).toBe("");
  });

  it("gives the bucket that a value has already", () => {
    const numbered = new Numbered();
    const made = numbered.compiler;
    const one = numbered.table.bucketFor(made.condition(Fact.HEADER, text("a"), Test.EXACT, text("x")));
    const same = numbered.table.bucketFor(made.condition(Fact.HEADER, text("a"), Test.EXACT, text("x")));
    const other = numbered.table.bucketFor(made.condition(Fact.HEADER, text("a"), Test.PREFIX, text("x")));
    expect(one == same).toBe(true);
    expect(one == other).toBe(false);
  });

  it("finds the probes of a hundred headers, of which many share a place", () => {
    const numbered = new Numbered();
    for (let i = 0; i < 100; i++) numbered.put(Fact.HEADER, "h" + i.toString(), Test.EXACT, "x", i + 1);
    numbered.table.close(numbered.slots);
    for (let i = 0; i < 100; i++) {
      expect(numbered.found(new HeaderPairs().add("h" + i.toString(), "x"))).toBe((i + 1).toString());
    }
    const some = new HeaderPairs().add("h0", "x").add("h16", "x").add("h32", "y").add("h48", "x").add("z", "x");
    expect(numbered.found(some)).toBe("1 17 49");
  });

  it("can be walked again from its start, a walk that was left included", () => {
    const numbered = new Numbered();
    numbered.put(Fact.HEADER, "a", Test.EXACT, "x", 1);
    numbered.put(Fact.HEADER, "b", Test.EXACT, "x", 2);
    numbered.put(Fact.PATH, "", Test.PREFIX, "/", 3);
    numbered.table.close(numbered.slots);
    startRequest(numbered.slots, new HeaderPairs().add("a", "x").add("b", "x").add(":path", "/"));
    expect(numbered.walk()).toBe("1 2 3");
    numbered.table.firstBucket();
    expect(numbered.walk()).toBe("1 2 3");
  });

  it("leads to bytes inside of a value once, however often they stand there, and again for each request", () => {
    const numbered = new Numbered();
    const condition = numbered.compiler.condition(Fact.HEADER, text("a"), Test.REGEX, text(".*abab.*"));
    const error = RegexError.within(numbered.region);
    condition.regex = compileRegex(numbered.region, condition.text, error);
    condition.window = 1;
    const bucket = numbered.table.bucketFor(condition);
    bucket.first = 7;
    // While an index is made, it counts here how many ask: no look-up may be taken for that number.
    bucket.asked = 1;
    numbered.table.use(bucket);
    numbered.table.close(numbered.slots);
    for (let i = 0; i < 3; i++) {
      expect(numbered.found(new HeaderPairs().add("a", "xabababab").add("a", "abab"))).toBe("7");
    }
    expect(numbered.found(new HeaderPairs().add("a", "aba"))).toBe("");
    expect(numbered.found(new HeaderPairs().add("a", "aBab"))).toBe("");
  });

  it("asks the host for no fact that nothing in use hangs on", () => {
    const numbered = new Numbered();
    numbered.put(Fact.PRINCIPAL, "", Test.EXACT, "x", 0);
    numbered.put(Fact.HEADER, "a", Test.EXACT, "x", 1);
    numbered.table.close(numbered.slots);
    forgetProperties();
    expect(numbered.found(new HeaderPairs().add("a", "x"))).toBe("1");
    expect<u32>(propertyReads).toBe(0);
  });
});
