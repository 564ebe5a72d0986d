import { hex, specRegion, text } from "../../test/support/spec/bytes";
import { UriTemplate, isPathTemplate, pathProblem } from "./uri-template";

function compiled(template: string): UriTemplate {
  expect(problem(template)).toBe("", template);
  return UriTemplate.compile(specRegion(), text(template));
}

function problem(path: string): string {
  const found = pathProblem(text(path));
  return found == null ? "" : found.toString();
}

function matches(template: string, path: string): bool {
  const bytes = text(path);
  return compiled(template).matches(bytes.start, bytes.length);
}

const BRACES = "{ and } are allowed only as {*} or {**}, each a whole segment";
const LAST = "{**} must be the last operator of a path template";
const LITERAL =
  "a segment of a path template must not be empty, and may have only letters, digits and -._~%!$&'()+,;=:@";
const SLASHES = "a path template must start with one slash, and end with at most one";

/** Of AuthorizationPolicy's reference (`paths`) and of Istio's own test of path templates in a cluster. */
describe("Istio's examples", () => {
  it("/foo/{*} matches /foo/bar but not /foo/bar/baz", () => {
    expect(matches("/foo/{*}", "/foo/bar")).toBe(true);
    expect(matches("/foo/{*}", "/foo/bar/baz")).toBe(false);
  });

  it("/foo/{**}/ matches /foo/bar/ and /foo// but not /foo/bar", () => {
    expect(matches("/foo/{**}/", "/foo/bar/")).toBe(true);
    expect(matches("/foo/{**}/", "/foo//")).toBe(true);
    expect(matches("/foo/{**}/", "/foo/bar")).toBe(false);
    // Istio's page has it match this one too. Envoy does not.
    expect(matches("/foo/{**}/", "/foo/bar/baz.txt")).toBe(false);
  });

  it("/foo/{*}/bar/{**} matches what is below", () => {
    const template = "/foo/{*}/bar/{**}";
    const matched = ["/foo/buzz/bar/", "/foo/buzz/bar/baz", "/foo/buzz/bar/bat.temp.txt", "/foo/buzz/bar/bat/fuzz.txt"];
    for (let i = 0; i < matched.length; i++) expect(matches(template, matched[i])).toBe(true, matched[i]);
    expect(matches(template, "/foo/bar/bat.txt")).toBe(false);
    expect(matches(template, "/foo//bar/bat.txt")).toBe(false);
  });

  it("/allow/admin/{**} needs the slash before it", () => {
    const template = "/allow/admin/{**}";
    const matched = ["/allow/admin/", "/allow/admin/temp", "/allow/admin/temp.txt", "/allow/admin/foo/temp.txt"];
    for (let i = 0; i < matched.length; i++) expect(matches(template, matched[i])).toBe(true, matched[i]);
    const others = ["/allow/admin", "/allow/user/", "/allow"];
    for (let i = 0; i < others.length; i++) expect(matches(template, others[i])).toBe(false, others[i]);
  });

  it("/store/{**}/cart may have nothing for {**}, between two slashes", () => {
    expect(matches("/store/{**}/cart", "/store//cart")).toBe(true);
    expect(matches("/store/{**}/cart", "/store/cart")).toBe(false);
    expect(matches("/store/{**}/cart", "/store/foo/cart")).toBe(true);
    expect(matches("/store/{**}/cart", "/store/foo/bar/cart")).toBe(true);
  });
});

