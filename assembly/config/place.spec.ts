import { configuration, errors, warnings } from "../../test/support/spec/configuration";
import { shown } from "../../test/support/spec/bytes";
import { utf8 } from "../text/text";
import { Place } from "./place";

/** Istio's StringMatch, as an example of an object with known fields. */
function readExample(place: Place): void {
  place.object();
  place.field(utf8("exact")).string();
  place.field(utf8("prefix")).string();
  place.field(utf8("regex")).string();
  place.noOtherFields();
}

/** The place of `virtualServices[0].http[0].match[0].headers["end-user"]`. */
function endUser(root: Place): Place {
  const service = root.field(utf8("virtualServices")).first()!;
  const route = service.field(utf8("http")).first()!;
  const match = route.field(utf8("match")).first()!;
  return match.field(utf8("headers")).first()!;
}

describe("an error", () => {
  it("names the path, what is unknown, and what was probably meant", () => {
    const root = configuration(
      '{"virtualServices":[{"http":[{"match":[{"headers":{"end-user":{"exacto":"jason"}}}]}]}]}',
    );
    readExample(endUser(root));
    expect(errors(root)).toBe(
      'virtualServices[0].http[0].match[0].headers["end-user"]: unknown field "exacto" (did you mean "exact"?)',
    );
  });

  it("names the path, what was expected, and what stands there as it was written", () => {
    const root = configuration('{"virtualServices":[{"http":[{"match":[{"headers":{"end-user":{"exact": 1.50}}}]}]}]}');
    readExample(endUser(root));
    expect(errors(root)).toBe(
      'virtualServices[0].http[0].match[0].headers["end-user"].exact: expected a string, got 1.50',
    );
  });

  it("names the index of the item, in lists of lists too", () => {
    const root = configuration('{"a":[["x"],["y",{"b":3}]]}');
    const second = root.field(utf8("a")).first()!.next()!;
    const item = second.first()!.next()!;
    item.field(utf8("b")).string();
    expect(errors(root)).toBe("a[1][1].b: expected a string, got 3");
  });

  it("calls the root pluginConfig", () => {
    const list = configuration("[1]");
    expect(list.object()).toBe(false);
    expect(errors(list)).toBe("pluginConfig: expected an object, got [1]");
    const unknown = configuration('{"steerin": {}}');
    unknown.field(utf8("steering"));
    unknown.noOtherFields();
    expect(errors(unknown)).toBe('pluginConfig: unknown field "steerin" (did you mean "steering"?)');
  });

  it("stays one line, of a bearable length, whatever the user wrote", () => {
    const root = configuration('{"a": "' + "x".repeat(200) + '", "b\\nc": 1, "": 2, "' + "n".repeat(100) + '": 3}');
    root.field(utf8("a")).list();
    root.noOtherFields();
    expect(errors(root)).toBe(
      'a: expected a list, got "' +
        "x".repeat(79) +
        "…\n" +
        'pluginConfig: unknown field "b\\x0ac"\n' +
        'pluginConfig: unknown field "" (did you mean "a"?)\n' +
        'pluginConfig: unknown field "' +
        "n".repeat(80) +
        '…"',
    );
  });

  it("says where a map's entry is whose name is no identifier", () => {
    const root = configuration('{"m": {"a b": 1, "c_1": 2, "d\\"e": 3}}');
    let entry = root.field(utf8("m")).first();
    while (entry != null) {
      entry.string();
      entry = entry.next();
    }
    expect(errors(root)).toBe(
      'm["a b"]: expected a string, got 1\nm.c_1: expected a string, got 2\nm["d\\"e"]: expected a string, got 3',
    );
  });
});

