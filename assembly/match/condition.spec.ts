import { hex, text } from "../../test/support/spec/bytes";
import { forgetProperties, setProperty } from "../../test/support/spec/host";
import { HeaderPairs } from "../../test/support/spec/pairs";
import { startRequest } from "../../test/support/spec/request";
import { Region } from "../memory/region";
import { Fact, SlotTable } from "../request/slots";
import { AddressBlock } from "../text/ip-address";
import { RegexError, compileRegex } from "../text/regex/index";
import { UriTemplate } from "../text/uri-template";
import { Condition, Test, allHold, useAllTests } from "./condition";
import { MatchCompiler } from "./compiler";

export { proxy_get_property } from "../../test/support/spec/host";

const compiler = MatchCompiler.open(Region.open(), SlotTable.open(Region.open(), false));

function condition(test: Test, value: string): Condition {
  const condition = compiler.condition(Fact.HEADER, text("h"), test, text(value));
  if (test == Test.REGEX) {
    const error = changetype<RegexError>(compiler.region.take(offsetof<RegexError>()));
    condition.regex = compileRegex(compiler.region, text(value), error);
    expect(condition.regex != null).toBe(true, value);
  }
  return condition;
}

function request(values: string[]): void {
  const pairs = new HeaderPairs().add("other", "x");
  for (let i = 0; i < values.length; i++) pairs.add("h", values[i]);
  startRequest(compiler.slots, pairs);
}

/**
 * A row of a table: what a condition says of a request without the header, with an empty one, with "foo" and with "bar",
 * plain, then inverted, then with a missing header tested as empty, then both. `1` is that it holds.
 */
function row(test: Test, value: string, plain: string, inverted: string, empty: string, both: string): void {
  const tested = condition(test, value);
  const expected = [plain, inverted, empty, both];
  const requests: string[][] = [[], [""], ["foo"], ["bar"]];
  for (let way = 0; way < 4; way++) {
    tested.invert = (way & 1) != 0;
    tested.missingIsEmpty = (way & 2) != 0;
    let seen = "";
    for (let i = 0; i < 4; i++) {
      request(requests[i]);
      seen += tested.holds() ? "1" : "0";
    }
    const name = (<i32>test).toString() + ' "' + value + '", way ' + way.toString();
    expect(seen).toBe(expected[way], name);
  }
}

/** Envoy's `HeaderMatcher` with `invert_match` and `treat_missing_header_as_empty` (route_components.proto). */
useAllTests();

describe("a condition on a header that is missing, empty, foo or bar", () => {
  it("asks for presence: a missing header is never taken for an empty one", () => {
    row(Test.PRESENT, "", "0111", "1000", "0111", "1000");
  });

  it("asks for a value", () => {
    row(Test.EXACT, "foo", "0010", "1101", "0010", "1101");
    row(Test.EXACT, "", "0100", "1011", "1100", "0011");
    row(Test.EXACT, "fo", "0000", "1111", "0000", "1111");
  });

  it("asks for the first bytes", () => {
    row(Test.PREFIX, "fo", "0010", "1101", "0010", "1101");
    row(Test.PREFIX, "", "0111", "1000", "1111", "0000");
    row(Test.PREFIX, "fooo", "0000", "1111", "0000", "1111");
  });

  it("asks for the last bytes", () => {
    row(Test.SUFFIX, "oo", "0010", "1101", "0010", "1101");
    row(Test.SUFFIX, "", "0111", "1000", "1111", "0000");
    row(Test.SUFFIX, "ffoo", "0000", "1111", "0000", "1111");
  });

  it("asks for a match of the whole value", () => {
    row(Test.REGEX, "f.o", "0010", "1101", "0010", "1101");
    row(Test.REGEX, ".*", "0111", "1000", "1111", "0000");
    row(Test.REGEX, "o", "0000", "1111", "0000", "1111");
    row(Test.REGEX, "foo|ba", "0010", "1101", "0010", "1101");
  });
});

