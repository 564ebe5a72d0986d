import { text } from "../../test/support/spec/bytes";
import { HeaderPairs } from "../../test/support/spec/pairs";
import { startRequest } from "../../test/support/spec/request";
import { Region } from "../memory/region";
import { Fact, SlotTable } from "../request/slots";
import { MatchCompiler } from "./compiler";
import { Condition, Test } from "./condition";
import { Field, leadOf } from "./field";

const slots = SlotTable.open(Region.open(), false);
const compiler = MatchCompiler.open(Region.open(), slots);

function on(name: string, test: Test, written: string): Condition {
  return compiler.condition(Fact.HEADER, text(name), test, text(written));
}

/** A field of so many values of `a`, v0, v1 …; what `more` adds comes in their midst. */
function field(count: i32, negated: bool, more: Condition | null): Field {
  const made = Field.open(Region.open(), negated);
  for (let i = 0; i < count; i++) {
    if (more != null && i == count / 2) made.add(more);
    made.add(on("a", Test.EXACT, "v" + i.toString()));
  }
  return made;
}

/** Whether a field holds for requests with these headers `a=b`, blanks between two; before it is packed and after. */
function holds(made: Field, requests: string[]): string {
  let seen = "";
  for (let i = 0; i < requests.length; i++) {
    const pairs = new HeaderPairs();
    const headers = requests[i].length == 0 ? new Array<string>() : requests[i].split(" ");
    for (let j = 0; j < headers.length; j++) {
      const parts = headers[j].split("=");
      pairs.add(parts[0], parts[1]);
    }
    startRequest(slots, pairs);
    seen += made.holds() ? "1" : "0";
  }
  return seen;
}

const REQUESTS = ["a=v0", "a=v7", "a=v8", "a=v19", "a=x", "", "a=x a=v3", "b=1"];

describe("a field", () => {
  it("holds the same before and after it is packed, of however many values", () => {
    const counts = [1, 7, 8, 9, 10, 20];
    const expected = ["10000000", "10000010", "11000010", "11100010", "11100010", "11110010"];
    for (let i = 0; i < counts.length; i++) {
      const made = field(counts[i], false, null);
      expect(holds(made, REQUESTS)).toBe(expected[i], counts[i].toString());
      made.pack(Region.open(), Region.open());
      expect(holds(made, REQUESTS)).toBe(expected[i], counts[i].toString() + ", packed");
    }
  });

  it("that is negated holds where none of its values is met, a missing one included", () => {
    const made = field(20, true, null);
    expect(holds(made, REQUESTS)).toBe("00001101");
    made.pack(Region.open(), Region.open());
    expect(holds(made, REQUESTS)).toBe("00001101");
  });

  it("without values is met by nothing", () => {
    expect(holds(Field.open(Region.open(), false), REQUESTS)).toBe("00000000");
    expect(holds(Field.open(Region.open(), true), REQUESTS)).toBe("11111111");
  });

  it("tries those values one by one that cannot be looked up", () => {
    const made = field(20, false, on("b", Test.PRESENT, ""));
    expect(holds(made, REQUESTS)).toBe("11110011");
    made.pack(Region.open(), Region.open());
    expect(holds(made, REQUESTS)).toBe("11110011");
  });

  it("wants all conditions of a value that has several, whichever of them leads to it", () => {
    const pair = on("b", Test.PRESENT, "");
    pair.next = on("c", Test.EXACT, "1");
    const requests = ["b=x c=1", "b=x c=2", "c=1", "b=x"];
    const made = field(20, false, pair);
    expect(holds(made, requests)).toBe("1000");
    made.pack(Region.open(), Region.open());
    expect(holds(made, requests)).toBe("1000");
    expect(leadOf(pair) == pair.next).toBe(true);
  });

  it("keeps values apart that one text leads to", () => {
    const first = on("c", Test.EXACT, "1");
    first.next = on("d", Test.EXACT, "1");
    const second = on("c", Test.EXACT, "1");
    second.next = on("d", Test.EXACT, "2");
    const made = field(10, false, first);
    made.add(second);
    made.pack(Region.open(), Region.open());
    expect(holds(made, ["c=1 d=1", "c=1 d=2", "c=1 d=3", "c=1", "d=1"])).toBe("11000");
  });
});
