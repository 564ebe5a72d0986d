import { text } from "../../test/support/spec/bytes";
import { forgetProperties, propertyReads, setProperty } from "../../test/support/spec/host";
import { entry, listValue, setClaims, stringValue, structValue } from "../../test/support/spec/metadata";
import { HeaderPairs } from "../../test/support/spec/pairs";
import { startRequest, valuesOf } from "../../test/support/spec/request";
import { Region } from "../memory/region";
import { firstPresentPart, isPresent } from "./request";
import { Fact, SlotTable } from "./slots";

export { proxy_get_property } from "../../test/support/spec/host";

/** A claim's values; the segments of its path are separated by `/`. */
function claim(path: string, fact: Fact = Fact.CLAIM): string {
  const slots = SlotTable.open(Region.open(), false);
  const slot = slots.slot(fact, text(path.replaceAll("/", "\0")));
  startRequest(slots, new HeaderPairs());
  return valuesOf(slot);
}

describe("a claim", () => {
  it("is a string of the token's payload", () => {
    forgetProperties();
    setClaims(entry("iss", stringValue("me")) + entry("sub", stringValue("dev")) + entry("empty", stringValue("")));
    expect(claim("sub")).toBe("[dev]");
    expect(claim("empty")).toBe("[]");
    expect(claim("su")).toBe("absent");
    expect(claim("subs")).toBe("absent");
    expect(claim("sub/x")).toBe("absent");
  });

  it("has each string of a list as a value, and none where the list is empty", () => {
    forgetProperties();
    const groups = [stringValue("dev"), stringValue(""), stringValue("ops")];
    setClaims(entry("groups", listValue(groups)) + entry("none", listValue([])));
    expect(claim("groups")).toBe("[dev][][ops]");
    expect(claim("none")).toBe("absent");
  });

  it("may lie in objects, whose names may have dots", () => {
    forgetProperties();
    const inner = entry("role", stringValue("admin")) + entry("a.b", structValue(entry("c", stringValue("x"))));
    setClaims(entry("realm", structValue(inner)));
    expect(claim("realm/role")).toBe("[admin]");
    expect(claim("realm/a.b/c")).toBe("[x]");
    expect(claim("realm/c")).toBe("absent");
    expect(claim("realm")).toBe("absent", "an object is no string");
  });

  it("that is a number or a boolean has no value, nor has one in a list", () => {
    forgetProperties();
    // number_value is field 2, a double: 1.0 is 3ff0000000000000; bool_value is field 4.
    const one = "11000000000000f03f";
    const yes = "2001";
    setClaims(entry("n", one) + entry("b", yes) + entry("l", listValue([one, stringValue("x"), yes])));
    expect(claim("n")).toBe("absent");
    expect(claim("b")).toBe("absent");
    expect(claim("l")).toBe("[x]");
  });

  it("is absent where there is no token, or no metadata", () => {
    forgetProperties();
    expect(claim("sub")).toBe("absent");
    setProperty("metadata", text(""));
    expect(claim("sub")).toBe("absent");
  });

  it("may be asked for as a string alone, which no list is", () => {
    forgetProperties();
    const groups = listValue([stringValue("dev")]);
    const inner = entry("role", stringValue("admin")) + entry("roles", listValue([stringValue("admin")]));
    const plain = entry("sub", stringValue("dev")) + entry("empty", stringValue("")) + entry("groups", groups);
    setClaims(plain + entry("realm", structValue(inner)) + entry("n", "11000000000000f03f"));
    expect(claim("sub", Fact.CLAIM_STRING)).toBe("[dev]");
    expect(claim("empty", Fact.CLAIM_STRING)).toBe("[]");
    expect(claim("realm/role", Fact.CLAIM_STRING)).toBe("[admin]");
    const none = ["groups", "realm/roles", "realm", "n", "missing"];
    for (let i = 0; i < none.length; i++) expect(claim(none[i], Fact.CLAIM_STRING)).toBe("absent", none[i]);
  });

  it("costs one reading of the metadata, however many are asked for, and none where nobody asks", () => {
    forgetProperties();
    setClaims(entry("a", stringValue("1")) + entry("b", stringValue("2")));
    const slots = SlotTable.open(Region.open(), false);
    const a = slots.slot(Fact.CLAIM, text("a"));
    const b = slots.slot(Fact.CLAIM, text("b"));
    startRequest(slots, new HeaderPairs());
    expect<u32>(propertyReads).toBe(0);
    expect(valuesOf(a) + valuesOf(b) + valuesOf(a)).toBe("[1][2][1]");
    expect<u32>(propertyReads).toBe(1);
  });

  it("has no name with a NUL in it, which parts the names of claims within claims", () => {
    forgetProperties();
    setClaims(entry("a\0b", stringValue("x")) + entry("a", structValue(entry("c\0d", stringValue("y")))));
    expect(claim("a/b")).toBe("absent");
    expect(claim("a/c/d")).toBe("absent");
  });

  it("is read with all others at once", () => {
    forgetProperties();
    const inner = entry("role", stringValue("admin")) + entry("deep", structValue(entry("er", stringValue("z"))));
    setClaims(entry("realm", structValue(inner)) + entry("sub", stringValue("dev")) + entry("n", "2001"));
    const slots = SlotTable.open(Region.open(), false);
    const names = ["sub", "realm", "realm/role", "realm/deep/er", "realm/deep", "n", "none"];
    const numbers: u32[] = [];
    for (let i = 0; i < names.length; i++) numbers.push(slots.slot(Fact.CLAIM, text(names[i].replaceAll("/", "\0"))));
    startRequest(slots, new HeaderPairs());
    const before = propertyReads;
    const values = numbers.map<string>((number) => valuesOf(number));
    expect(values.join(" ")).toBe("[dev] absent [admin] [z] absent absent absent");
    expect(propertyReads).toBe(before + 1);
    let present = "";
    let part = firstPresentPart(numbers[0]);
    while (part != null) {
      present += isPresent(part.number) ? slots.at(part.number).name.toString() + " " : "";
      part = part.nextPresent;
    }
    expect(present.replaceAll("\0", "/")).toBe("realm/deep/er realm/role sub ");
  });
});
