import { cutIntoLines, headerLines, mutated, shownValue } from "../../test/as-pect/assembly/header-lines";
import { Random } from "../../test/as-pect/assembly/random";
import { seed } from "../../test/as-pect/assembly/run";
import { resetArena } from "../../assembly/host/arena";
import { Baggage } from "./baggage";
import { ListState } from "./list-state";

function read(lines: string[]): Baggage {
  resetArena();
  return Baggage.read(headerLines(lines));
}

function expectAsItCame(lines: string[]): void {
  expect<i32>(read(lines).state).toBe(ListState.AS_IT_CAME, lines.join(" / "));
}

/** Expects that header lines are to be written anew, as that one line. */
function expectAnew(lines: string[], expected: string): void {
  const baggage = read(lines);
  expect<i32>(baggage.state).toBe(ListState.ANEW, lines.join(" / "));
  expect(shownValue(baggage.write())).toBe(expected, lines.join(" / "));
}

function expectInvalid(lines: string[]): void {
  const baggage = read(lines);
  expect<i32>(baggage.state).toBe(ListState.INVALID, lines.join(" / "));
  expect(shownValue(baggage.write())).toBe("(null)", lines.join(" / "));
}

/** `k01=v` to that number. */
function numbered(to: i32): string {
  const members: string[] = [];
  for (let i = 1; i <= to; i++) members.push("k" + i.toString().padStart(2, "0") + "=v");
  return members.join(",");
}

describe("baggage (W3C Baggage)", () => {
  it("is absent where there is no header", () => {
    const baggage = read([]);
    expect<i32>(baggage.state).toBe(ListState.ABSENT);
    expect(shownValue(baggage.write())).toBe("(null)");
  });

  it("is left as it came where it is valid (the specification's examples)", () => {
    expectAsItCame(["key1=value1;property1;property2, key2 = value2, key3=value3; propertyKey=propertyValue"]);
    expectAsItCame(["userId=alice,serverNode=DF%2028,isProduction=false"]);
    expectAsItCame(["userId=Am%C3%A9lie,serverNode=DF%2028,isProduction=false"]);
    expectAsItCame(["serverNode=DF%2028"]);
    expectAsItCame(["userId=alice"]);
  });

  it("is left in several lines (the specification's examples)", () => {
    expectAsItCame(["userId=alice", "serverNode=DF%2028,isProduction=false"]);
    expectAsItCame(["userId =   alice", "serverNode = DF%2028, isProduction = false"]);
  });

  it("takes what the tests of the specification take", () => {
    const lines: string[] = [
      "SomeKey=SomeValue",
      "SomeKey=SomeValue;SomeProp,SomeKey2=SomeValue2;ValueProp=PropVal",
      "SomeKey \t = \t SomeValue \t ; \t SomeProp \t , \t SomeKey2 \t = \t SomeValue2 \t ; \t ValueProp \t = \t PropVal",
      "SomeKey=SomeValue;SomePropKey=SomePropValue,SomeKey2=SomeValue2;SomePropKey2=SomePropValue2",
      "SomeKey=SomeValue=equals",
      "SomeKey=%09%20%22%27%3B%3Dasdf%21%40%23%24%25%5E%26%2A%28%29",
      "SomeKey=SomeValue;SomeProp;SecondProp=PropValue",
      "SomeKey=SomeValue;SomeProp;SomeProp=PropValue;SomeProp=AnotherPropValue",
      "SomeKey \t = \t SomeValue \t ",
      "SomeKey=SomeValue;ValueProp%20%09%20%3D%20%09%20PropVal",
    ];
    for (let i = 0; i < lines.length; i++) expectAsItCame([lines[i]]);
  });

  it("may have empty values, equals signs in values, keys that come again, and % that encodes nothing", () => {
    expectAsItCame(["a="]);
    expectAsItCame(["a= ;p= ;q, b="]);
    expectAsItCame(["a===;p=="]);
    expectAsItCame(["a=1,a=2,A=3"]);
    expectAsItCame(["a=%,b=%zz,c=%FF"]);
  });

  it("is discarded where a member is malformed", () => {
    const lines: string[] = [
      "a",
      "=1",
      "a;p",
      "a;p=1",
      "a=1;",
      "a=1;;p",
      "a=1;=2",
      "a=1;p q",
      "a b=1",
      "a=1 2",
      "a=1 = 2",
      "a=1;p=1 2",
      "a=1 p",
      'a="1"',
      "a=1\\",
      "a(=1",
      "a=1;p(",
      "a=é",
      "é=1",
      ";p",
      "note=hello, world",
    ];
    for (let i = 0; i < lines.length; i++) {
      expectInvalid([lines[i]]);
      expectInvalid(["b=1," + lines[i] + ",c=2"]);
      expectInvalid(["b=1", lines[i]]);
      expectInvalid([lines[i], "b=1"]);
    }
  });

  it("takes the bytes of a token in keys, and of a baggage-octet in values, and no other", () => {
    const token = "!#$%&'*+-.^_`|~0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
    for (let byte = 0; byte < 256; byte++) {
      const sign = String.fromCharCode(byte);
      const isKey = token.includes(sign);
      // %x21 / %x23-2B / %x2D-3A / %x3C-5B / %x5D-7E
      const isValue =
        byte == 0x21 ||
        (byte >= 0x23 && byte <= 0x2b) ||
        (byte >= 0x2d && byte <= 0x3a) ||
        (byte >= 0x3c && byte <= 0x5b) ||
        (byte >= 0x5d && byte <= 0x7e);
      if (byte != 0x2c) {
        const shown = "byte " + byte.toString();
        expect<bool>(read(["a" + sign + "b=1"]).state != ListState.INVALID).toBe(
          isKey || byte == 0x3d,
          "key, " + shown,
        );
        expect<bool>(read(["a=b" + sign + "b"]).state != ListState.INVALID).toBe(
          isValue || byte == 0x3b,
          "value, " + shown,
        );
        expect<bool>(read(["a=1;p=b" + sign + "b"]).state != ListState.INVALID).toBe(
          isValue || byte == 0x3b,
          "property, " + shown,
        );
      }
    }
  });

  it("may have empty members, which are not written", () => {
    expectAnew([""], "(null)");
    expectAnew([" \t"], "(null)");
    expectAnew(["", ","], "(null)");
    expectAnew(["a=1,"], "a=1");
    expectAnew([",a=1"], "a=1");
    expectAnew(["a=1", ""], "a=1");
    expectAnew(["", " a = 1 ;p", " , b=2\t"], "a = 1 ;p,b=2");
  });
});

