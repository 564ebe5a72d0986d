import { forgetProperties } from "../../test/support/spec/host";
import { entry, listValue, setClaims, stringValue } from "../../test/support/spec/metadata";
import { HeaderPairs } from "../../test/support/spec/pairs";
import { allows, inDefaultNamespace, withRule } from "./test/spec/policies";

export { proxy_get_property } from "../../test/support/spec/host";

/** Whether a value holds for a token with these claims (its entries of a Struct). */
function holds(value: string, claims: string): bool {
  forgetProperties();
  inDefaultNamespace();
  if (claims.length > 0) setClaims(claims);
  const rule = '{"from": [{"source": {"requestPrincipals": ["' + value + '"]}}]}';
  return allows(withRule(rule), new HeaderPairs());
}

/** The same of the negative twin. */
function holdsNot(value: string, claims: string): bool {
  forgetProperties();
  inDefaultNamespace();
  if (claims.length > 0) setClaims(claims);
  const rule = '{"from": [{"source": {"notRequestPrincipals": ["' + value + '"]}}]}';
  return allows(withRule(rule), new HeaderPairs());
}

function token(iss: string, sub: string): string {
  return entry("iss", stringValue(iss)) + entry("sub", stringValue(sub));
}

/** By istiod's generator (pilot/pkg/security/authz/model/generator.go: requestPrincipalGenerator, and its tests). */
describe("a request principal", () => {
  it("* wants an issuer and a subject, neither of them empty", () => {
    expect(holds("*", token("iss", "sub"))).toBe(true);
    expect(holds("*", token("", "sub"))).toBe(false);
    expect(holds("*", token("iss", ""))).toBe(false);
    expect(holds("*", entry("iss", stringValue("iss")))).toBe(false);
    expect(holds("*", entry("sub", stringValue("sub")))).toBe(false);
    expect(holds("*", "")).toBe(false);
  });

  it("issuer/subject wants both to the letter", () => {
    expect(holds("foo/bar", token("foo", "bar"))).toBe(true);
    expect(holds("foo/bar", token("foo", "ba"))).toBe(false);
    expect(holds("foo/bar", token("foo", "barr"))).toBe(false);
    expect(holds("foo/bar", token("Foo", "bar"))).toBe(false);
    expect(holds("foo/bar", token("", "bar"))).toBe(false);
  });

  it("is parted by its last slash, as an issuer may be a URL", () => {
    expect(holds("https://accounts.example/v1/bar", token("https://accounts.example/v1", "bar"))).toBe(true);
    expect(holds("https://accounts.example/v1/bar", token("https:", "/accounts.example/v1/bar"))).toBe(false);
    expect(holds("https://accounts.example//bar", token("https://accounts.example/", "bar"))).toBe(true);
    expect(holds("foo/a/b", token("foo", "a/b"))).toBe(false);
  });

  it("issuer/* wants the issuer and any subject, issuer/x* one that begins so", () => {
    expect(holds("foo/*", token("foo", "bar"))).toBe(true);
    expect(holds("foo/*", token("foo", ""))).toBe(false);
    expect(holds("foo/*", token("fo", "bar"))).toBe(false);
    expect(holds("foo/bar*", token("foo", "bar"))).toBe(true);
    expect(holds("foo/bar*", token("foo", "barn"))).toBe(true);
    expect(holds("foo/bar*", token("foo", "ba"))).toBe(false);
    expect(holds("foo/bar*", token("food", "barn"))).toBe(false);
  });

  it("x* without a slash is the beginning of an issuer, with any subject", () => {
    expect(holds("foo*", token("foo", "bar"))).toBe(true);
    expect(holds("foo*", token("food", "x"))).toBe(true);
    expect(holds("foo*", token("food", ""))).toBe(false);
    expect(holds("foo*", token("fo", "bar"))).toBe(false);
  });

  it("*x without a slash is the end of a subject, with any issuer", () => {
    expect(holds("*foo", token("iss", "foo"))).toBe(true);
    expect(holds("*foo", token("iss", "a/foo"))).toBe(true);
    expect(holds("*foo", token("", "foo"))).toBe(false);
    expect(holds("*foo", token("iss", "food"))).toBe(false);
  });

  it("*/subject and *x/subject want the subject to the letter, and any issuer or an end of it", () => {
    expect(holds("*/foo", token("iss", "foo"))).toBe(true);
    expect(holds("*/foo", token("", "foo"))).toBe(false);
    expect(holds("*/foo", token("iss", "xfoo"))).toBe(false);
    expect(holds("*bar/foo", token("xbar", "foo"))).toBe(true);
    expect(holds("*bar/foo", token("bar", "foo"))).toBe(true);
    expect(holds("*bar/foo", token("barx", "foo"))).toBe(false);
    expect(holds("*bar/foo", token("bar", "fo"))).toBe(false);
  });

  it("takes one star alone off: another one means itself", () => {
    expect(holds("*/*", token("iss", "sub"))).toBe(false);
    expect(holds("*/*", token("iss", "*"))).toBe(true);
    expect(holds("*x/y*", token("ax", "y*"))).toBe(true);
    expect(holds("*x/y*", token("ax", "yy"))).toBe(false);
    expect(holds("foo/*a*", token("foo", "*ab"))).toBe(true);
    expect(holds("foo/*a*", token("foo", "ba"))).toBe(false);
    expect(holds("**", token("iss", "sub*"))).toBe(true);
    expect(holds("**", token("iss", "sub"))).toBe(false);
    expect(holds("f*o/bar", token("fxo", "bar"))).toBe(false);
    expect(holds("f*o/bar", token("f*o", "bar"))).toBe(true);
  });

  it("without a slash and a star wants a subject that is there and empty", () => {
    expect(holds("foo", token("foo", ""))).toBe(true);
    expect(holds("foo", token("foo", "bar"))).toBe(false);
    expect(holds("foo", entry("iss", stringValue("foo")))).toBe(false);
    expect(holds("foo/", token("foo", ""))).toBe(true);
    expect(holds("*/", token("iss", ""))).toBe(true);
    expect(holds("*/", token("iss", "sub"))).toBe(false);
    expect(holds("/", token("", ""))).toBe(true);
    expect(holds("/", token("", "x"))).toBe(false);
  });

  it("is compared with strings alone, no lists", () => {
    const listed = entry("iss", stringValue("foo")) + entry("sub", listValue([stringValue("bar")]));
    expect(holds("foo/bar", listed)).toBe(false);
    expect(holds("foo/*", listed)).toBe(false);
    expect(holds("foo", listed)).toBe(false);
  });

  it("that is negated holds without a token, and where either half is another", () => {
    expect(holdsNot("foo/bar", "")).toBe(true);
    expect(holdsNot("foo/bar", token("foo", "bar"))).toBe(false);
    expect(holdsNot("foo/bar", token("foo", "x"))).toBe(true);
    expect(holdsNot("foo/bar", token("x", "bar"))).toBe(true);
    expect(holdsNot("*", token("iss", ""))).toBe(true);
  });
});
