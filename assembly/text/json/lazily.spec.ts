import { text } from "../../../test/support/spec/bytes";
import { Random } from "../../../test/support/spec/random";
import { Region } from "../../memory/region";
import { Text } from "../text";
import { JsonKind, JsonNode } from "./node";
import { JsonReader } from "./reader";

const lists = Region.open();
let region = Region.open();

/** Reads a document, some bytes at a time. */
function read(document: Text, strict: bool): JsonReader {
  const reader = JsonReader.begin(region, lists, document.start, document.length, strict);
  finish(reader);
  return reader;
}

function finish(reader: JsonReader): void {
  while (reader.step(500)) continue;
}

/** Reads all that is left to read of a value. */
function readOn(reader: JsonReader, value: JsonNode): void {
  const long = value.long;
  let item = long == null ? value.first : reader.firstOf(long);
  while (item != null) {
    readOn(reader, item);
    item = long == null ? item.next : reader.nextOf(long, item.to);
  }
}

/** A value as it would be written without spaces. */
function written(reader: JsonReader, value: JsonNode): string {
  if (value.kind != JsonKind.ARRAY && value.kind != JsonKind.OBJECT) {
    return Text.copy(region, value.from, <u32>(value.to - value.from)).toString();
  }
  const long = value.long;
  const parts: string[] = [];
  let item = long == null ? value.first : reader.firstOf(long);
  while (item != null) {
    const name = item.key == 0 ? "" : '"' + Text.copy(region, item.key, item.keyLength).toString() + '":';
    parts.push(name + written(reader, item));
    item = long == null ? item.next : reader.nextOf(long, item.to);
  }
  expect<u32>(value.count).toBe(parts.length);
  return value.kind == JsonKind.ARRAY ? "[" + parts.join(",") + "]" : "{" + parts.join(",") + "}";
}

/** What is wrong and where; "" if nothing is. */
function problemOf(reader: JsonReader): string {
  const problem = reader.problem;
  return problem == null ? "" : problem.toString() + " @" + reader.problemAt.toString();
}

/** What is found wrong by reading everything once, and once more if that does not tell. */
function problemWhenRead(document: Text): string {
  const reader = read(document, false);
  const value = reader.value;
  if (value != null) readOn(reader, value);
  if (!reader.isSure) {
    reader.check();
    finish(reader);
    expect(reader.isSure).toBe(true);
  }
  return problemOf(reader);
}

/** A list of so many strings of ten bytes. */
function listOf(items: i32): string {
  const parts: string[] = [];
  for (let i = 0; i < items; i++) parts.push('"00000000"');
  return "[" + parts.join(",") + "]";
}

/** Long lists beside and in one another, with values of all kinds around them. */
function nested(): string {
  const rule = '{"to": [{"methods": ["GET", "a\\u00e9\\n"], "n": -1.5e3}], "b": [true, false, null, {}, [ ]]}';
  const rules: string[] = [];
  for (let i = 0; i < 60; i++) rules.push(rule);
  const policy = '{"name": "p", "rules": [' + rules.join(" , ") + '], "last": ' + listOf(500) + "}";
  return ' {"policies": [' + policy + "," + policy + '], "more": 1, "end": ' + listOf(400) + "} ";
}

/** The bytes that a mutation puts in. */
const BYTES: string = '{}[]",:\\ 0-e.tn\n\u0001';

/** A copy of a document of which one byte is another, is missing or is there besides. */
function mutated(document: Text, random: Random): Text {
  const at = random.below(document.length);
  const byte = <u8>BYTES.charCodeAt(random.below(BYTES.length));
  const isMissing = random.percent(33);
  const isAdded = !isMissing && random.percent(50);
  const rest = isAdded ? at : at + 1;
  const copy = Text.copy(region, document.start, document.length + 1);
  let to = copy.start + at;
  if (!isMissing) store<u8>(to++, byte);
  memory.copy(to, document.start + rest, document.length - rest);
  copy.length = <u32>(to - copy.start) + document.length - rest;
  return copy;
}

