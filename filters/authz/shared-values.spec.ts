import { text } from "../../test/support/spec/bytes";
import { MatchCompiler } from "../../assembly/match/compiler";
import { Condition, Test } from "../../assembly/match/condition";
import { Region } from "../../assembly/memory/region";
import { Fact, SlotTable } from "../../assembly/request/slots";
import { SharedValues } from "./shared-values";

const region = Region.open();
const compiler = MatchCompiler.open(region, SlotTable.open(region, false));

function exact(name: string, value: string): Condition {
  return compiler.condition(Fact.HEADER, text(name), Test.EXACT, text(value));
}

describe("a shared value", () => {
  it("is that of the same fact to the letter", () => {
    const values = SharedValues.open(region);
    const get = exact(":method", "GET");
    expect(values.sharedWith(get) == null).toBe(true);
    expect(values.sharedWith(exact(":method", "GET")) == get).toBe(true);
    expect(values.sharedWith(exact(":method", "GE")) == null).toBe(true);
    expect(values.sharedWith(exact("x-method", "GET")) == null).toBe(true);
    // The case of letters is not in the hash, so these have one place.
    expect(values.sharedWith(exact(":method", "get")) == null).toBe(true);
    const anyCase = exact(":method", "get");
    anyCase.ignoreCase = true;
    expect(values.sharedWith(anyCase) == null).toBe(true);
    // Nor have the same bytes another place where the number of the fact is a multiple of the places higher.
    const other = exact(":method", "get");
    other.ignoreCase = true;
    other.slot += 1 << 20;
    expect(values.sharedWith(other) == null).toBe(true);
  });

  it("is one of the last: never another one, however many there are", () => {
    const values = SharedValues.open(region);
    let shared = 0;
    for (let i = 0; i < 20000; i++) {
      const value = exact("h", (i % 5000).toString());
      const known = values.sharedWith(value);
      if (known == null) continue;
      shared++;
      expect(known.slot == value.slot && known.text.equals(value.text)).toBe(true);
    }
    expect(shared < 15000).toBe(true);
    const last = exact("h", "last");
    expect(values.sharedWith(last) == null).toBe(true);
    for (let i = 0; i < 100; i++) expect(values.sharedWith(exact("h", "last")) == last).toBe(true);
  });
});