describe("a condition on an address", () => {
  it("asks for one in a block", () => {
    const slots = SlotTable.open(Region.open(), false);
    const within = MatchCompiler.open(Region.open(), slots);
    const block = AddressBlock.parse(within.region, text("10.1.0.0/16"))!;
    const tested = within.condition(Fact.REMOTE_IP, text(""), Test.CIDR, block.prefix);
    tested.bits = <u8>block.bits;
    const clients = ["10.1.2.3:80", "10.2.2.3:80", "[::ffff:10.1.2.3]:80", "/pipe"];
    let seen = "";
    for (let i = 0; i < clients.length; i++) {
      forgetProperties();
      setProperty("source/address", text(clients[i]));
      tested.invert = false;
      startRequest(slots, new HeaderPairs());
      seen += tested.holds() ? "1" : "0";
      tested.invert = true;
      seen += tested.holds() ? "1" : "0";
    }
    expect(seen).toBe("10010101");
  });

  it("tells a block of 128 bits from one of none", () => {
    const one = compiler.condition(Fact.HEADER, text("h"), Test.CIDR, hex("20010db8000000000000000000000001"));
    one.bits = 128;
    const same = hex("20010db8000000000000000000000001");
    const other = hex("20010db8000000000000000000000002");
    expect(one.accepts(same.start, same.length)).toBe(true);
    expect(one.accepts(other.start, other.length)).toBe(false);
    one.bits = 0;
    expect(one.accepts(other.start, other.length)).toBe(true);
    expect(one.accepts(other.start, 4)).toBe(false);
    expect(one.accepts(0, 0)).toBe(false);
  });
});

describe("a condition on a path", () => {
  it("asks for a match of the whole path, without its query", () => {
    const slots = SlotTable.open(Region.open(), false);
    const within = MatchCompiler.open(Region.open(), slots);
    const tested = within.condition(Fact.PATH, text(""), Test.TEMPLATE, text(""));
    const paths = ["/foo/bar?a=b/c", "/foo/bar/baz", "/foo/?bar"];
    let seen = "";
    for (let i = 0; i < paths.length; i++) {
      startRequest(slots, new HeaderPairs().add(":path", paths[i]));
      tested.template = null;
      seen += tested.holds() ? "1" : "0";
      tested.template = UriTemplate.compile(within.region, text("/foo/{*}"));
      seen += tested.holds() ? "1" : "0";
    }
    expect(seen).toBe("010000");
  });

  it("keeps its record within 16 bytes and its text, of which thousands lie in a plan", () => {
    expect<u32>(offsetof<Condition>()).toBe(16);
  });
});

describe("a condition on a repeated header", () => {
  it("holds where any value passes, and inverted where none does (Envoy since 1.39: match_headers_individually)", () => {
    const exact = condition(Test.EXACT, "b");
    request(["a", "b"]);
    expect(exact.holds()).toBe(true);
    exact.invert = true;
    expect(exact.holds()).toBe(false);
    request(["a", "c"]);
    expect(exact.holds()).toBe(true);
    exact.invert = false;
    expect(exact.holds()).toBe(false);
    request(["a,b"]);
    expect(exact.holds()).toBe(false);
  });
});

describe("letters' case", () => {
  it("counts unless it is said not to", () => {
    request(["FooBar"]);
    const exact = condition(Test.EXACT, "fOObAR");
    const prefix = condition(Test.PREFIX, "fOO");
    const suffix = condition(Test.SUFFIX, "bAR");
    expect(exact.holds() || prefix.holds() || suffix.holds()).toBe(false);
    exact.ignoreCase = true;
    prefix.ignoreCase = true;
    suffix.ignoreCase = true;
    expect(exact.holds() && prefix.holds() && suffix.holds()).toBe(true);
    request(["FooBaz"]);
    expect(exact.holds() || suffix.holds()).toBe(false);
    request(["FooÄ"]);
    const umlaut = condition(Test.EXACT, "fooä");
    umlaut.ignoreCase = true;
    expect(umlaut.holds()).toBe(false);
  });
});

describe("alternatives", () => {
  it("hold where one does, each inverted on its own", () => {
    const foo = condition(Test.EXACT, "foo");
    const bar = condition(Test.EXACT, "bar");
    const baz = condition(Test.EXACT, "baz");
    foo.or = bar;
    bar.or = baz;
    request(["foo"]);
    expect(foo.holds()).toBe(true);
    request(["baz"]);
    expect(foo.holds()).toBe(true);
    request(["x"]);
    expect(foo.holds()).toBe(false);
    baz.invert = true;
    expect(foo.holds()).toBe(true);
    request(["baz"]);
    expect(foo.holds()).toBe(false);
  });
});

describe("a list", () => {
  it("holds where all do, an empty one always", () => {
    const foo = condition(Test.PREFIX, "fo");
    const oo = condition(Test.SUFFIX, "oo");
    foo.next = oo;
    request(["foo"]);
    expect(allHold(foo)).toBe(true);
    request(["fox"]);
    expect(allHold(foo)).toBe(false);
    request(["xoo"]);
    expect(allHold(foo)).toBe(false);
    expect(allHold(null)).toBe(true);
  });
});