/** Envoy's `uri_template_internal.cc`: `*` is `[pchar]+`, `**` is `[pchar/]*`, and the whole path must match. */
describe("a template", () => {
  it("matches one byte or more for {*}, and none for {**}", () => {
    expect(matches("/a/{*}", "/a/")).toBe(false);
    expect(matches("/a/{*}/b", "/a//b")).toBe(false);
    expect(matches("/a/{*}/b", "/a/x/b")).toBe(true);
    expect(matches("/a/{**}", "/a/")).toBe(true);
    expect(matches("/a/{**}", "/a")).toBe(false);
    expect(matches("/{**}", "/")).toBe(true);
    expect(matches("/{**}", "//a//")).toBe(true);
    expect(matches("/{**}", "")).toBe(false);
  });

  it("matches the whole path", () => {
    expect(matches("/a/{*}", "/a/x/")).toBe(false);
    expect(matches("/a/{*}/", "/a/x")).toBe(false);
    expect(matches("/a/{*}/", "/a/x/")).toBe(true);
    expect(matches("/a/{*}", "x/a/x")).toBe(false);
    expect(matches("/a/{**}/b", "/a/b")).toBe(false);
    expect(matches("/a/{**}/b", "/a//b")).toBe(true);
    expect(matches("/a/{**}/b", "/a/b/b")).toBe(true);
    expect(matches("/a/{**}/b", "/a/b/bc")).toBe(false);
    expect(matches("/a/{**}/b", "/a/x/y/b")).toBe(true);
    expect(matches("/{*}/{*}/c", "/a/b/c")).toBe(true);
    expect(matches("/{*}/{*}/c", "/a/c")).toBe(false);
    expect(matches("/{*}/{*}/{**}", "/a/b")).toBe(false);
    expect(matches("/{*}/{*}/{**}", "/a/b/")).toBe(true);
  });

  it("takes every byte of its literals for itself", () => {
    expect(matches("/a.b/{*}", "/a.b/x")).toBe(true);
    expect(matches("/a.b/{*}", "/axb/x")).toBe(false);
    expect(matches("/a+$(b)/{*}", "/a+$(b)/x")).toBe(true);
    expect(matches("/A/{*}", "/a/x")).toBe(false);
    expect(matches("/%2f/{*}", "/%2F/x")).toBe(false);
  });

  it("lets operators stand for pchar (RFC 3986 §3.3), and for no other byte", () => {
    expect(matches("/{*}", "/azAZ09-._~%!$&'()*+,;=:@")).toBe(true);
    expect(matches("/{**}", "/azAZ09/-._~%!$&'/()*+,;=:@/")).toBe(true);
    const one = compiled("/{*}");
    const any = compiled("/{**}");
    const suffixed = compiled("/{**}/x");
    let operands = "";
    for (let byte = 0; byte < 256; byte++) {
      const digits = byte.toString(16).padStart(2, "0");
      const alone = hex("2f" + digits);
      const inside = hex("2f61" + digits + "61");
      const before = hex("2f" + digits + "2f78");
      const isOperand = one.matches(alone.start, alone.length);
      if (isOperand) operands += String.fromCharCode(byte);
      expect(one.matches(inside.start, inside.length)).toBe(isOperand);
      expect(any.matches(inside.start, inside.length)).toBe(isOperand || byte == 0x2f);
      expect(suffixed.matches(before.start, before.length)).toBe(isOperand || byte == 0x2f);
    }
    expect(operands).toBe("!$%&'()*+,-.0123456789:;=@ABCDEFGHIJKLMNOPQRSTUVWXYZ_abcdefghijklmnopqrstuvwxyz~");
  });

  it("looks at no byte behind the path", () => {
    const long = text("/a/bc/d");
    expect(compiled("/a/{*}").matches(long.start, 4)).toBe(true);
    expect(compiled("/a/{*}/d").matches(long.start, 5)).toBe(false);
    expect(compiled("/a/{**}/d").matches(long.start, 6)).toBe(false);
    expect(compiled("/a/{*}").matches(long.start, 2)).toBe(false);
    expect(compiled("/a/{*}").matches(0, 0)).toBe(false);
  });

  it("tells the bytes that every match starts with", () => {
    expect(compiled("/a/b/{*}/c/{**}").literalPrefix.toString()).toBe("/a/b/");
    expect(compiled("/{**}").literalPrefix.toString()).toBe("/");
  });

  it("is found out by {*} or {**}", () => {
    expect(isPathTemplate(text("/a/{*}"))).toBe(true);
    expect(isPathTemplate(text("/a/x{**}y"))).toBe(true);
    const others = ["", "/", "/a/*", "/a/{", "/a/{}", "/a/{a}", "/a/{***}", "/a/{* }", "/a/{*", "/a/**}"];
    for (let i = 0; i < others.length; i++) expect(isPathTemplate(text(others[i]))).toBe(false, others[i]);
  });
});

/** The cases of Istio's own test of `CheckValidPathTemplate`, with what is wrong. */
describe("what Istio refuses", () => {
  it("is none of its templates that are valid, and no path without braces", () => {
    const valid = [
      "/{*}/foo",
      "/{*}/foo/",
      "/foo/{**}/bar",
      "/foo/bar/{**}",
      "/{*}",
      "/{**}",
      "/{*}/{*}/{**}/a/b/",
      "/a=b/{*}",
    ];
    const paths = ["", "/", "//", "*", "/a*", "*/a", "/a/**/b", "/a//b", "a", "/a?b=c#d", "/a b", "/[a]", "/ä", "/a=b"];
    const all = valid.concat(paths);
    for (let i = 0; i < all.length; i++) expect(problem(all[i])).toBe("", all[i]);
  });

  it("is a brace outside of {*} and {**}", () => {
    const wrong = ["/foo/{**}buzz/bar", "/{*}/foo/{}/bar", "/foo/{buzz}/bar", "/{buzz}", "/foo/{buzz}/bar/{**}"];
    const more = ["/foo/{buzz=*}/bar/{**}", "/{*}/foo/{buzz=**}/bar", "/{*}/foo/{**}bar", "/{*}/foo/{*}.txt"];
    const open = [
      "/{*}/foo/{temp",
      "/{*}/foo/temp}/bar",
      "/{*}/foo/temp}/*",
      "/{",
      "}",
      "/{***}",
      "/{*}{*}",
      "/x{*}",
      "/}{",
    ];
    const all = wrong.concat(more).concat(open);
    for (let i = 0; i < all.length; i++) expect(problem(all[i])).toBe(BRACES, all[i]);
  });

  it("is an operator behind {**}", () => {
    const wrong = ["/{**}/foo/temp/{*}/bar", "/{**}/{**}", "/{**}/foo/temp/{**}/bar", "/{**}/{*}"];
    for (let i = 0; i < wrong.length; i++) expect(problem(wrong[i])).toBe(LAST, wrong[i]);
  });

  it("is another byte beside an operator, or an empty segment between two", () => {
    const wrong = [
      "/foo/{*}/bar/*",
      "/foo/{*}/bar/**/buzz",
      "/{*}/foo/?abc",
      "/{*}/a#b",
      "/{*}/a b",
      "/{*}/ä",
      "/{*}/[a]",
    ];
    const all = wrong.concat(["/a//{*}", "/{*}//a", "/{**}//a", '/{*}/"', "/{*}/a\\b", "/*/{*}", "/{*}/a\0"]);
    for (let i = 0; i < all.length; i++) expect(problem(all[i])).toBe(LITERAL, all[i]);
  });
});

describe("what Envoy alone refuses", () => {
  it("is a template that starts with no slash or several, or ends with several", () => {
    const wrong = ["{*}", "{**}", "a/{*}", "//{*}", "///a/{*}", "/{*}//", "/{**}//", "/{*}/a///"];
    for (let i = 0; i < wrong.length; i++) expect(problem(wrong[i])).toBe(SLASHES, wrong[i]);
  });
});
