/** No pattern and no text costs more than the size of the one times the length of the other. */
import { Region } from "../../memory/region";
import { matchesBytes, regexOf } from "../../../test/support/spec/regex";
import { Text } from "../text";
import { RegexError, compileRegex } from "./index";

/**
 * How many instructions are looked at for each byte of a text that was not met before, relative to the pattern's size;
 * more than 1 would be more than one look at each instruction.
 */
function effort(pattern: string, text: string, expected: bool): f64 {
  const regex = regexOf(pattern);
  if (regex == null) return Infinity;
  if (matchesBytes(regex, text) != expected) return NaN;
  return <f64>regex.looks / (<f64>regex.size * <f64>(text.length + 1));
}

function alternatives(count: i32): string {
  const names: string[] = [];
  for (let i = 0; i < count; i++) names.push("name" + i.toString());
  return names.join("|");
}

/** The letters a and b in an order with no short period: a bit of a linear congruential generator's numbers. */
function unruly(length: i32): string {
  let text = "";
  let number: u32 = 1;
  for (let i = 0; i < length; i++) {
    number = number * 1664525 + 1013904223;
    text += number >> 31 ? "a" : "b";
  }
  return text;
}

describe("matching is linear", () => {
  it("in patterns that make others explode", () => {
    const long = "a".repeat(5000);
    expect<f64>(effort("(a*)*b", long, false)).toBeLessThanOrEqual(1);
    expect<f64>(effort("(a|aa)+$", long + "b", false)).toBeLessThanOrEqual(1);
    expect<f64>(effort("(a|a)*b", long, false)).toBeLessThanOrEqual(1);
    expect<f64>(effort("(.*)*(.*)*(.*)*=", long, false)).toBeLessThanOrEqual(1);
    expect<f64>(effort("(?:a?){100}a{100}", "a".repeat(100), true)).toBeLessThanOrEqual(1);
    expect<f64>(effort("([a-z]+)+[0-9]", long, false)).toBeLessThanOrEqual(1);
    expect<f64>(effort("((a{0,10}){0,10}){0,10}b", long, false)).toBeLessThanOrEqual(1);
    expect<f64>(effort("a{0,1000}", long, false)).toBeLessThanOrEqual(1);
    expect<f64>(effort("(x+x+)+y", "x".repeat(5000), false)).toBeLessThanOrEqual(1);
    expect<f64>(effort("(\\b|a|^|$)*", long, true)).toBeLessThanOrEqual(1);
  });

  it("in a pattern that has more states than there is room for", () => {
    const text = unruly(3000);
    const regex = regexOf("(a|b)*a(a|b){14}");
    if (regex == null) return expect<bool>(false).toBeTruthy();
    for (let length = 2900; length < 3000; length++) {
      const part = text.substring(0, length);
      const before = regex.looks;
      expect<bool>(matchesBytes(regex, part)).toBe(part.charAt(length - 15) == "a");
      expect<u64>(regex.looks - before).toBeGreaterThan(<u64>length, "states were forgotten since the text before");
      expect<u64>(regex.looks - before).toBeLessThanOrEqual(<u64>regex.size * (length + 1));
    }
  });

  it("in a thousand alternatives", () => {
    expect<f64>(effort(alternatives(900), "name899", true)).toBeLessThanOrEqual(1);
    expect<f64>(effort(alternatives(900), "name900", false)).toBeLessThanOrEqual(1);
  });

  it("however deep the parentheses are", () => {
    const pattern = "(".repeat(1000) + "a" + ")*".repeat(1000);
    expect<f64>(effort(pattern, "a".repeat(1000), true)).toBeLessThanOrEqual(1);
    expect<f64>(effort("(".repeat(4000) + "a" + ")".repeat(4000), "a", true)).toBeLessThanOrEqual(1);
    expect<f64>(effort("(a|".repeat(2000) + "b" + ")".repeat(2000), "b", true)).toBeLessThanOrEqual(1);
  });
});

describe("matching is cheap", () => {
  it("where the states are known: nothing is looked at", () => {
    const regex = regexOf("/api/v[0-9]+/.*");
    if (regex == null) return expect<bool>(false).toBeTruthy();
    matchesBytes(regex, "/api/v2/items");
    const before = regex.looks;
    expect<bool>(matchesBytes(regex, "/api/v3/items/other")).toBeTruthy();
    expect<bool>(matchesBytes(regex, "/api/x")).toBeFalsy();
    expect<u64>(regex.looks - before).toBeLessThanOrEqual(5, "the one step over x");
  });

  it("takes no memory", () => {
    const region = Region.open();
    const pattern = Text.from(region, "(a|b)*a(a|b){10}");
    const regex = compileRegex(region, pattern, RegexError.within(region));
    if (regex == null) return expect<bool>(false).toBeTruthy();
    const before = region.size;
    const text = Text.from(region, unruly(2000));
    const after = region.size;
    for (let i: u32 = 0; i < 100; i++) regex.matches(text.start, text.length - i);
    expect<usize>(region.size).toBe(after);
    expect<usize>(before).toBeLessThanOrEqual(16384);
    region.close();
  });
});

