import { configuration, errors } from "../../test/support/spec/configuration";
import { text } from "../../test/support/spec/bytes";
import { utf8 } from "../text/text";
import { parseDuration, readDuration } from "./duration";

const NS: i64 = 1;
const US: i64 = 1000;
const MS: i64 = 1000 * US;
const S: i64 = 1000 * MS;
const M: i64 = 60 * S;
const H: i64 = 60 * M;

function is(written: string, expected: i64): void {
  expect<i64>(parseDuration(text(written))).toBe(expected, written);
}

/** The cases are those of Go's own test (`src/time/time_test.go: parseDurationTests`), those with a sign left out. */
describe("parseDuration, by Go's examples", () => {
  it("reads simple ones", () => {
    is("0", 0);
    is("5s", 5 * S);
    is("30s", 30 * S);
    is("1478s", 1478 * S);
  });

  it("reads decimals", () => {
    is("5.0s", 5 * S);
    is("5.6s", 5 * S + 600 * MS);
    is("5.s", 5 * S);
    is(".5s", 500 * MS);
    is("1.0s", 1 * S);
    is("1.00s", 1 * S);
    is("1.004s", 1 * S + 4 * MS);
    is("1.0040s", 1 * S + 4 * MS);
    is("100.00100s", 100 * S + 1 * MS);
  });

  it("reads every unit", () => {
    is("10ns", 10 * NS);
    is("11us", 11 * US);
    is("12µs", 12 * US);
    is("12μs", 12 * US);
    is("13ms", 13 * MS);
    is("14s", 14 * S);
    is("15m", 15 * M);
    is("16h", 16 * H);
  });

  it("reads several in a row", () => {
    is("3h30m", 3 * H + 30 * M);
    is("10.5s4m", 4 * M + 10 * S + 500 * MS);
    is("1h2m3s4ms5us6ns", 1 * H + 2 * M + 3 * S + 4 * MS + 5 * US + 6 * NS);
    is("39h9m14.425s", 39 * H + 9 * M + 14 * S + 425 * MS);
  });

  it("reads large values", () => {
    is("52763797000ns", 52763797000 * NS);
    // 2^53 + 1: no double has it.
    is("9007199254740993ns", 9007199254740993);
  });

  it("reads long fractions, rounded as Go rounds them", () => {
    is("0.100000000000000000000h", 6 * M);
    is("0.830103483285477580700h", 49 * M + 48 * S + 372539827 * NS);
    is("0.3333333333333333333h", 20 * M);
  });

  it("reads up to 2^63 - 1 nanoseconds", () => {
    is("9223372036854775807ns", i64.MAX_VALUE);
    is("9223372036854775.807us", i64.MAX_VALUE);
    is("9223372036s854ms775us807ns", i64.MAX_VALUE);
  });

  it("refuses what is none", () => {
    is("", -1);
    is("3", -1);
    is("-", -1);
    is("s", -1);
    is(".", -1);
    is("-.", -1);
    is(".s", -1);
    is("+.s", -1);
    is("1d", -1);
    is("\x85\x85", -1);
    is("\xffff", -1);
    is("hello \xffff world", -1);
    is("\u{FFFD}", -1);
  });

  it("refuses what is past 2^63 - 1 nanoseconds", () => {
    is("3000000h", -1);
    is("9223372036854775808ns", -1);
    is("9223372036854775.808us", -1);
    is("9223372036854ms775us808ns", -1);
    is("99999999999999999999999999999999s", -1);
  });
});

describe("parseDuration, beyond Go's examples", () => {
  it("refuses what its grammar has no place for", () => {
    is("1.", -1);
    is("1h-1m", -1);
    is("-5s", -1);
    is("5 s", -1);
    is(" 5s", -1);
    is("5s ", -1);
    is("5S", -1);
    is("5sec", -1);
    is("1h30", -1);
    is("1..5s", -1);
    is("1.5.5s", -1);
    is("1e3s", -1);
    is("00", -1);
    is("0.0", -1);
    is("1,5s", -1);
  });

  it("reads zeros and repeated units", () => {
    is("0s", 0);
    is("007s", 7 * S);
    is("1h1h", 2 * H);
    is("1.5h", 90 * M);
    is("0.5ns", 0);
  });
});

describe("readDuration", () => {
  it("takes whole milliseconds from 1ms (istio pkg/config/validation/agent: ValidateDuration)", () => {
    const root = configuration('{"a": "5s", "b": "1ms", "c": "1.5s", "d": null}');
    expect<i64>(readDuration(root.field(utf8("a")), -7)).toBe(5 * S);
    expect<i64>(readDuration(root.field(utf8("b")), -7)).toBe(MS);
    expect<i64>(readDuration(root.field(utf8("c")), -7)).toBe(1500 * MS);
    expect<i64>(readDuration(root.field(utf8("d")), -7)).toBe(-7);
    expect<i64>(readDuration(root.field(utf8("e")), -7)).toBe(-7);
    expect(errors(root)).toBe("");
  });

  it("reports everything else and gives the default", () => {
    const root = configuration('{"a": "0", "b": "1.5ms", "c": "999us", "d": "5", "e": 5, "f": "-1s"}');
    expect<i64>(readDuration(root.field(utf8("a")), -7)).toBe(-7);
    expect<i64>(readDuration(root.field(utf8("b")), -7)).toBe(-7);
    expect<i64>(readDuration(root.field(utf8("c")), -7)).toBe(-7);
    expect<i64>(readDuration(root.field(utf8("d")), -7)).toBe(-7);
    expect<i64>(readDuration(root.field(utf8("e")), -7)).toBe(-7);
    expect<i64>(readDuration(root.field(utf8("f")), -7)).toBe(-7);
    expect(errors(root)).toBe(
      'a: expected a duration of whole milliseconds, at least 1ms, got "0"\n' +
        'b: expected a duration of whole milliseconds, at least 1ms, got "1.5ms"\n' +
        'c: expected a duration of whole milliseconds, at least 1ms, got "999us"\n' +
        'd: expected a duration such as "5s", "100ms" or "1h30m", got "5"\n' +
        "e: expected a string, got 5\n" +
        'f: expected a duration such as "5s", "100ms" or "1h30m", got "-1s"',
    );
  });
});
