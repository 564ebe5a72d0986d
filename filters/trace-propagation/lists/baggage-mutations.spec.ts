import { expectAnew, expectAsItCame, expectInvalid, read } from "../test/spec/baggage";
import { cutIntoLines, mutated, shownValue } from "../test/spec/header-lines";
import { Random } from "../../../test/support/spec/random";
import { seed } from "../../../test/support/spec/run";

/** What is to be written by the specification's own words, in plain strings; `!` where it is to be discarded. */
function plainly(lines: string[]): string {
  const pieces = lines.join(",").split(",");
  const members: string[] = [];
  for (let i = 0; i < pieces.length; i++) {
    const piece = trimmed(pieces[i]);
    if (piece == "") continue;
    const parts = piece.split(";");
    for (let k = 0; k < parts.length; k++) {
      const part = trimmed(parts[k]);
      const equals = part.indexOf("=");
      if (equals < 0 && k == 0) return "!";
      if (!isToken(trimmed(equals < 0 ? part : part.substr(0, equals)))) return "!";
      if (equals >= 0 && !isOctets(trimmed(part.substr(equals + 1)))) return "!";
    }
    members.push(piece);
  }
  return members.join(",");
}

function trimmed(piece: string): string {
  let from = 0;
  let to = piece.length;
  while (from < to && " \t".includes(piece.charAt(from))) from++;
  while (to > from && " \t".includes(piece.charAt(to - 1))) to--;
  return piece.substring(from, to);
}

function isToken(key: string): bool {
  for (let i = 0; i < key.length; i++) {
    const code = key.charCodeAt(i);
    if (code <= 0x20 || code >= 0x7f || '"(),/:;<=>?@[\\]{}'.includes(key.charAt(i))) return false;
  }
  return key.length > 0;
}

function isOctets(value: string): bool {
  for (let i = 0; i < value.length; i++) {
    const code = value.charCodeAt(i);
    if (code <= 0x20 || code >= 0x7f || '",;\\'.includes(value.charAt(i))) return false;
  }
  return true;
}

describe("baggage that was tampered with", () => {
  it("comes to what the specification says, member by member", () => {
    const random = new Random(seed());
    const forms: string[] = [
      "key1=value1;property1;property2, key2 = value2, key3=value3; propertyKey=propertyValue",
      "userId =   alice,serverNode = DF%2028, isProduction = false",
      "a=,b=;c,d= e ;f= ;g",
      "SomeKey \t = \t SomeValue \t ; \t SomeProp",
    ];
    let discarded = 0;
    for (let i = 0; i < 3000; i++) {
      let line = random.pick(forms);
      for (let changes = random.below(4); changes > 0; changes--) line = mutated(random, line, ' \t,,==;;%"\\a!Z0');
      const lines = cutIntoLines(random, line);
      const expected = plainly(lines);
      if (expected == "!") {
        expectInvalid(lines);
        discarded++;
      } else if (expected.split(",").length == lines.join(",").split(",").length && expected != "") {
        expectAsItCame(lines);
        expect(shownValue(read(lines).write())).toBe(expected);
      } else {
        expectAnew(lines, expected == "" ? "(null)" : expected);
        if (expected != "") expectAsItCame([expected]);
      }
    }
    // The forms are not so that one of the two hardly ever comes about.
    expect(discarded).toBeGreaterThan(150);
    expect(discarded).toBeLessThan(2850);
  });
});