describe("reading", () => {
  it("takes null for absent, as protobuf's JSON mapping does", () => {
    const root = configuration('{"a": null, "b": null, "c": null, "d": null}');
    expect(root.field(utf8("a")).present).toBe(false);
    expect(shown(root.field(utf8("a")).string())).toBe("(null)");
    expect(root.field(utf8("b")).list()).toBe(false);
    expect(root.field(utf8("c")).boolean(true)).toBe(true);
    expect<i64>(root.field(utf8("d")).integer(1, 2, 9)).toBe(9);
    expect(root.field(utf8("d")).required()).toBe(false);
    root.noOtherFields();
    expect(errors(root)).toBe("d: required, and missing");
  });

  it("reads whole numbers within bounds, written as doubles or not", () => {
    const root = configuration('{"a": 3.0, "b": 1, "c": 65535, "d": 0, "e": 65536, "f": 1.5, "g": "80", "h": 1e300}');
    expect<i64>(root.field(utf8("a")).integer(1, 65535, -1)).toBe(3);
    expect<i64>(root.field(utf8("b")).integer(1, 65535, -1)).toBe(1);
    expect<i64>(root.field(utf8("c")).integer(1, 65535, -1)).toBe(65535);
    expect<i64>(root.field(utf8("d")).integer(1, 65535, -1)).toBe(-1);
    expect<i64>(root.field(utf8("e")).integer(1, 65535, -1)).toBe(-1);
    expect<i64>(root.field(utf8("f")).integer(1, 65535, -1)).toBe(-1);
    expect<i64>(root.field(utf8("g")).integer(1, 65535, -1)).toBe(-1);
    expect<i64>(root.field(utf8("h")).integer(1, 65535, -1)).toBe(-1);
    expect(errors(root)).toBe(
      "d: expected a whole number from 1 to 65535, got 0\n" +
        "e: expected a whole number from 1 to 65535, got 65536\n" +
        "f: expected a whole number from 1 to 65535, got 1.5\n" +
        'g: expected a whole number from 1 to 65535, got "80"\n' +
        "h: expected a whole number from 1 to 65535, got 1e300",
    );
  });

  it("reads strings, booleans and numbers, and reports every other kind", () => {
    const root = configuration('{"a": "x", "b": false, "c": 1.5, "d": "", "e": "true", "f": {"x": [1, 2]}}');
    expect(shown(root.field(utf8("a")).string())).toBe("x");
    expect(root.field(utf8("b")).boolean(true)).toBe(false);
    expect<f64>(root.field(utf8("c")).number(0)).toBe(1.5);
    expect(shown(root.field(utf8("d")).string())).toBe("");
    expect(shown(root.field(utf8("d")).nonEmptyString())).toBe("(null)");
    expect(root.field(utf8("e")).boolean(true)).toBe(true);
    expect<f64>(root.field(utf8("f")).number(7)).toBe(7);
    expect(errors(root)).toBe(
      'd: expected a string that is not empty, got ""\n' +
        'e: expected true or false, got "true"\n' +
        'f: expected a number, got {"x": [1, 2]}',
    );
  });

  it("takes a null for no string where one must stand, such as an item of a list", () => {
    const root = configuration('{"a": [null, "x", ""]}');
    const first = root.field(utf8("a")).first()!;
    expect(shown(first.requiredString())).toBe("(null)");
    expect(shown(first.next()!.requiredString())).toBe("x");
    expect(shown(first.next()!.next()!.requiredString())).toBe("(null)");
    expect(errors(root)).toBe(
      'a[0]: expected a string that is not empty, got null\na[2]: expected a string that is not empty, got ""',
    );
  });

  it("goes through lists and maps in the order in which they were written", () => {
    const root = configuration('{"m": {"z": "1", "a": "2"}, "l": ["x", "y"], "e": [], "n": {}}');
    const z = root.field(utf8("m")).first()!;
    const a = z.next()!;
    expect(z.key.toString() + shown(z.string()) + a.key.toString() + shown(a.string())).toBe("z1a2");
    expect(a.next() == null).toBe(true);
    const x = root.field(utf8("l")).first()!;
    expect(shown(x.string()) + shown(x.next()!.string())).toBe("xy");
    expect<u32>(root.field(utf8("l")).count).toBe(2);
    expect(root.field(utf8("e")).first() == null).toBe(true);
    expect(root.field(utf8("n")).first() == null).toBe(true);
    expect(root.field(utf8("missing")).first() == null).toBe(true);
    expect(errors(root)).toBe("");
  });

  it("goes through a list or map of which nobody needs many, but of no more than 1,000 and 32 KiB", () => {
    const thousand = '"x",'.repeat(999) + '"x"';
    // Two strings, a comma and the brackets have 32 KiB.
    const most = '"' + "x".repeat(16380) + '","' + "x".repeat(16381) + '"';
    const root = configuration(
      '{"many": [' + thousand + '], "more": ["x",' + thousand + '], "long": [' + most + '], "longer": [' + most + " ]}",
    );
    expect(root.field(utf8("many")).firstOfFew() != null).toBe(true);
    expect(root.field(utf8("long")).firstOfFew() != null).toBe(true);
    expect(root.firstOfFew() == null).toBe(true);
    expect(errors(root)).toBe("pluginConfig: larger than 32 KiB");
    expect(root.field(utf8("more")).firstOfFew() == null).toBe(true);
    expect(root.field(utf8("longer")).firstOfFew() == null).toBe(true);
    expect(errors(root)).toBe(
      "pluginConfig: larger than 32 KiB\nmore: more than 1000 entries\nlonger: larger than 32 KiB",
    );
  });

  it("refuses by name what Istio has and a filter cannot do, and knows the name", () => {
    const root = configuration('{"gateways": ["mesh"], "other": null}');
    root.refuse(utf8("gateways"), utf8("say so elsewhere"));
    root.refuse(utf8("other"), utf8("never"));
    root.noOtherFields();
    expect(errors(root)).toBe("gateways: not supported: say so elsewhere");
  });

  it("keeps warnings apart", () => {
    const root = configuration('{"a": 1}');
    root.field(utf8("a")).warn(utf8("never reached"));
    expect(warnings(root)).toBe("a: never reached");
    expect(errors(root)).toBe("");
    expect(root.report.failed).toBe(false);
  });
});
