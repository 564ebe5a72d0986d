import { configuration, errors } from "../../test/support/spec/configuration";
import { utf8 } from "../text/text";
import { Items } from "./items";
import { Place } from "./place";

/** A list of objects, long or not, in a field `l` within a list `o` of one object. */
function nested(items: i32): string {
  const parts: string[] = [];
  for (let i = 0; i < items; i++) parts.push('{"n": ' + i.toString() + ', "s": ["a", "b"]}');
  return '{"o": [{"l": [' + parts.join(",") + '], "after": 1}]}';
}

/** Reads such a list; gives what its `n` add up to. */
function sumOf(list: Place): i64 {
  const items = Items.of(list);
  let sum: i64 = 0;
  let item = items.next();
  const size = list.report.region.size;
  while (item != null) {
    sum += item.field(utf8("n")).integer(0, 10000, -1);
    item.field(utf8("s")).list();
    item.noOtherFields();
    item = items.next();
  }
  expect(list.report.region.size).toBe(size, "no more memory for many than for one");
  return sum;
}

function listOf(root: Place): Place {
  return Items.of(root.field(utf8("o")))
    .next()!
    .field(utf8("l"));
}

describe("the items of a list", () => {
  it("are all read, in order, and take no more memory than one", () => {
    expect<i64>(sumOf(listOf(configuration(nested(0))))).toBe(0);
    expect<i64>(sumOf(listOf(configuration(nested(1))))).toBe(0);
    expect<i64>(sumOf(listOf(configuration(nested(100))))).toBe(4950);
    expect<i64>(sumOf(listOf(configuration(nested(2000))))).toBe(1999000);
  });

  it("are those of lists within lists, of any length", () => {
    const parts: string[] = [];
    for (let i = 0; i < 40; i++) parts.push(nested(i < 20 ? 1000 : 3));
    const root = configuration('{"a": [' + parts.join(", ") + "]}");
    const outer = Items.of(root.field(utf8("a")));
    let count = 0;
    let item = outer.next();
    while (item != null) {
      const inner = Items.of(item.field(utf8("o")));
      const object = inner.next()!;
      expect<i64>(sumOf(object.field(utf8("l")))).toBe(count < 20 ? 499500 : 3);
      expect<i64>(object.field(utf8("after")).integer(0, 9, 0)).toBe(1);
      expect(inner.next() == null).toBe(true);
      count++;
      item = outer.next();
    }
    expect(count).toBe(40);
    expect(errors(root)).toBe("");
  });

  it("leave their messages, with the paths", () => {
    const root = configuration('{"l": [{"a": 1}, {"b": 2}, 3]}');
    const items = Items.of(root.field(utf8("l")));
    let item = items.next();
    while (item != null) {
      if (item.object()) item.noOtherFields();
      item = items.next();
    }
    expect(errors(root)).toBe('l[0]: unknown field "a"\nl[1]: unknown field "b"\nl[2]: expected an object, got 3');
  });

  it("are no members of an object", () => {
    expect(Items.of(configuration('{"l": {"a": 1}}').field(utf8("l"))).next() == null).toBe(true);
  });

  it("are none where no list stands", () => {
    expect(Items.of(configuration("{}").field(utf8("l"))).next() == null).toBe(true);
    expect(Items.of(configuration('{"l": "x"}').field(utf8("l"))).next() == null).toBe(true);
  });
});

describe("a long list", () => {
  it("is gone through by `first` and `next` as every other", () => {
    const list = listOf(configuration(nested(2000)));
    let count: i64 = 0;
    let item = list.first();
    while (item != null) {
      expect<i64>(item.field(utf8("n")).integer(0, 10000, -1)).toBe(count++);
      item = item.next();
    }
    expect<i64>(count).toBe(2000);
  });
});

/** A map of so many entries `"k0": {"n": 0}` …. */
function mapOf(entries: i32): string {
  const parts: string[] = [];
  for (let i = 0; i < entries; i++) parts.push('"k' + i.toString() + '": {"n": ' + i.toString() + "}");
  return '{"m": {' + parts.join(",") + "}}";
}

/** Reads such a map twice with one record; gives how many entries were right, and what is wrong if the region grew. */
function rightOf(root: Place): i64 {
  const map = root.field(utf8("m"));
  map.object();
  const items = Items.open(root.report.region);
  let right: i64 = 0;
  for (let times = 0; times < 2; times++) {
    items.begin(map);
    let index: i64 = 0;
    let entry = items.next();
    const size = root.report.region.size;
    while (entry != null) {
      const number = entry.field(utf8("n")).integer(0, 10000, -1);
      if (number == index && entry.key.toString() == "k" + index.toString()) right++;
      entry.noOtherFields();
      index++;
      entry = items.next();
    }
    expect(root.report.region.size).toBe(size, "no more memory for many than for one");
  }
  return right;
}

describe("the entries of a map", () => {
  it("are all read, in order, with their names, and take no more memory than one, in a long map or not", () => {
    expect<i64>(rightOf(configuration(mapOf(0)))).toBe(0);
    expect<i64>(rightOf(configuration(mapOf(1)))).toBe(2);
    expect<i64>(rightOf(configuration(mapOf(100)))).toBe(200);
    expect<i64>(rightOf(configuration(mapOf(2000)))).toBe(4000);
  });

  it("leave their messages, with the paths", () => {
    const root = configuration(mapOf(2000).replace('"k1999": {"n"', '"k 1999": {"m"'));
    rightOf(root);
    const line = 'm["k 1999"]: unknown field "m" (did you mean "n"?)';
    expect(errors(root)).toBe(line + "\n" + line);
  });
});

describe("a long object", () => {
  it("has the fields that are asked for by their names, and the others are reported", () => {
    const parts: string[] = [];
    for (let i = 0; i < 99; i++) parts.push('"x' + i.toString() + '": "' + "a".repeat(50) + '"');
    const root = configuration('{"o": {' + parts.join(",") + ', "last": 5, "colour": {"n": 1}}}');
    const object = root.field(utf8("o"));
    expect(object.object()).toBe(true);
    expect(object.node!.long != null).toBe(true);
    expect<i64>(object.field(utf8("last")).integer(0, 9, -1)).toBe(5);
    expect<i64>(object.field(utf8("colour")).field(utf8("n")).integer(0, 9, -1)).toBe(1);
    expect(object.field(utf8("x98")).string()!.length).toBe(50);
    expect(object.field(utf8("none")).present).toBe(false);
    object.noOtherFields();
    const lines = errors(root).split("\n");
    expect(lines.length).toBe(98);
    expect(lines[0]).toBe('o: unknown field "x0"');
    expect(lines[97]).toBe('o: unknown field "x97" (did you mean "x98"?)');
  });

  it("is gone through by `first` and `next` as every other", () => {
    const map = configuration(mapOf(2000)).field(utf8("m"));
    let count: i64 = 0;
    let entry = map.first();
    while (entry != null) {
      expect(entry.key.toString()).toBe("k" + count.toString());
      expect<i64>(entry.field(utf8("n")).integer(0, 10000, -1)).toBe(count++);
      entry = entry.next();
    }
    expect<i64>(count).toBe(2000);
  });
});
