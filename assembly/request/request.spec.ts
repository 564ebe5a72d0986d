import { hex, text } from "../../test/support/spec/bytes";
import { HeaderPairs } from "../../test/support/spec/pairs";
import { startRequest, valuesOf } from "../../test/support/spec/request";
import { Random } from "../../test/support/spec/random";
import { seed } from "../../test/support/spec/run";
import { resetArena } from "../memory/arena";
import { Region } from "../memory/region";
import { Text } from "../text/text";
import { fillHeaders, isPresent, openRequest, reserveSlots } from "./request";
import { Fact, SlotTable } from "./slots";

function table(joined: bool): SlotTable {
  return SlotTable.open(Region.open(), joined);
}

function header(slots: SlotTable, name: string): u32 {
  return slots.slot(Fact.HEADER, text(name));
}

/** Takes pairs that may be malformed, and gives the value of header `a`. */
function taken(slots: SlotTable, pairs: Text, a: u32): string {
  resetArena();
  reserveSlots(slots.count);
  openRequest(slots);
  fillHeaders(pairs.start, pairs.length);
  return valuesOf(a);
}

describe("headers", () => {
  it("come into the slots of their names, and no others are kept", () => {
    const slots = table(false);
    const path = header(slots, ":path");
    const user = header(slots, "end-user");
    const missing = header(slots, "x-missing");
    startRequest(slots, new HeaderPairs().add(":path", "/a?b").add("x-other", "z").add("end-user", "jason"));
    expect(valuesOf(path)).toBe("[/a?b]");
    expect(valuesOf(user)).toBe("[jason]");
    expect(valuesOf(missing)).toBe("absent");
    expect(isPresent(user)).toBe(true);
    expect(isPresent(missing)).toBe(false);
  });

  it("tell an empty value from a missing header", () => {
    const slots = table(false);
    const a = header(slots, "a");
    startRequest(slots, new HeaderPairs().add("a", ""));
    expect(valuesOf(a)).toBe("[]");
    startRequest(slots, new HeaderPairs());
    expect(valuesOf(a)).toBe("absent");
  });

  it("are told apart by their whole names, of any length", () => {
    const slots = table(false);
    const long = "x-" + "n".repeat(70);
    const a = header(slots, "ab");
    const b = header(slots, "ba");
    const c = header(slots, long);
    const d = header(slots, long + "n");
    startRequest(slots, new HeaderPairs().add("ba", "1").add(long, "2").add("abc", "3"));
    expect(valuesOf(a) + valuesOf(b) + valuesOf(c) + valuesOf(d)).toBe("absent[1][2]absent");
  });

  it("are forgotten at the next request", () => {
    const slots = table(false);
    const a = header(slots, "a");
    startRequest(slots, new HeaderPairs().add("a", "1"));
    expect(valuesOf(a)).toBe("[1]");
    startRequest(slots, new HeaderPairs().add("b", "2"));
    expect(valuesOf(a)).toBe("absent");
    startRequest(slots, new HeaderPairs().add("a", "3"));
    expect(valuesOf(a)).toBe("[3]");
  });

  it("of two plans keep apart", () => {
    const one = table(false);
    const other = table(false);
    const a = header(one, "a");
    const b = header(other, "b");
    startRequest(one, new HeaderPairs().add("a", "1").add("b", "2"));
    expect(valuesOf(a)).toBe("[1]");
    startRequest(other, new HeaderPairs().add("a", "1").add("b", "2"));
    expect(valuesOf(b)).toBe("[2]");
  });

  it("have a slot each, however many there are, and one however often it is asked for", () => {
    const slots = table(false);
    const pairs = new HeaderPairs();
    for (let i = 0; i < 1000; i++) {
      expect<u32>(header(slots, "x-" + i.toString())).toBe(i);
      pairs.add("x-" + i.toString(), i.toString());
    }
    expect<u32>(header(slots, "x-500")).toBe(500);
    expect<u32>(slots.count).toBe(1000);
    startRequest(slots, pairs);
    for (let i = 0; i < 1000; i++) expect(valuesOf(i)).toBe("[" + i.toString() + "]");
  });
});

describe("a few headers", () => {
  it("are told apart even if their names have one length and one end", () => {
    for (let count = 0; count <= 70; count++) {
      const slots = table(false);
      const pairs = new HeaderPairs();
      for (let i = 0; i < count; i++) {
        const name = "x-" + i.toString().padStart(2, "0") + "-id";
        expect<u32>(header(slots, name)).toBe(i);
        pairs.add(name, i.toString()).add("y-" + i.toString().padStart(2, "0") + "-id", "other");
      }
      startRequest(slots, pairs);
      for (let i = 0; i < count; i++) expect(valuesOf(i)).toBe("[" + i.toString() + "]");
    }
  });
});

