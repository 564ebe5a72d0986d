import { text } from "../../../test/support/spec/bytes";
import { Region } from "../../memory/region";
import { Text } from "../text";
import { JsonKind, JsonNode, LongList } from "./node";
import { JsonReader } from "./reader";
import { FEW_FIELDS, LONG } from "./syntax";

const region = Region.open();
const lists = Region.open();
const TWO_MIB: u32 = 2097152;

/** Reads a document, a few bytes at a time. */
function read(document: Text): JsonReader {
  const reader = JsonReader.begin(region, lists, document.start, document.length, true);
  while (reader.step(7)) continue;
  return reader;
}

/** "" where the document is read, else what is wrong with it and where. */
function problem(document: Text): string {
  const reader = read(document);
  const found = reader.problem;
  return found == null ? "" : found.toString() + " @" + reader.problemAt.toString();
}

function accepts(document: string): void {
  expect(problem(text(document))).toBe("", document);
}

function refuses(document: string): void {
  expect(problem(text(document)) != "").toBe(true, document);
}

/** The document of `value`. */
let start: usize = 0;

/** The value of a document that must be read. */
function value(document: string): JsonNode {
  const bytes = text(document);
  start = bytes.start;
  const reader = read(bytes);
  expect(reader.problem == null).toBe(true, document);
  return reader.value!;
}

/** A string's bytes. */
function textOf(node: JsonNode): Text {
  return Text.copy(region, node.start, node.count);
}

function nameOf(node: JsonNode): string {
  return Text.copy(region, node.key, node.keyLength).toString();
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
    expect(textOf(value('"\\"\\\\\\/\\b\\f\\n\\r\\t"')).toString()).toBe('"\\/\b\u000c\n\r\t');
    expect(textOf(value('"a\\u0041\\u00e9\\u20AC\\u2026z"')).toString()).toBe("aAé€…z");
    expect(textOf(value('"\\u0000"')).length).toBe(1);
    expect(textOf(value('"\\u007f\\u0080\\u07ff\\u0800\\uffff"')).toString()).toBe("\u007f\u0080\u07ff\u0800\uffff");
    expect(textOf(value('"aé€😀"')).toString()).toBe("aé€😀");
  });

  it("makes one code point of a surrogate pair, and refuses half of one", () => {
    // The RFC's own example: U+1D11E is \uD834\uDD1E, in UTF-8 f0 9d 84 9e.
    const clef = textOf(value('"\\uD834\\uDD1E"'));
    expect<u32>(clef.length).toBe(4);
    expect<u32>(bswap(load<u32>(clef.start))).toBe(0xf09d849e);
    // The first and the last pair: U+10000 is f0 90 80 80, U+10FFFF is f4 8f bf bf.
    expect<u32>(bswap(load<u32>(textOf(value('"\\ud800\\udc00"')).start))).toBe(0xf0908080);
    expect<u32>(bswap(load<u32>(textOf(value('"\\uDBFF\\uDFFF"')).start))).toBe(0xf48fbfbf);
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
    expect(nameOf(first!)).toBe("ab");
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
    const whole = JsonReader.begin(large, lists, start, TWO_MIB, true);
    while (whole.step(TWO_MIB)) continue;
    expect(whole.problem == null).toBe(true);
    const more = JsonReader.begin(large, lists, start, TWO_MIB + 1, true);
    expect(more.step(TWO_MIB + 1)).toBe(false);
    expect(more.problem!.toString()).toBe("the document is larger than 2 MiB");
    large.close();
  });
});

describe("a string or name", () => {
  it("has at most 32 KiB", () => {
    const most = '"' + repeated("a", 32768) + '"';
    const more = '"' + repeated("a", 32769) + '"';
    accepts(most);
    accepts("{" + most + ": 1}");
    expect(problem(text("[" + more + "]"))).toBe("a string is longer than 32 KiB @1");
    expect(problem(text("{" + more + ": 1}"))).toBe("a string is longer than 32 KiB @1");
    // Of one with escapes it is what is written that counts.
    accepts('"' + repeated("\\\\", 16384) + '"');
    expect(problem(text('"' + repeated("\\\\", 16384) + 'a"'))).toBe("a string is longer than 32 KiB @0");
  });
});

describe("nodes", () => {
  it("know their kind, their order and where they stand", () => {
    const root = value(' {"a": [1, "x", null], "b": true}');
    expect<i32>(root.kind).toBe(JsonKind.OBJECT);
    expect<u32>(root.count).toBe(2);
    expect<usize>(root.from - start).toBe(1);
    expect<usize>(root.to - start).toBe(33);
    const a = root.first!;
    expect(nameOf(a)).toBe("a");
    expect<i32>(a.kind).toBe(JsonKind.ARRAY);
    expect<u32>(a.count).toBe(3);
    expect<usize>(a.from - start).toBe(7);
    expect<usize>(a.to - start).toBe(21);
    const one = a.first!;
    const x = one.next!;
    const none = x.next!;
    expect<f64>(one.number).toBe(1);
    expect(textOf(x).toString()).toBe("x");
    expect<usize>(x.from - start).toBe(11);
    expect<usize>(x.to - start).toBe(14);
    expect<i32>(none.kind).toBe(JsonKind.NULL);
    expect(none.next == null).toBe(true);
    const b = a.next!;
    expect<i32>(b.kind).toBe(JsonKind.BOOLEAN);
    expect(b.flag).toBe(true);
    expect(b.next == null).toBe(true);
  });
});

