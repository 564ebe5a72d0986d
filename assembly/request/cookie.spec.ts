import { text } from "../../test/support/spec/bytes";
import { HeaderPairs } from "../../test/support/spec/pairs";
import { startRequest, valuesOf } from "../../test/support/spec/request";
import { Region } from "../memory/region";
import { Fact, SlotTable } from "./slots";

function cookie(header: string, name: string): string {
  return cookieOf(new HeaderPairs().add("cookie", header), name);
}

function cookieOf(headers: HeaderPairs, name: string): string {
  const slots = SlotTable.open(Region.open(), false);
  const slot = slots.slot(Fact.COOKIE, text(name));
  startRequest(slots, headers);
  return valuesOf(slot);
}

describe("a cookie", () => {
  it("is read from the pairs of the cookie header (the examples of RFC 6265 §3.1)", () => {
    expect(cookie("SID=31d4d96e407aad42", "SID")).toBe("[31d4d96e407aad42]");
    expect(cookie("SID=31d4d96e407aad42; lang=en-US", "SID")).toBe("[31d4d96e407aad42]");
    expect(cookie("SID=31d4d96e407aad42; lang=en-US", "lang")).toBe("[en-US]");
    expect(cookie("SID=31d4d96e407aad42; lang=en-US", "LANG")).toBe("absent");
  });

  it("may be quoted (RFC 6265 §4.1.1, cookie-value), and loses the quotes as in Envoy", () => {
    expect(cookie('a="b c"', "a")).toBe("[b c]");
    expect(cookie('a=""', "a")).toBe("[]");
    expect(cookie('a="', "a")).toBe('["]');
    expect(cookie('a="b', "a")).toBe('["b]');
    expect(cookie('a=b"', "a")).toBe('[b"]');
  });

  it("keeps everything behind the first =", () => {
    expect(cookie("a=b=c", "a")).toBe("[b=c]");
    expect(cookie("a==", "a")).toBe("[=]");
    expect(cookie("a=b,c", "a")).toBe("[b,c]");
  });

  it("is empty where nothing stands behind =, and absent without one", () => {
    expect(cookie("a=", "a")).toBe("[]");
    expect(cookie("a=; b=1", "a")).toBe("[]");
    expect(cookie("a", "a")).toBe("absent");
    expect(cookie("a; a=2", "a")).toBe("[2]");
    expect(cookie("", "a")).toBe("absent");
    expect(cookie(";;;", "a")).toBe("absent");
    expect(cookie("=1", "a")).toBe("absent");
  });

  it("may have a name without any byte", () => {
    expect(cookie("=1", "")).toBe("[1]");
    expect(cookie("a=b;=1", "")).toBe("[1]");
    expect(cookie("a=b;=1; =2", "")).toBe("[1]");
    expect(cookie("a=b; =1", "")).toBe("[1]");
    expect(cookie("a=1", "")).toBe("absent");
  });

  it("is told from those whose names hold its own", () => {
    expect(cookie("aa=1; ba=2; a=3", "a")).toBe("[3]");
    expect(cookie("b=a=1", "a")).toBe("absent");
  });

  it("is found without a blank behind the semicolon, and with several", () => {
    expect(cookie("b=1;a=2", "a")).toBe("[2]");
    expect(cookie("b=1;   a=2", "a")).toBe("[2]");
  });

  it("counts once: the first, also over several cookie headers (RFC 9113 §8.2.3)", () => {
    expect(cookie("a=1; a=2", "a")).toBe("[1]");
    expect(cookieOf(new HeaderPairs().add("cookie", "b=1").add("cookie", "a=2").add("cookie", "a=3"), "a")).toBe("[2]");
    expect(cookieOf(new HeaderPairs(), "a")).toBe("absent");
  });
});
