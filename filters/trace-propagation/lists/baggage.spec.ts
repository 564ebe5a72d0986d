import { expectAnew, expectAsItCame, expectInvalid, read } from "../test/spec/baggage";
import { shownValue } from "../test/spec/header-lines";
import { ListState } from "./list-state";

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
