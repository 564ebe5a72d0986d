import { text } from "../../test/support/spec/bytes";
import { isSpiffeId } from "./spiffe-id";

function isId(written: string): bool {
  const bytes = text(written);
  return isSpiffeId(bytes.start, bytes.length);
}

describe("a SPIFFE ID", () => {
  it("is one of the specification's examples (SPIFFE-ID §2)", () => {
    expect(isId("spiffe://trust-domain-name/path")).toBe(true);
    expect(isId("spiffe://staging.example.com/payments/mysql")).toBe(true);
    expect(isId("spiffe://staging.example.com/payments/web-fe")).toBe(true);
    expect(isId("spiffe://k8s-west.example.com/ns/staging/sa/default")).toBe(true);
    expect(isId("spiffe://example.com/9eebccd2-12bf-40a6-b262-65fe0487d453")).toBe(true);
    expect(isId("spiffe://cluster.local/ns/default/sa/sleep")).toBe(true);
    expect(isId("spiffe://example.com")).toBe(true, "the path is optional");
  });

  it("has its scheme in lower case, and a trust domain", () => {
    const wrong = [
      "",
      "s",
      "spiffe",
      "spiffe:/",
      "spiffe:/example/path",
      "Spiffe://example",
      "SPIFFE://example",
      "spiffe://",
    ];
    const others = [
      "spiffe:///",
      "spiffe:///path",
      "/path",
      "example/path",
      "https://example/path",
      " spiffe://example",
      "-",
    ];
    const all = wrong.concat(others);
    for (let i = 0; i < all.length; i++) expect(isId(all[i])).toBe(false, all[i]);
  });

  it("has no user, port, query, fragment or percent-encoding", () => {
    const wrong = [
      "user@example",
      "user:password@example/path",
      "example:80",
      "example:80/path",
      "[::1]/path",
      "example/a?b",
    ];
    const others = [
      "example?b",
      "example/a#b",
      "example#b",
      "example/a%20b",
      "%41/path",
      "example/a;b",
      "example/a,spiffe:",
    ];
    const all = wrong
      .concat(others)
      .concat(["example/a b", "example/a\0", "example/ä", "exämple", "example/a*", "example/a\\b"]);
    for (let i = 0; i < all.length; i++) expect(isId("spiffe://" + all[i])).toBe(false, all[i]);
  });

  it("has no segment that is empty, . or .., and no slash at its end", () => {
    const wrong = [
      "/",
      "//",
      "//path",
      "/path/",
      "/path//x",
      "/.",
      "/./path",
      "/path/./x",
      "/path/.",
      "/..",
      "/../path",
      "/path/..",
    ];
    for (let i = 0; i < wrong.length; i++) expect(isId("spiffe://example" + wrong[i])).toBe(false, wrong[i]);
    const right = ["/.path", "/..path", "/...", "/path/...", "/.a", "/a.", "/-", "/_", "/a..b", "/path/.x/..y"];
    for (let i = 0; i < right.length; i++) expect(isId("spiffe://example" + right[i])).toBe(true, right[i]);
    expect(isId("spiffe://..")).toBe(true, "dots alone are only ruled out for the path");
  });

  it("has upper-case letters in its path alone, and no other bytes than those listed", () => {
    let domain = "";
    let path = "";
    for (let byte = 0; byte < 128; byte++) {
      const character = String.fromCharCode(byte);
      if (isId("spiffe://a" + character + "b/c") && byte != 0x2f) domain += character;
      if (isId("spiffe://a/b" + character + "c") && byte != 0x2f) path += character;
    }
    expect(domain).toBe("-.0123456789_abcdefghijklmnopqrstuvwxyz");
    expect(path).toBe("-.0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ_abcdefghijklmnopqrstuvwxyz");
  });

  it("has at most 2048 bytes, and at most 255 of trust domain (SPIFFE-ID §2.3)", () => {
    expect(isId("spiffe://example/" + "a".repeat(2048 - 17))).toBe(true);
    expect(isId("spiffe://example/" + "a".repeat(2048 - 16))).toBe(false);
    expect(isId("spiffe://" + "a".repeat(255) + "/x")).toBe(true);
    expect(isId("spiffe://" + "a".repeat(256) + "/x")).toBe(false);
  });

  it("ends where it is said to end", () => {
    const long = text("spiffe://example/path/more");
    expect(isSpiffeId(long.start, 21)).toBe(true);
    expect(isSpiffeId(long.start, 17)).toBe(false);
    expect(isSpiffeId(0, 0)).toBe(false);
  });
});
