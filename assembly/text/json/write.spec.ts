import { hex, text } from "../../../test/support/spec/bytes";
import { Text } from "../text";
import { Writer } from "../writer";
import { writeJsonString } from "./write";

function written(value: Text, most: u32): string {
  const writer = Writer.open();
  writeJsonString(writer, value.start, value.length, most);
  const result = String.UTF8.decodeUnsafe(writer.start, writer.length);
  writer.close();
  return result;
}

describe("writeJsonString", () => {
  it("leaves printable ASCII as it is", () => {
    expect(written(text("/a?b=c'<&>"), 100)).toBe('"/a?b=c\'<&>"');
  });

  it("escapes quotes and backslashes", () => {
    expect(written(text('a"b\\c'), 100)).toBe('"a\\"b\\\\c"');
  });

  it("escapes control bytes and bytes that are no ASCII, as the Latin-1 characters that they are", () => {
    expect(written(hex("000a1f7f80e4ff"), 100)).toBe('"\\u0000\\u000a\\u001f\\u007f\\u0080\\u00e4\\u00ff"');
  });

  it("cuts off what is too long", () => {
    expect(written(text("abcdef"), 3)).toBe('"abc"');
    expect(written(text(""), 3)).toBe('""');
  });
});