describe("baggage's limits", () => {
  it("are 64 members, of several lines together", () => {
    expectAsItCame([numbered(64)]);
    expectAsItCame([numbered(32), numbered(32)]);
    expectAnew([numbered(65)], numbered(64));
    expectAnew([numbered(64), "a=1"], numbered(64));
    expectAnew([numbered(64) + ",,"], numbered(64));
  });

  it("are 8192 bytes (test_serialize_long_entry)", () => {
    const longest = "a=" + "0123456789".repeat(819);
    expectAsItCame([longest]);
    expectAnew([longest + "0"], "(null)");
    expectAnew([longest + " "], longest);
    expectAnew(["b=1," + longest], "b=1");
    expectAnew([longest + ",b=1"], longest);
  });

  it("count the commas between lines", () => {
    const half = "a=" + "v".repeat(4094);
    // 4096 + 1 + 4095.
    expectAsItCame([half, half.substr(0, 4095)]);
    expectAsItCame([half + "," + half.substr(0, 4095)]);
    expectAnew([half, half], half);
    expectAnew([half + "," + half], half);
  });

  it("leave out whole members, and none that fits", () => {
    const half = "a=" + "v".repeat(4094);
    expectAnew([half, half, "b=1", half, "c=2"], half + ",b=1,c=2");
    // 4096 + 1 + 4091 + 1 + 3.
    expectAsItCame([half + "," + half.substr(0, 4091) + ",b=1"]);
    expectAnew([half + "," + half.substr(0, 4092) + ",b=1"], half + "," + half.substr(0, 4092));
  });
});

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
