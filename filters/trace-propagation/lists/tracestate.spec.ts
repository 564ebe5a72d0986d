import { text } from "../../../test/support/spec/bytes";
import { shownValue } from "../test/spec/header-lines";
import { HeaderPairs } from "../../../test/support/spec/pairs";
import { startRequest } from "../../../test/support/spec/request";
import { expectAnew, expectAsItCame, expectInvalid, expectValue, read } from "../test/spec/tracestate";
import { Region } from "../../../assembly/memory/region";
import { firstValue } from "../../../assembly/request/request";
import { Fact, SlotTable } from "../../../assembly/request/slots";
import { ListState } from "./list-state";
import { Tracestate } from "./tracestate";

describe("a tracestate (W3C Trace Context Level 2, Tracestate Header)", () => {
  it("is absent where there is no header", () => {
    const tracestate = read([]);
    expect<i32>(tracestate.state).toBe(ListState.ABSENT);
    expect(shownValue(tracestate.write())).toBe("(null)");
    expect(shownValue(tracestate.find(text("foo")))).toBe("(null)");
  });

  it("is left as it came where it is valid (the specification's examples)", () => {
    expectAsItCame(["rojo=00f067aa0ba902b7"]);
    expectAsItCame(["rojo=00f067aa0ba902b7,congo=t61rcWkgMzE"]);
    expectAsItCame(["vendorname1=opaqueValue1,vendorname2=opaqueValue2"]);
    expectAsItCame(["congo=ucfJifl5GOE,rojo=00f067aa0ba902b7"]);
    expectValue(["rojo=00f067aa0ba902b7,congo=t61rcWkgMzE"], "rojo", "00f067aa0ba902b7");
    expectValue(["rojo=00f067aa0ba902b7,congo=t61rcWkgMzE"], "congo", "t61rcWkgMzE");
  });

  it("is read from the header's slot", () => {
    const slots = SlotTable.open(Region.open(), false);
    const slot = slots.slot(Fact.HEADER, text("tracestate"));
    startRequest(slots, new HeaderPairs().add("tracestate", "foo=1").add(":path", "/").add("tracestate", "bar=2"));
    expect(shownValue(Tracestate.read(firstValue(slot)).write())).toBe("foo=1,bar=2");
  });

  it("is several lines joined in their order (test_tracestate_multiple_headers_different_keys)", () => {
    expectAnew(["foo=1,bar=2", "rojo=1,congo=2", "baz=3"], "foo=1,bar=2,rojo=1,congo=2,baz=3");
  });

  it("may have empty members, which are not written (test_tracestate_empty_header)", () => {
    expectAnew([""], "(null)");
    expectAnew([" \t"], "(null)");
    expectAnew(["", ""], "(null)");
    expectAnew([" , ,\t"], "(null)");
    expectAnew(["foo=1", ""], "foo=1");
    expectAnew(["", "foo=1"], "foo=1");
    expectAnew(["foo=1,"], "foo=1");
    expectAnew([",foo=1"], "foo=1");
    expectAnew([",foo=1,, ,bar=2,"], "foo=1,bar=2");
  });

  it("may have blanks around members (test_tracestate_ows_handling)", () => {
    const spaced: string[] = ["foo=1 \t , \t bar=2, \t baz=3"];
    expectAsItCame(spaced);
    expectValue(spaced, "foo", "1");
    expectValue(spaced, "bar", "2");
    expectValue(spaced, "baz", "3");
    expectValue(["foo=1\t \t,\t \tbar=2,\t \tbaz=3"], "bar", "2");
    const around: string[] = [" foo=1", "\tfoo=1", "foo=1 ", "foo=1\t", "\t foo=1 \t"];
    for (let i = 0; i < around.length; i++) {
      expectAsItCame([around[i]]);
      expectValue([around[i]], "foo", "1");
    }
    expectAnew(["foo=1 \t , \t bar=2", "\tbaz=3 "], "foo=1,bar=2,baz=3");
  });

  it("keeps the blanks that a value begins with or has within", () => {
    expectValue(["foo=  a b  ,bar=2"], "foo", "  a b");
    expectInvalid(["foo=\ta"]);
    expectInvalid(["foo=a\tb"]);
  });

  it("takes every allowed character (test_tracestate_all_allowed_characters)", () => {
    const key = "abcdefghijklmnopqrstuvwxyz0123456789_-*/";
    const keyWithVendor = key + "@a-z0-9_-*/";
    let value = "";
    for (let i = 0x20; i <= 0x7e; i++) if (i != 0x2c && i != 0x3d) value += String.fromCharCode(i);
    expectAsItCame([key + "=" + value]);
    expectValue([key + "=" + value], key, value);
    expectAsItCame([keyWithVendor + "=" + value]);
    expectValue([keyWithVendor + "=" + value], keyWithVendor, value);
  });

  it("takes no other character, wherever it stands", () => {
    const first = "abcdefghijklmnopqrstuvwxyz0123456789";
    const later = first + "_-*/@";
    for (let i = 0; i < 256; i++) {
      if (i == 0x2c || i == 0x3d) continue;
      const sign = String.fromCharCode(i);
      const isFirst = first.includes(sign);
      expect<bool>(read([sign + "a=1"]).state != ListState.INVALID).toBe(
        isFirst || i == 0x20 || i == 0x09,
        "first " + i.toString(),
      );
      expect<bool>(read(["a" + sign + "=1"]).state != ListState.INVALID).toBe(
        later.includes(sign),
        "key " + i.toString(),
      );
      expect<bool>(read(["a=1" + sign + "1"]).state != ListState.INVALID).toBe(
        i >= 0x20 && i <= 0x7e,
        "value " + i.toString(),
      );
    }
  });

  it("is discarded for a malformed key (test_tracestate_key_illegal_characters, …_vendor_format)", () => {
    expectInvalid(["foo =1"]);
    expectInvalid(["FOO=1"]);
    expectInvalid(["foo.bar=1"]);
    expectInvalid(["foo.bar"]);
    expectInvalid(["foo bar"]);
    expectInvalid(["@foo=1,bar=2"]);
    expectInvalid(["=1,bar=2"]);
    expectInvalid(["foo", "bar=2"]);
    expectInvalid(["bar=2", "foo"]);
  });

  it("may have keys with several at signs (test_tracestate_key_illegal_vendor_format)", () => {
    expectValue(["foo@=1,bar=2"], "foo@", "1");
    expectValue(["foo@@bar=1,bar=2"], "foo@@bar", "1");
    expectValue(["foo@bar@baz=1,bar=2"], "foo@bar@baz", "1");
    expectValue(["foo@bar@baz=1,bar=2"], "bar", "2");
  });

  it("is discarded for a malformed value (test_tracestate_value_illegal_characters)", () => {
    expectInvalid(["foo=bar=baz"]);
    expectInvalid(["foo=,bar=3"]);
    expectInvalid(["bar=3,foo="]);
    expectInvalid(["foo= ,bar=3"]);
    expectInvalid(["foo==1"]);
  });

  it("has the first of several members with one key (test_tracestate_duplicated_keys)", () => {
    expectAnew(["foo=1,foo=1"], "foo=1");
    expectAnew(["foo=1,foo=2"], "foo=1");
    expectAnew(["foo=1", "foo=1"], "foo=1");
    expectAnew(["foo=1", "foo=2"], "foo=1");
    expectAnew(
      ["congo=congosFirstPosition,rojo=rojosFirstPosition,congo=congosSecondPosition"],
      "congo=congosFirstPosition,rojo=rojosFirstPosition",
    );
    expectAsItCame(["fo=1,foo=2,oo=3"]);
    expectAsItCame(["foo=1,fo=2"]);
  });
});