/** A list of so many items of 12 bytes, with the commas: `"00000000",`. */
function listOf(items: i32, item: string = '"00000000"'): string {
  const parts: string[] = [];
  for (let i = 0; i < items; i++) parts.push(item + " ");
  return "[" + parts.join(",") + "]";
}

/** The most memory that reading a document took at one time. */
function sizeOf(document: string): usize {
  const bytes = text(document);
  const own = Region.open();
  const reader = JsonReader.begin(own, lists, bytes.start, bytes.length, true);
  let size: usize = 0;
  while (reader.step(1)) size = max(size, own.size);
  own.close();
  return size;
}

/** The items of a long list, counted. */
function countItems(reader: JsonReader, list: LongList, kind: JsonKind): u32 {
  let count: u32 = 0;
  let item: JsonNode | null = reader.firstOf(list);
  while (item != null) {
    if (item.kind == kind) count++;
    item = reader.nextOf(list, item.to);
  }
  return count;
}

describe("a long list", () => {
  it("is one of 4 KiB and more", () => {
    expect<usize>(LONG).toBe(4096);
    // Two brackets, 12 bytes an item, one comma less than items.
    expect(value(listOf(341)).long == null).toBe(true);
    const list = value(listOf(342)).long!;
    expect<usize>(list.to - list.from).toBe(342 * 12 + 1);
    expect<u32>(list.count).toBe(342);
  });

  it("takes no more memory to read than one of the items that it is long from on", () => {
    const item = '{"a": [1, 2], "\\u0062": {"c": "\\n"}}';
    const some = sizeOf(listOf(400, item));
    expect(sizeOf(listOf(4000, item))).toBe(some);
    expect(sizeOf("[" + listOf(2000, item) + "," + listOf(4000, item) + "]") <= some * 2).toBe(true);
  });

  it("has its items read when they are asked for, twice if need be", () => {
    const bytes = text(' {"a": 1, "b": ' + listOf(2000) + ', "c": [true]}');
    const reader = read(bytes);
    const root = reader.value!;
    const b = root.first!.next!;
    expect(b.first == null).toBe(true);
    expect<u32>(b.count).toBe(2000);
    expect(b.next!.first!.flag).toBe(true);
    expect<u32>(countItems(reader, b.long!, JsonKind.STRING)).toBe(2000);
    expect<u32>(countItems(reader, b.long!, JsonKind.STRING)).toBe(2000);
  });

  it("may have others in it, and beside it", () => {
    const inner = '{"x": [' + listOf(1500) + '], "y": ' + listOf(1600) + ', "z": [1]}';
    const bytes = text("[" + listOf(1400) + ", [" + inner + ", " + inner + "], " + listOf(1700) + "]");
    const reader = read(bytes);
    const root = reader.value!;
    const first = reader.firstOf(root.long!)!;
    expect<u32>(countItems(reader, first.long!, JsonKind.STRING)).toBe(1400);
    const second = reader.nextOf(root.long!, first.to)!;
    let object: JsonNode | null = reader.firstOf(second.long!);
    for (let i = 0; i < 2; i++) {
      const x = object!.first!;
      const y = x.next!;
      const only = reader.firstOf(x.long!)!;
      expect<u32>(countItems(reader, only.long!, JsonKind.STRING)).toBe(1500);
      expect(reader.nextOf(x.long!, only.to) == null).toBe(true);
      expect<u32>(countItems(reader, y.long!, JsonKind.STRING)).toBe(1600);
      expect(y.next!.long == null).toBe(true);
      expect<f64>(y.next!.first!.number).toBe(1);
      object = reader.nextOf(second.long!, object!.to);
    }
    expect(object == null).toBe(true);
    const third = reader.nextOf(root.long!, second.to)!;
    expect<u32>(countItems(reader, third.long!, JsonKind.STRING)).toBe(1700);
    expect(reader.nextOf(root.long!, third.to) == null).toBe(true);
  });
});

/** An object of members `"k0": "00000000"` …, with those in `more` behind them. */
function longObject(members: i32, more: string = ""): string {
  const parts: string[] = [];
  for (let i = 0; i < members; i++) parts.push('"k' + i.toString() + '": "00000000"');
  return "{" + parts.join(",") + more + "}";
}

/** The members' names of a long object, joined. */
function namesOf(reader: JsonReader, object: JsonNode): string {
  const names: string[] = [];
  let member: JsonNode | null = reader.firstOf(object.long!);
  while (member != null) {
    names.push(nameOf(member));
    member = reader.nextOf(object.long!, member.to);
  }
  return names.join(" ");
}

