import { hex, text } from "../../test/support/spec/bytes";
import { forgetProperties, propertyReads, setProperty } from "../../test/support/spec/host";
import { entry, listValue, stringValue, structValue } from "../../test/support/spec/metadata";
import { HeaderPairs } from "../../test/support/spec/pairs";
import { startRequest, valuesOf } from "../../test/support/spec/request";
import { Region } from "../memory/region";
import { Fact, SlotTable } from "./slots";

export { proxy_get_property } from "../../test/support/spec/host";

/** The values of a fact; in its name `|` stands for NUL. */
function values(fact: Fact, name: string): string {
  const slots = SlotTable.open(Region.open(), false);
  const slot = slots.slot(fact, text(name.replaceAll("|", "\0")));
  startRequest(slots, new HeaderPairs());
  return valuesOf(slot);
}

function stringOf(name: string): string {
  return values(Fact.METADATA_STRING, name);
}

function listOf(name: string): string {
  return values(Fact.METADATA_LIST, name);
}

/** Metadata of two filters, with a value of each kind: number_value is field 2, a double; bool_value field 4. */
function setMetadata(): void {
  forgetProperties();
  const one = "11000000000000f03f";
  const items = [stringValue("x"), one, stringValue(""), listValue([stringValue("inner")]), stringValue("y")];
  const kinds = entry("text", stringValue("hello")) + entry("empty", stringValue("")) + entry("list", listValue(items));
  const others = entry("none", listValue([])) + entry("number", one) + entry("flag", "2001");
  const struct = entry("struct", structValue(entry("text", stringValue("deep"))));
  const first = entry("envoy.filters.http.a", kinds + others + struct);
  setProperty("metadata", hex(first + entry("envoy.filters.http.b", entry("text", stringValue("other")))));
}

describe("a string of a filter's metadata", () => {
  it("is found by the filter's namespace and the key", () => {
    setMetadata();
    expect(stringOf("envoy.filters.http.a|text")).toBe("[hello]");
    expect(stringOf("envoy.filters.http.b|text")).toBe("[other]");
    expect(stringOf("envoy.filters.http.a|empty")).toBe("[]");
  });

  it("is absent under any other name, and where the value is no string", () => {
    setMetadata();
    const names = [
      "envoy.filters.http.c|text",
      "envoy.filters.http.a|tex",
      "envoy.filters.http.a|",
      "envoy.filters.http.a",
    ];
    const kinds = [
      "|text",
      "",
      "text",
      "envoy.filters.http.a|list",
      "envoy.filters.http.a|number",
      "envoy.filters.http.a|flag",
    ];
    const all = names.concat(kinds).concat(["envoy.filters.http.a|struct", "envoy.filters.http.a|struct|text"]);
    for (let i = 0; i < all.length; i++) expect(stringOf(all[i])).toBe("absent", all[i]);
  });
});

describe("a list of a filter's metadata", () => {
  it("has each string of it as a value, and nothing else of it", () => {
    setMetadata();
    expect(listOf("envoy.filters.http.a|list")).toBe("[x][][y]");
    expect(listOf("envoy.filters.http.a|none")).toBe("absent");
  });

  it("is absent where the value is no list", () => {
    setMetadata();
    const names = ["text", "empty", "number", "flag", "struct", "missing"];
    for (let i = 0; i < names.length; i++) expect(listOf("envoy.filters.http.a|" + names[i])).toBe("absent", names[i]);
  });
});

describe("metadata", () => {
  it("is read once for all that is asked of it", () => {
    setMetadata();
    const slots = SlotTable.open(Region.open(), false);
    const string = slots.slot(Fact.METADATA_STRING, text("envoy.filters.http.a\0text"));
    const list = slots.slot(Fact.METADATA_LIST, text("envoy.filters.http.a\0list"));
    const claim = slots.slot(Fact.CLAIM, text("sub"));
    const claimString = slots.slot(Fact.CLAIM_STRING, text("sub"));
    startRequest(slots, new HeaderPairs());
    expect(valuesOf(string) + valuesOf(list) + valuesOf(claim) + valuesOf(claimString)).toBe(
      "[hello][x][][y]absentabsent",
    );
    expect<u32>(propertyReads).toBe(1);
  });
});