describe("a repeated header", () => {
  it("has its values one by one, in their order", () => {
    const slots = table(false);
    const a = header(slots, "a");
    startRequest(slots, new HeaderPairs().add("a", "1").add("b", "x").add("a", "").add("a", "2,3"));
    expect(valuesOf(a)).toBe("[1][][2,3]");
  });

  it("is one value where headers are joined, with a comma between two (Envoy getAllOfHeaderAsString)", () => {
    const slots = table(true);
    const a = header(slots, "a");
    startRequest(slots, new HeaderPairs().add("a", "1").add("b", "x").add("a", "2").add("a", "3"));
    expect(valuesOf(a)).toBe("[1,2,3]");
    expect(valuesOf(a)).toBe("[1,2,3]");
    startRequest(slots, new HeaderPairs().add("a", "only"));
    expect(valuesOf(a)).toBe("[only]");
  });

  it("keeps its commas where values are empty, joined", () => {
    const slots = table(true);
    const a = header(slots, "a");
    startRequest(slots, new HeaderPairs().add("a", "1").add("a", ""));
    expect(valuesOf(a)).toBe("[1,]");
    startRequest(slots, new HeaderPairs().add("a", "1").add("a", "").add("a", "2"));
    expect(valuesOf(a)).toBe("[1,,2]");
    startRequest(slots, new HeaderPairs().add("a", "").add("a", "b"));
    expect(valuesOf(a)).toBe("[,b]");
    startRequest(slots, new HeaderPairs().add("a", "").add("a", ""));
    expect(valuesOf(a)).toBe("[,]");
  });
});

describe("malformed pairs", () => {
  it("end the reading where they cannot be read", () => {
    const slots = table(false);
    const a = header(slots, "a");
    // One header, a: b, as the host encodes it.
    expect(taken(slots, hex("01000000" + "0100000001000000" + "61006200"), a)).toBe("[b]");
    // Nothing at all; a count of 0; a count cut short.
    expect(taken(slots, hex(""), a)).toBe("absent");
    expect(taken(slots, hex("00000000"), a)).toBe("absent");
    expect(taken(slots, hex("010000"), a)).toBe("absent");
    // A count that the bytes cannot hold, also where 8 times it passes 32 bits.
    expect(taken(slots, hex("02000000" + "0100000001000000" + "61006200"), a)).toBe("absent");
    expect(taken(slots, hex("ffffffff" + "0100000001000000" + "61006200"), a)).toBe("absent");
    expect(taken(slots, hex("01000020" + "0100000001000000" + "61006200"), a)).toBe("absent");
    // A value, or a name, that reaches past the end; lengths whose sum passes 32 bits.
    expect(taken(slots, hex("01000000" + "0100000002000000" + "61006200"), a)).toBe("absent");
    expect(taken(slots, hex("01000000" + "01000000ffffffff" + "61006200"), a)).toBe("absent");
    expect(taken(slots, hex("01000000" + "ffffffffffffffff" + "61006200"), a)).toBe("absent");
    // The last NUL is missing.
    expect(taken(slots, hex("01000000" + "0100000001000000" + "610062"), a)).toBe("absent");
    // The second of two is malformed: the first was read.
    expect(taken(slots, hex("02000000" + "0100000001000000" + "0100000009000000" + "61006200" + "6100"), a)).toBe(
      "[b]",
    );
  });

  it("never trap: random bytes, and encodings with bytes changed or cut off", () => {
    const random = new Random(seed());
    const slots = table(false);
    const a = header(slots, "a");
    const user = header(slots, "end-user");
    const good = new HeaderPairs().add(":path", "/").add("a", "1").add("end-user", "jason").add("a", "2").encode();
    const region = Region.open();
    const copy = region.take(256);
    for (let round = 0; round < 20000; round++) {
      let length: u32 = good.length;
      if (round % 2 == 0) {
        memory.copy(copy, good.start, length);
        for (let i = 0; i < 3; i++) store<u8>(copy + random.below(length), random.below(256));
        if (random.percent(30)) length = random.below(length);
      } else {
        length = random.below(100);
        for (let i: u32 = 0; i < length; i++)
          store<u8>(copy + i, random.percent(70) ? random.below(4) : random.below(256));
      }
      resetArena();
      openRequest(slots);
      fillHeaders(copy, length);
      isPresent(a);
      isPresent(user);
    }
    expect(taken(slots, good, user)).toBe("[jason]");
  });
});