describe("a document whose lists are read when they are asked for", () => {
  it("is known to be JSON when all was read, and not before", () => {
    const reader = read(text(nested()), false);
    const value = reader.value!;
    expect(reader.isSure).toBe(false);
    readOn(reader, value.first!);
    expect(reader.isSure).toBe(false);
    readOn(reader, value);
    expect(reader.isSure).toBe(true);
    expect(problemOf(reader)).toBe("");
  });

  it("has the values that are written, as often as they are asked for", () => {
    const expected = nested().replaceAll(" ", "");
    const reader = read(text(nested()), false);
    const value = reader.value!;
    expect(written(reader, value) == expected).toBe(true);
    expect(written(reader, value) == expected).toBe(true);
    const strict = read(text(nested()), true);
    expect(strict.isSure).toBe(true);
    expect(written(strict, strict.value!) == expected).toBe(true);
  });

  it("has the same values for two who read a list at the same time", () => {
    const reader = read(text("[" + nested() + "," + nested() + "," + nested() + "]"), false);
    const expected = nested().replaceAll(" ", "");
    const value = reader.value!;
    const list = value.long!;
    const first = reader.firstOf(list)!;
    expect(written(reader, value) == "[" + expected + "," + expected + "," + expected + "]").toBe(true);
    const second = reader.nextOf(list, first.to)!;
    expect(written(reader, second) == expected).toBe(true);
    const third = reader.nextOf(list, second.to)!;
    expect(written(reader, third) == expected).toBe(true);
    expect(reader.nextOf(list, third.to) == null).toBe(true);
    expect(reader.isSure).toBe(true);
  });

  it("is read to know that, if some of it was not asked for", () => {
    const reader = read(text(nested()), false);
    reader.check();
    finish(reader);
    expect(reader.isSure).toBe(true);
    expect(problemOf(reader)).toBe("");
  });

  it("is read at once if an object is long, as its names may repeat", () => {
    const members: string[] = [];
    for (let i = 0; i < 300; i++) members.push('"k' + i.toString() + '": "00000000"');
    const object = members.join(",");
    expect(read(text("[" + listOf(400) + ",{" + object + "}]"), false).isSure).toBe(true);
    const twice = read(text("[" + listOf(400) + ",{" + object + ',"k7":0}]'), false);
    expect(twice.value == null).toBe(true);
    const at = listOf(400).length + object.length + 4;
    expect(problemOf(twice)).toBe("an object has the same name twice @" + at.toString());
  });

  it("has no item after one that is malformed, and then the first mistake of all counts", () => {
    const bytes = text("[[1, 2, tru" + listOf(500) + "]," + listOf(400).replace('"00000000"', "nul") + "]");
    const reader = read(bytes, false);
    const list = reader.value!.long!;
    const first = reader.firstOf(list)!;
    const second = reader.nextOf(list, first.to)!;
    expect(reader.firstOf(second.long!) == null).toBe(true);
    expect(problemOf(reader)).toBe("expected a value @" + (11 + listOf(500).length + 3).toString());
    expect(reader.isSure).toBe(false);
    reader.check();
    finish(reader);
    expect(problemOf(reader)).toBe("expected a value @8");
  });

  it("is found to be wrong as by a strict reading, whatever is wrong", () => {
    const random = new Random(20261129);
    const document = text(nested());
    let wrong = 0;
    for (let i = 0; i < 2000; i++) {
      region.close();
      region = Region.open();
      const changed = mutated(document, random);
      const expected = problemOf(read(changed, true));
      if (expected != "") wrong++;
      expect(problemWhenRead(changed)).toBe(expected);
    }
    expect(wrong > 500).toBe(true, wrong.toString());
    expect(wrong < 2000).toBe(true, wrong.toString());
  });
});
