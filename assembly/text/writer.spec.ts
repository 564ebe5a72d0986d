import { hex, text } from "../../test/support/spec/bytes";
import { Writer } from "./writer";

function written(writer: Writer): string {
  return String.UTF8.decodeUnsafe(writer.start, writer.length);
}

function integer(value: i64): string {
  const writer = Writer.open();
  writer.integer(value);
  const result = written(writer);
  writer.close();
  return result;
}

function quoted(digits: string, most: u32): string {
  const writer = Writer.open();
  const bytes = hex(digits);
  writer.quoted(bytes.start, bytes.length, most);
  const result = written(writer);
  writer.close();
  return result;
}

describe("integer", () => {
  it("writes decimals from the least to the largest i64", () => {
    expect(integer(0)).toBe("0");
    expect(integer(7)).toBe("7");
    expect(integer(10)).toBe("10");
    expect(integer(-1)).toBe("-1");
    expect(integer(-100)).toBe("-100");
    expect(integer(1000000000000)).toBe("1000000000000");
    // 2^63 - 1 and -2^63.
    expect(integer(i64.MAX_VALUE)).toBe("9223372036854775807");
    expect(integer(i64.MIN_VALUE)).toBe("-9223372036854775808");
  });
});

describe("quoted", () => {
  it("escapes what would break a line or the quotes", () => {
    expect(quoted("6162", 80)).toBe('"ab"');
    expect(quoted("", 80)).toBe('""');
    expect(quoted("22", 80)).toBe('"\\""');
    expect(quoted("5c", 80)).toBe('"\\\\"');
    expect(quoted("0a0d00", 80)).toBe('"\\x0a\\x0d\\x00"');
    expect(quoted("7f1f", 80)).toBe('"\\x7f\\x1f"');
    expect(quoted("20", 80)).toBe('" "');
    expect(quoted("c2b5", 80)).toBe('"µ"');
  });

  it("leaves out what is past the limit, inside the quotes", () => {
    expect(quoted("616263", 3)).toBe('"abc"');
    expect(quoted("61626364", 3)).toBe('"abc…"');
  });
});

describe("plain", () => {
  it("escapes control bytes and neither quotes nor backslashes", () => {
    const writer = Writer.open();
    const bytes = text('a"\\\n' + "z");
    writer.plain(bytes.start, bytes.length, 80);
    expect(written(writer)).toBe('a"\\\\x0az');
    writer.clear();
    writer.plain(bytes.start, bytes.length, 2);
    expect(written(writer)).toBe('a"…');
    writer.close();
  });
});

describe("a writer", () => {
  it("keeps what is written when it grows, byte by byte and at once", () => {
    const writer = Writer.open();
    for (let i = 0; i < 10000; i++) writer.byte(i & 0xff);
    const large = text("x".repeat(100000));
    writer.text(large);
    expect<u32>(writer.length).toBe(110000);
    let wrong = 0;
    for (let i = 0; i < 10000; i++) if (<i32>load<u8>(writer.start + i) != (i & 0xff)) wrong++;
    for (let i = 10000; i < 110000; i++) if (load<u8>(writer.start + i) != 0x78) wrong++;
    expect(wrong).toBe(0);
    writer.close();
  });

  it("uses its buffer again after clear", () => {
    const writer = Writer.open();
    const large = text("x".repeat(1000));
    writer.text(large);
    const start = writer.start;
    writer.clear();
    expect<u32>(writer.length).toBe(0);
    writer.text(large);
    expect(writer.start).toBe(start);
    expect<u32>(writer.length).toBe(1000);
    writer.close();
  });
});