/** Words such as aAAA, bBBB, … with `tail` capitals, any number of them: more states than there is room for, met in any order. */
function words(tail: i32): string {
  const all: string[] = [];
  for (let letter = 0; letter < 26; letter++) all.push(word(letter, tail));
  return "(?:" + all.join("|") + ")*";
}

function word(letter: i32, tail: i32): string {
  return String.fromCharCode(0x61 + letter) + String.fromCharCode(0x41 + letter).repeat(tail);
}

describe("states that were forgotten", () => {
  it("leave no trace: a worn expression matches as a new one does", () => {
    const worn = regexOf(words(6));
    if (worn == null) return expect<bool>(false).toBeTruthy();
    let number: u32 = 1;
    let matched = 0;
    for (let round = 0; round < 600; round++) {
      let text = "";
      for (let i = 0; i < 6; i++) {
        number = number * 1664525 + 1013904223;
        const letter: i32 = (number >> 24) % 26;
        // One word in sixteen begins twice, which is none.
        if (((number >> 16) & 15) == 0) text += String.fromCharCode(0x61 + letter);
        text += word(letter, 6);
      }
      const fresh = regexOf(words(6));
      if (fresh == null) return expect<bool>(false).toBeTruthy();
      const expected = matchesBytes(fresh, text);
      if (expected) matched++;
      expect<bool>(matchesBytes(worn, text)).toBe(expected, text);
    }
    expect<i32>(matched).toBeGreaterThan(300);
    expect<i32>(matched).toBeLessThan(600);
    expect<u64>(worn.looks).toBeGreaterThan(100000, "far more than all states together cost once");
  });

  it("are not written to, even if the first of them was where the room ended", () => {
    const pairs: string[] = [];
    for (let byte = 0x30; byte < 0x100; byte++) pairs.push("\\x" + byte.toString(16) + "!");
    const regex = regexOf(pairs.join("|"));
    if (regex == null) return expect<bool>(false).toBeTruthy();
    for (let byte = 0x30; byte < 0x100; byte++) {
      const first = String.fromCharCode(byte);
      expect<bool>(matchesBytes(regex, first)).toBeFalsy(first);
      expect<bool>(matchesBytes(regex, first + first + "!")).toBeFalsy(first + first + "!");
    }
    expect<bool>(matchesBytes(regex, "0!")).toBeTruthy();
  });
});

function prefixOf(pattern: string): string {
  const regex = regexOf(pattern);
  return regex == null ? "refused" : regex.literalPrefix.toString() + (regex.isLiteral ? "$" : "");
}

describe("the literal prefix", () => {
  it("is what every match begins with", () => {
    expect<string>(prefixOf("/api/v1/.*")).toBe("/api/v1/");
    expect<string>(prefixOf("^/api/(v1|v2)")).toBe("/api/");
    expect<string>(prefixOf("(/a(pi))/x*")).toBe("/api/");
    expect<string>(prefixOf("(?:ab)+c")).toBe("ab");
    expect<string>(prefixOf("a{3,}")).toBe("aaa");
    expect<string>(prefixOf("[.]x[ab]")).toBe(".x");
    expect<string>(prefixOf("\\Q.*\\E.*")).toBe(".*");
  });

  it("is empty where matches differ at once, or may fold case", () => {
    expect<string>(prefixOf("a|b")).toBe("");
    expect<string>(prefixOf("a*b")).toBe("");
    expect<string>(prefixOf("(?i)abc")).toBe("");
    expect<string>(prefixOf("(?i)12a")).toBe("12");
    expect<string>(prefixOf(".*")).toBe("");
    expect<string>(prefixOf("\\bfoo")).toBe("");
  });

  it("is all there is where nothing else can match", () => {
    expect<string>(prefixOf("foo")).toBe("foo$");
    expect<string>(prefixOf("^foo$")).toBe("foo$");
    expect<string>(prefixOf("(?m:^foo$)")).toBe("foo$");
    expect<string>(prefixOf("foo\\z")).toBe("foo$");
    expect<string>(prefixOf("")).toBe("$");
    expect<string>(prefixOf("foo$x")).toBe("foo");
  });
});
