import { hex, text } from "../../test/as-pect/assembly/bytes";
import { forgetProperties, propertyReads, setProperty } from "../../test/as-pect/assembly/host";
import { HeaderPairs } from "../../test/as-pect/assembly/pairs";
import { startRequest, valuesOf } from "../../test/as-pect/assembly/request";
import { Region } from "../memory/region";
import { Text, utf8 } from "../text/text";
import { Fact, SlotTable } from "./slots";

export { proxy_get_property } from "../../test/as-pect/assembly/host";

const PAYLOAD = "metadata/filter_metadata/envoy.filters.http.jwt_authn/payload";

function claim(value: Text | null): string {
  forgetProperties();
  if (value != null) setProperty(PAYLOAD + "/groups", value);
  const slots = SlotTable.open(Region.open(), false);
  const path = utf8("metadata\0filter_metadata\0envoy.filters.http.jwt_authn\0payload\0groups");
  const slot = slots.slot(Fact.CLAIM, path);
  startRequest(slots, new HeaderPairs());
  return valuesOf(slot);
}

describe("a claim", () => {
  it("is the string of the token's payload, and is asked for once", () => {
    expect(claim(text("dev"))).toBe("[dev]");
    expect(claim(text(""))).toBe("[]");
    expect(claim(null)).toBe("absent");
    expect<u32>(propertyReads).toBe(1);
  });

  it("is not asked for at all where nobody wants it", () => {
    forgetProperties();
    const slots = SlotTable.open(Region.open(), false);
    slots.slot(Fact.CLAIM, text("x"));
    startRequest(slots, new HeaderPairs());
    expect<u32>(propertyReads).toBe(0);
  });

  it("has each string of a list as a value: Envoy encodes it as pairs whose values are empty", () => {
    expect(claim(new HeaderPairs().add("dev", "").add("ops", "").encode())).toBe("[dev][ops]");
    expect(claim(new HeaderPairs().add("dev", "").encode())).toBe("[dev]");
    expect(claim(new HeaderPairs().add("", "").encode())).toBe("[]");
    expect(claim(new HeaderPairs().add("a b", "").add("", "").add("c", "").encode())).toBe("[a b][][c]");
  });

  it("has no value where the list is empty: no pairs are a count of 0", () => {
    expect(claim(hex("00000000"))).toBe("absent");
  });

  it("is a string where the bytes are no list to their end", () => {
    // "\x01\0\0\0" with too little behind it; a pair with a value; a NUL missing; bytes behind the last NUL.
    expect(claim(hex("01000000")).length).toBe(6);
    expect(claim(new HeaderPairs().add("a", "b").encode()).length).toBe(2 + 16);
    expect(claim(hex("01000000" + "0100000000000000" + "610062")).length).toBe(2 + 15);
    expect(claim(hex("01000000" + "0100000000000000" + "61000061")).length).toBe(2 + 16);
    expect(claim(hex("ffffffff" + "ffffffff00000000" + "610000")).startsWith("[")).toBe(true);
    expect(claim(hex("01000000" + "ffffffff00000000" + "610000")).startsWith("[")).toBe(true);
  });
});