describe("a long object", () => {
  it("is one of 4 KiB and more than 64 members", () => {
    expect<u32>(FEW_FIELDS).toBe(64);
    const wide = '": "' + repeated("0", 100) + '"';
    const parts: string[] = [];
    for (let i = 0; i < 64; i++) parts.push('"' + i.toString() + wide);
    expect(value("{" + parts.join(",") + "}").long == null).toBe(true);
    parts.push('"64' + wide);
    expect(value("{" + parts.join(",") + "}").long != null).toBe(true);
    // So many of 16 bytes and more are far from 4 KiB.
    expect(value(longObject(200)).long == null).toBe(true);
    const object = value(longObject(300));
    expect<u32>(object.count).toBe(300);
    expect<u32>(object.long!.count).toBe(300);
    expect(object.first == null).toBe(true);
  });

  it("has its members read when they are asked for, with their names, twice if need be", () => {
    const document = longObject(300, ', "\\u00e9\\ud83d\\ude00": [1], "b\\"": {"c": true} , "": null ');
    const reader = read(text(document));
    const object = reader.value!;
    const names = namesOf(reader, object);
    expect(names.startsWith("k0 k1 k2 ")).toBe(true);
    expect(names.endsWith(' k299 é😀 b" ')).toBe(true, names);
    expect(namesOf(reader, object)).toBe(names);
    // Its closing brace is found with and without a blank before it.
    const other = read(text(longObject(300)));
    expect(namesOf(other, other.value!).endsWith(" k299")).toBe(true);
  });

  it("may lie in long lists and long objects, and they in it", () => {
    const inner = longObject(310);
    const list = "[" + listOf(400) + "," + inner + "," + listOf(500) + "," + longObject(320) + "]";
    const reader = read(text(longObject(300, ', "l": ' + list + ', "o": ' + longObject(330) + ', "z": 1')));
    const root = reader.value!;
    let member = reader.firstOf(root.long!)!;
    while (member.long == null) member = reader.nextOf(root.long!, member.to)!;
    expect(nameOf(member)).toBe("l");
    const first = reader.firstOf(member.long!)!;
    expect<u32>(countItems(reader, first.long!, JsonKind.STRING)).toBe(400);
    const second = reader.nextOf(member.long!, first.to)!;
    expect(namesOf(reader, second).endsWith(" k309")).toBe(true);
    const third = reader.nextOf(member.long!, second.to)!;
    expect<u32>(countItems(reader, third.long!, JsonKind.STRING)).toBe(500);
    const fourth = reader.nextOf(member.long!, third.to)!;
    expect(namesOf(reader, fourth).endsWith(" k319")).toBe(true);
    expect(reader.nextOf(member.long!, fourth.to) == null).toBe(true);
    const object = reader.nextOf(root.long!, member.to)!;
    expect(nameOf(object)).toBe("o");
    expect(namesOf(reader, object).endsWith(" k329")).toBe(true);
    const last = reader.nextOf(root.long!, object.to)!;
    expect(nameOf(last)).toBe("z");
    expect<f64>(last.number).toBe(1);
    expect(reader.nextOf(root.long!, last.to) == null).toBe(true);
  });

  it("is none any more when all of its members were read", () => {
    const reader = read(text(longObject(300, ', "l": ' + listOf(400))));
    const object = reader.value!;
    reader.unfold(object, object.long!);
    expect(object.long == null).toBe(true);
    let count = 0;
    let last = object.first!;
    for (let next = last.next; next != null; next = last.next) {
      expect(nameOf(last)).toBe("k" + count.toString());
      count++;
      last = next;
    }
    expect(count).toBe(300);
    expect(nameOf(last)).toBe("l");
    expect<u32>(countItems(reader, last.long!, JsonKind.STRING)).toBe(400);
  });

  it("must not have a name twice", () => {
    const object = longObject(300);
    const twice = longObject(300, ',"\\u006b7":0');
    expect(problem(text(twice))).toBe("an object has the same name twice @" + object.length.toString());
  });
});

describe("names of members", () => {
  it("outlive a long list that is read after them", () => {
    const few = objectOf(8).slice(0, -1);
    const escaped = text(few + ',"\\u006cong":' + listOf(2000) + ',"a":1,"b":2}');
    let member: JsonNode | null = read(escaped).value!.first;
    for (let i = 0; i < 8; i++) member = member!.next;
    expect(nameOf(member!)).toBe("long");
    const twice = few + ',"l":' + listOf(2000) + ',"a":1,"l":2}';
    expect(problem(text(twice)).startsWith("an object has the same name twice @")).toBe(true);
    accepts(few + ',"l":' + listOf(2000) + ',"a":1,"b":2}');
  });

  it("are each another, in objects of any size and within one another", () => {
    for (let members = 15; members < 300; members = (members * 3) / 2) {
      const object = objectOf(members);
      accepts('{"in": ' + object + ', "beside": ' + object + "}");
      const open = object.substring(0, object.length - 1);
      accepts(open + ', "in": ' + object + ', "last": 0}');
      const again = open + ', "in": ' + object + ', "' + (members - 1).toString() + '": 0}';
      expect(problem(text(again)).startsWith("an object has the same name twice @")).toBe(true, again);
      const first = open + ', "0": 0}';
      expect(problem(text(first)).startsWith("an object has the same name twice @")).toBe(true, first);
    }
  });
});
