import { hex, text } from "../../test/support/spec/bytes";
import { Region } from "../memory/region";
import { Text, sameBytes, utf8 } from "./text";

function bytesOf(value: Text): string {
  let bytes = "";
  for (let i: u32 = 0; i < value.length; i++)
    bytes += load<u8>(value.start + i)
      .toString(16)
      .padStart(2, "0");
  return bytes;
}

describe("utf8", () => {
  it("lays down the literal's UTF-8", () => {
    // Unicode 15, table 3-6: U+00B5 is c2 b5, U+2026 is e2 80 a6, U+1F600 is f0 9f 98 80.
    expect(bytesOf(utf8("aµ…😀"))).toBe("61c2b5e280a6f09f9880");
    expect(utf8("aµ…😀").length).toBe(10);
    expect(utf8("").length).toBe(0);
    expect(bytesOf(utf8('a\0b"\\'))).toBe("610062225c");
  });

  it("is there once, however often it is written", () => {
    expect(changetype<usize>(utf8("abc"))).toBe(changetype<usize>(utf8("abc")));
    expect(changetype<usize>(utf8("abc")) != changetype<usize>(utf8("abd"))).toBe(true);
  });
});

describe("Text", () => {
  it("joins the bytes of three texts, of which any may be empty", () => {
    const region = Region.open();
    expect(Text.joined(region, utf8("ab"), utf8("c"), utf8("de")).toString()).toBe("abcde");
    expect(Text.joined(region, utf8(""), utf8("c"), utf8("")).toString()).toBe("c");
    expect<u32>(Text.joined(region, utf8(""), utf8(""), utf8("")).length).toBe(0);
  });

  it("copies bytes, whatever they are", () => {
    const region = Region.open();
    const from = hex("00ff80c3");
    const copy = Text.copy(region, from.start, from.length);
    store<u8>(from.start, 0x41);
    expect(bytesOf(copy)).toBe("00ff80c3");
    region.close();
  });

  it("takes a string's UTF-8", () => {
    expect(bytesOf(text("µ"))).toBe("c2b5");
    expect(text("").length).toBe(0);
    expect(text("aµ…😀").toString()).toBe("aµ…😀");
  });

  it("is equal by bytes and length", () => {
    expect(text("abc").equals(utf8("abc"))).toBe(true);
    expect(text("abc").equals(utf8("abd"))).toBe(false);
    expect(text("abc").equals(utf8("ab"))).toBe(false);
    expect(text("ab").equals(utf8("abc"))).toBe(false);
    expect(text("").equals(utf8(""))).toBe(true);
    expect(hex("c3").equals(hex("e3"))).toBe(false);
    const abcd = utf8("abcd");
    expect(utf8("bc").is(abcd.start + 1, 2)).toBe(true);
    expect(utf8("bc").is(abcd.start + 1, 3)).toBe(false);
    expect(sameBytes(abcd.start, 2, abcd.start, 2)).toBe(true);
    expect(sameBytes(abcd.start, 2, abcd.start + 1, 2)).toBe(false);
  });
});
