import { text } from "../../../test/support/spec/bytes";
import { Region } from "../../memory/region";
import { RegexError, compileRegex } from "./index";

function required(pattern: string): string {
  const region = Region.open();
  const regex = compileRegex(region, text(pattern), RegexError.within(region));
  const run = regex == null ? "refused" : regex.required.toString();
  region.close();
  return run;
}

describe("what stands in every match of an expression", () => {
  it("is the longest run of bytes that nothing leads past", () => {
    expect(required(".*-tenant-7-.*")).toBe("-tenant-7-");
    expect(required("/api/v[0-9]+/users/.*")).toBe("/users/");
    expect(required("ab.*cde.*f")).toBe("cde");
    expect(required("^abc$")).toBe("abc");
    expect(required("x{3}yz.")).toBe("xxxyz");
  });

  it("is none of what may be left out or another", () => {
    expect(required("abc?d")).toBe("ab");
    expect(required("a(bcd)?e")).toBe("a");
    expect(required("a(bcd)*ef")).toBe("ef");
    expect(required("(abc|abd)e")).toBe("e");
    expect(required("(?:abc|)de|f")).toBe("");
    expect(required("abc|abcd")).toBe("");
    expect(required(".*")).toBe("");
    expect(required("(?i)abc")).toBe("");
  });

  it("goes into what is repeated, which stands there once at least", () => {
    expect(required("(abc)+d")).toBe("abc");
    expect(required("a(bc)+")).toBe("abc");
    expect(required("(a|b)+cd")).toBe("cd");
    expect(required("(abc){2,}")).toBe("abcabc");
    expect(required("a{0,3}bc")).toBe("bc");
  });
});
