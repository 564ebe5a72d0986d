import { text } from "../../../test/support/spec/bytes";
import { Region } from "../../memory/region";
import { Text } from "../text";
import { JsonKind, JsonNode } from "./node";
import { JsonParser } from "./parser";

const region = Region.open();
const TWO_MIB: u32 = 2097152;

/** "" where the document is read, else what is wrong with it and where. */
function problem(document: Text): string {
  const parser = changetype<JsonParser>(region.take(offsetof<JsonParser>()));
  const node = JsonParser.parse(region, document.start, document.length, parser);
  return node != null ? "" : parser.problem.toString() + " @" + parser.problemAt.toString();
}

function accepts(document: string): void {
  expect(problem(text(document))).toBe("", document);
}

function refuses(document: string): void {
  expect(problem(text(document)) != "").toBe(true, document);
}

/** The value of a document that must be read. */
function value(document: string): JsonNode {
  const bytes = text(document);
  const parser = changetype<JsonParser>(region.take(offsetof<JsonParser>()));
  const node = JsonParser.parse(region, bytes.start, bytes.length, parser);
  expect(node != null).toBe(true, document);
  return node!;
}

function repeated(part: string, times: i32): string {
  return part.repeat(times);
}

/** An object of so many members of different names. */
function objectOf(members: i32): string {
  const parts: string[] = [];
  for (let i = 0; i < members; i++) parts.push('"' + i.toString() + '":0');
  return "{" + parts.join(",") + "}";
}

describe("what strings mean (RFC 8259 §7)", () => {
  it("resolves every escape", () => {
    expect(value('"\\"\\\\\\/\\b\\f\\n\\r\\t"').text.toString()).toBe('"\\/\b\u000c\n\r\t');
    expect(value('"a\\u0041\\u00e9\\u20AC\\u2026z"').text.toString()).toBe("aAé€…z");
    expect(value('"\\u0000"').text.length).toBe(1);
    expect(value('"\\u007f\\u0080\\u07ff\\u0800\\uffff"').text.toString()).toBe("\u007f\u0080\u07ff\u0800\uffff");
    expect(value('"aé€😀"').text.toString()).toBe("aé€😀");
  });

  it("makes one code point of a surrogate pair, and refuses half of one", () => {
    // The RFC's own example: U+1D11E is \uD834\uDD1E, in UTF-8 f0 9d 84 9e.
    const clef = value('"\\uD834\\uDD1E"').text;
    expect<u32>(clef.length).toBe(4);
    expect<u32>(bswap(load<u32>(clef.start))).toBe(0xf09d849e);
    // The first and the last pair: U+10000 is f0 90 80 80, U+10FFFF is f4 8f bf bf.
    expect<u32>(bswap(load<u32>(value('"\\ud800\\udc00"').text.start))).toBe(0xf0908080);
    expect<u32>(bswap(load<u32>(value('"\\uDBFF\\uDFFF"').text.start))).toBe(0xf48fbfbf);
    refuses('"\\uD834"');
    refuses('"\\uDD1E"');
    refuses('"\\uDD1E\\uD834"');
    refuses('"\\uDD1E\\uDD1E"');
    refuses('"\\uD834\\uD834"');
    refuses('"\\uD834\\u0041"');
    refuses('"\\uD834x\\uDD1E"');
  });

  it("keeps names unescaped too", () => {
    const first = value('{"\\u0061b": 1}').first;
    expect(first!.key.toString()).toBe("ab");
  });
});

describe("what numbers mean", () => {
  it("reads them as doubles", () => {
    expect<f64>(value("0").number).toBe(0);
    expect<f64>(value("42").number).toBe(42);
    expect<f64>(value("-17").number).toBe(-17);
    expect<f64>(value("0.1").number).toBe(0.1);
    expect<f64>(value("1E-7").number).toBe(1e-7);
    expect<f64>(value("1e22").number).toBe(1e22);
    expect<f64>(value("3.0").number).toBe(3);
    expect<f64>(value("12.5e1").number).toBe(125);
    expect<f64>(value("123456789.123").number).toBe(123456789.123);
    expect<f64>(value("9007199254740991").number).toBe(9007199254740991);
    expect<f64>(value("9007199254740993").number).toBe(9007199254740992);
    expect<f64>(value("0.0001").number).toBe(0.0001);
    expect<f64>(value("99.9999").number).toBe(99.9999);
    // As many zeros as digits do not make a number lose its place.
    expect<f64>(value("0." + repeated("0", 400) + "1e401").number).toBe(1);
    expect<f64>(value("1" + repeated("0", 400) + "e-400").number).toBe(1);
  });

  it("keeps the sign of zero", () => {
    expect<f64>(1 / value("-0").number).toBe(-Infinity);
    expect<f64>(1 / value("-0.0e5").number).toBe(-Infinity);
    expect<f64>(1 / value("0").number).toBe(Infinity);
  });

  it("refuses what is past the range of a double, and no less", () => {
    expect(isFinite(value("1e308").number)).toBe(true);
    expect(isFinite(value("-1e308").number)).toBe(true);
    // The largest double (IEEE 754, binary64).
    accepts("1.7976931348623157e308");
    expect(problem(text("[1e309]"))).toBe("the number is out of range @1");
    expect(problem(text("-1e309"))).toBe("the number is out of range @0");
    refuses("1e999999999999999999999");
    refuses("1" + repeated("0", 400));
    // Too small for a double is 0.
    expect<f64>(value("1e-400").number).toBe(0);
    expect<f64>(value("123e-99999999999999").number).toBe(0);
    expect<f64>(value("0e999999999999").number).toBe(0);
  });

  it("is within a few units in the last place for long ones", () => {
    expect<f64>(Math.abs(value("3.14159265358979323846264338327950288").number - Math.PI)).toBeLessThan(2e-15);
    const large = value("1e308").number / 1e300;
    expect<f64>(Math.abs(large - 1e8)).toBeLessThan(1e-6);
  });
});

