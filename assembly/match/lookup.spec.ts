import { text } from "../../test/support/spec/bytes";
import { Region } from "../memory/region";
import { Fact, SlotTable } from "../request/slots";
import { RegexError, compileRegex } from "../text/regex/index";
import { AddressBlock } from "../text/ip-address";
import { UriTemplate } from "../text/uri-template";
import { MatchCompiler } from "./compiler";
import { Condition, Test } from "./condition";
import { isLookup, isPresence, lookupLength, lookupPart, lookupStart } from "./lookup";
import { Part } from "./value-part";

const region = Region.open();
const compiler = MatchCompiler.open(region, SlotTable.open(region, false));

function condition(test: Test, written: string): Condition {
  const made = compiler.condition(Fact.HEADER, text("h"), test, text(written));
  if (test == Test.REGEX) {
    const error = changetype<RegexError>(region.take(offsetof<RegexError>()));
    made.regex = compileRegex(region, text(written), error);
  }
  return made;
}

function template(written: string): Condition {
  const compiled = UriTemplate.compile(region, text(written));
  const made = compiler.condition(Fact.PATH, text(""), Test.TEMPLATE, compiled.literalPrefix);
  made.template = compiled;
  return made;
}

function block(written: string): Condition {
  const parsed = AddressBlock.parse(region, text(written))!;
  const made = compiler.condition(Fact.REMOTE_IP, text(""), Test.CIDR, parsed.prefix);
  made.bits = <u8>parsed.bits;
  return made;
}

/** What a condition looks up: the part, its length and, where it is text, the text; "-" where it looks nothing up. */
function lookedUp(made: Condition): string {
  if (!isLookup(made)) return "-";
  const part = lookupPart(made);
  const name = part == Part.WHOLE ? "whole" : part == Part.START ? "start" : "end";
  const length = lookupLength(made);
  if (made.test == Test.CIDR) return name + " " + length.toString();
  return name + " " + String.UTF8.decodeUnsafe(lookupStart(made), length);
}

describe("what a condition looks up", () => {
  it("is the whole value, its start or its end", () => {
    expect(lookedUp(condition(Test.EXACT, "abc"))).toBe("whole abc");
    expect(lookedUp(condition(Test.EXACT, ""))).toBe("whole ");
    expect(lookedUp(condition(Test.PREFIX, "abc"))).toBe("start abc");
    expect(lookedUp(condition(Test.SUFFIX, "abc"))).toBe("end abc");
  });

  it("is what all matches of an expression start with, be it nothing", () => {
    expect(lookedUp(condition(Test.REGEX, "/a/b[0-9]+"))).toBe("start /a/b");
    expect(lookedUp(condition(Test.REGEX, ".*a"))).toBe("start ");
    expect(lookedUp(condition(Test.REGEX, "(?i)a"))).toBe("start ");
    expect(lookedUp(condition(Test.REGEX, "a|b"))).toBe("start ");
  });

  it("is what stands before a template's first operator", () => {
    expect(lookedUp(template("/a/{*}/b"))).toBe("start /a/");
    expect(lookedUp(template("/{**}"))).toBe("start /");
  });

  it("is the whole bytes of a block, be it none", () => {
    expect(lookedUp(block("10.0.0.0/8"))).toBe("start 1");
    expect(lookedUp(block("10.0.0.0/15"))).toBe("start 1");
    expect(lookedUp(block("10.0.0.1"))).toBe("start 4");
    expect(lookedUp(block("10.0.0.0/7"))).toBe("start 0");
    expect(lookedUp(block("0.0.0.0/0"))).toBe("start 0");
    expect(lookedUp(block("fd00::/64"))).toBe("start 8");
    expect(lookedUp(block("::1"))).toBe("start 16");
  });

  it("is a start without a byte where any value will do, or any that a table cannot find", () => {
    expect(lookedUp(condition(Test.PRESENT, ""))).toBe("start ");
    expect(lookedUp(condition(Test.NOT_EMPTY, ""))).toBe("start ");
    expect(isPresence(condition(Test.PRESENT, ""))).toBe(true);
    expect(isPresence(condition(Test.REGEX, ".*a"))).toBe(true);
    expect(isPresence(condition(Test.EXACT, ""))).toBe(false);
    expect(isPresence(condition(Test.PREFIX, "a"))).toBe(false);
  });

  it("is nothing where a request without the value can meet it", () => {
    const inverted = condition(Test.EXACT, "a");
    inverted.invert = true;
    expect(lookedUp(inverted)).toBe("-");
    const missing = condition(Test.EXACT, "");
    missing.missingIsEmpty = true;
    expect(lookedUp(missing)).toBe("-");
  });
});
