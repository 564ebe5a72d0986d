import { text } from "../../test/support/spec/bytes";
import { HeaderPairs } from "../../test/support/spec/pairs";
import { startRequest, valuesOf } from "../../test/support/spec/request";
import { Region } from "../memory/region";
import { Fact, SlotTable } from "./slots";

function path(target: string): string {
  const slots = SlotTable.open(Region.open(), false);
  const slot = slots.slot(Fact.PATH, text(""));
  startRequest(slots, new HeaderPairs().add(":path", target));
  return valuesOf(slot);
}

function parameter(target: string, name: string): string {
  const slots = SlotTable.open(Region.open(), false);
  const slot = slots.slot(Fact.QUERY_PARAMETER, text(name));
  startRequest(slots, new HeaderPairs().add(":path", target));
  return valuesOf(slot);
}

describe("the path", () => {
  it("ends at the first ? or # (Envoy PathUtil::removeQueryAndFragment)", () => {
    expect(path("/reviews/0")).toBe("[/reviews/0]");
    expect(path("/reviews?a=b")).toBe("[/reviews]");
    expect(path("/reviews#top")).toBe("[/reviews]");
    expect(path("/reviews#top?a=b")).toBe("[/reviews]");
    expect(path("/a?b?c")).toBe("[/a]");
    expect(path("/?")).toBe("[/]");
    expect(path("?a=b")).toBe("[]");
    expect(path("*")).toBe("[*]");
    expect(path("/%3Fa")).toBe("[/%3Fa]");
  });

  it("ends there wherever that is, in a target of any length", () => {
    const letters = "/abcdefghijklmnopqrstuvwxyz";
    for (let length = 1; length <= 27; length++) {
      const whole = letters.substring(0, length);
      expect(path(whole)).toBe("[" + whole + "]");
      for (let at = 0; at < length; at++) {
        const before = letters.substring(0, at);
        expect(path(before + "?" + whole)).toBe("[" + before + "]");
        expect(path(before + "#" + whole)).toBe("[" + before + "]");
      }
    }
  });

  it("is that of the first :path if there are several, or of all of them joined", () => {
    const pairs = new HeaderPairs().add(":path", "/a").add(":path", "/c?d");
    for (let joined = 0; joined < 2; joined++) {
      const slots = SlotTable.open(Region.open(), joined == 1);
      const slot = slots.slot(Fact.PATH, text(""));
      startRequest(slots, pairs);
      expect(valuesOf(slot)).toBe(joined == 1 ? "[/a,/c]" : "[/a]");
    }
  });

  it("is read anew for the next request", () => {
    const slots = SlotTable.open(Region.open(), false);
    const slot = slots.slot(Fact.PATH, text(""));
    startRequest(slots, new HeaderPairs().add(":path", "/a?b"));
    expect(valuesOf(slot)).toBe("[/a]");
    startRequest(slots, new HeaderPairs().add(":path", "/c"));
    expect(valuesOf(slot)).toBe("[/c]");
    startRequest(slots, new HeaderPairs().add(":authority", "example.com:443"));
    expect(valuesOf(slot)).toBe("absent");
  });

  it("is absent where :path is (CONNECT)", () => {
    const slots = SlotTable.open(Region.open(), false);
    const slot = slots.slot(Fact.PATH, text(""));
    const query = slots.slot(Fact.QUERY_PARAMETER, text("a"));
    startRequest(slots, new HeaderPairs().add(":authority", "example.com:443"));
    expect(valuesOf(slot)).toBe("absent");
    expect(valuesOf(query)).toBe("absent");
  });
});

/** Envoy `Utility::QueryParamsMulti::parseQueryString`, which routes use; nothing is percent-decoded. */
describe("a query parameter", () => {
  it("has the first of its values, as it stands in the URL", () => {
    expect(parameter("/?a=1", "a")).toBe("[1]");
    expect(parameter("/?a=1&b=2", "b")).toBe("[2]");
    expect(parameter("/?a=1&a=2", "a")).toBe("[1]");
    expect(parameter("/?a=%20b+c", "a")).toBe("[%20b+c]");
    expect(parameter("/?%61=1", "a")).toBe("absent");
    expect(parameter("/?a=1=2", "a")).toBe("[1=2]");
    expect(parameter("/?b=?&a=?x", "a")).toBe("[?x]");
  });

  it("is empty where there is no = or nothing behind it", () => {
    expect(parameter("/?a", "a")).toBe("[]");
    expect(parameter("/?a=", "a")).toBe("[]");
    expect(parameter("/?b&a&c", "a")).toBe("[]");
    expect(parameter("/?a&a=1", "a")).toBe("[]");
  });

  it("may have a name without any byte", () => {
    expect(parameter("/?=1", "")).toBe("[1]");
    expect(parameter("/?a&=1", "")).toBe("[1]");
    expect(parameter("/?a=1", "")).toBe("absent");
  });

  it("is absent where its very name is", () => {
    expect(parameter("/", "a")).toBe("absent");
    expect(parameter("/?", "a")).toBe("absent");
    expect(parameter("/?&&", "a")).toBe("absent");
    expect(parameter("/?A=1", "a")).toBe("absent");
    expect(parameter("/?aa=1&ba=2", "a")).toBe("absent");
    expect(parameter("/?b=a", "a")).toBe("absent");
    expect(parameter("/a=1", "a")).toBe("absent");
    expect(parameter("/?=1", "a")).toBe("absent");
    expect(parameter("/?b=1;a=2", "a")).toBe("absent");
  });
});