describe("what is refused beyond the RFC", () => {
  it("refuses a name that stands twice in an object, escaped or not", () => {
    expect(problem(text('{"a":1,"b":2,"a":3}'))).toBe("an object has the same name twice @13");
    expect(problem(text('{"a":1,"\\u0061":3}'))).toBe("an object has the same name twice @7");
    expect(problem(text('{"":1,"":3}'))).toBe("an object has the same name twice @6");
    accepts('{"a":{"a":{"a":1}}}');
    accepts('[{"a":1},{"a":1}]');
    accepts('{"a":1,"A":1}');
  });

  it("reads 64 levels and refuses the 65th", () => {
    accepts(repeated("[", 64) + repeated("]", 64));
    accepts(repeated('{"a":', 64) + "1" + repeated("}", 64));
    // Depth counts what is open, not what was.
    accepts("[" + repeated("[],", 100) + "[]]");
    expect(problem(text(repeated("[", 65) + repeated("]", 65)))).toBe("values are nested more than 64 levels deep @64");
    expect(problem(text(repeated("[", 100000)))).toBe("values are nested more than 64 levels deep @64");
  });

  it("finds a name that stands twice among thousands, wherever they are", () => {
    const members = objectOf(5000);
    expect<u32>(value(members).count).toBe(5000);
    const names = ["0", "6", "7", "8", "9", "4999"];
    for (let i = 0; i < names.length; i++) {
      const twice = members.slice(0, -1) + ',"' + names[i] + '":0}';
      expect(problem(text(twice))).toBe("an object has the same name twice @" + members.length.toString());
    }
    // Each object has names of its own.
    accepts("[" + objectOf(20) + "," + objectOf(20) + "]");
    accepts('{"a":' + objectOf(20) + "," + objectOf(20).slice(1));
  });

  it("reads 2 MiB and no more", () => {
    const large = Region.open();
    const start = large.take(TWO_MIB + 1);
    memory.fill(start, 0x20, TWO_MIB + 1);
    store<u8>(start + TWO_MIB - 1, 0x31);
    const parser = changetype<JsonParser>(large.take(offsetof<JsonParser>()));
    expect(JsonParser.parse(large, start, TWO_MIB, parser) != null).toBe(true);
    expect(JsonParser.parse(large, start, TWO_MIB + 1, parser) == null).toBe(true);
    expect(parser.problem.toString()).toBe("the document is larger than 2 MiB");
    large.close();
  });
});

describe("nodes", () => {
  it("know their kind, their order and where they stand", () => {
    const root = value(' {"a": [1, "x", null], "b": true}');
    expect<i32>(root.kind).toBe(JsonKind.OBJECT);
    expect<u32>(root.count).toBe(2);
    expect<u32>(root.from).toBe(1);
    expect<u32>(root.to).toBe(33);
    const a = root.first!;
    expect(a.key.toString()).toBe("a");
    expect<i32>(a.kind).toBe(JsonKind.ARRAY);
    expect<u32>(a.count).toBe(3);
    expect<u32>(a.from).toBe(7);
    expect<u32>(a.to).toBe(21);
    const one = a.first!;
    const x = one.next!;
    const none = x.next!;
    expect<f64>(one.number).toBe(1);
    expect(x.text.toString()).toBe("x");
    expect<u32>(x.from).toBe(11);
    expect<u32>(x.to).toBe(14);
    expect<i32>(none.kind).toBe(JsonKind.NULL);
    expect(none.next == null).toBe(true);
    const b = a.next!;
    expect<i32>(b.kind).toBe(JsonKind.BOOLEAN);
    expect(b.flag).toBe(true);
    expect(b.next == null).toBe(true);
  });
});
