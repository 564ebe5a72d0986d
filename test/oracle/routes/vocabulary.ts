/**
 * The words of generated conditions and requests: few enough that a request often meets a condition by chance, and with
 * the awkward ones of each kind among them. Strings of a configuration are Unicode and reach the wire as UTF-8; strings
 * of a request are bytes, one character each.
 */

/** A regular expression with inputs that it should match and inputs that are close to it. What they do is Envoy's verdict. */
export interface Pattern {
  regex: string;
  near: string[];
}

/** Header values of conditions. */
export const VALUES = ["jason", "Jason", "jas", "v1", "v2", "", "a", "a,b", "a, b", "b", "true", "x y", "*", ".*", "0"];
/** Header values beyond ASCII; not for versions of Envoy that read regular expressions as UTF-8. */
export const UNICODE_VALUES = ["josé", "ä", "日本"];

export const HEADER_PATTERNS: Pattern[] = [
  { regex: ".*", near: ["", "anything"] },
  { regex: ".+", near: ["", "x"] },
  { regex: "jas.*", near: ["jas", "jason", "xjason", "JASON"] },
  { regex: "^(jason|kate)$", near: ["jason", "kate", "jasonkate", "kate2"] },
  { regex: "(?i)jason", near: ["JASON", "jason", "jasons"] },
  { regex: "v[0-9]+", near: ["v1", "v10", "v", "xv1", "v1x"] },
  { regex: "\\d{2,3}", near: ["1", "12", "123", "1234"] },
  { regex: "a|ab|abc", near: ["a", "ab", "abc", "abcd"] },
  { regex: "(a*)*b", near: ["aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaac", "aab", "b"] },
  { regex: "[^,]*", near: ["a", "a,b", ""] },
  { regex: "a,b", near: ["a,b", "a", "a, b"] },
  { regex: "x*", near: ["", "x", "xx", "y"] },
  { regex: "\\bfoo\\b.*", near: ["foo", "foo bar", "foobar"] },
  { regex: "[[:alpha:]]+", near: ["abc", "ab1", "ä"] },
];
/** Regular expressions beyond ASCII, read as Latin-1. */
export const LATIN1_PATTERNS: Pattern[] = [
  { regex: ".{2}", near: ["ab", "Ã¤", "\xe4", "\xe4b"] },
  { regex: "jos\\x{e9}", near: ["jos\xe9", "josÃ©", "jose"] },
  { regex: "(?i)\\x{e9}", near: ["\xe9", "\xc9"] },
  { regex: "[^a-z]", near: ["\xff", "a", "\x80"] },
  { regex: "\\w+", near: ["abc", "\xe4bc"] },
];

/** Paths without a query. */
export const PATHS = [
  "/",
  "/reviews",
  "/reviews/",
  "/reviews/1",
  "/Reviews",
  "/api/v1",
  "/api",
  "/a%20b",
  "/%2e",
  "/a//b",
];
export const PATH_PREFIXES = ["/", "/rev", "/reviews", "/reviews/", "/api", "/API/", "/a%20", "", "/reviews?x=1"];
export const PATH_PATTERNS: Pattern[] = [
  { regex: ".*", near: ["/", "/x"] },
  { regex: "/reviews/[0-9]+", near: ["/reviews/1", "/reviews/1/", "/reviews/x", "/reviews/"] },
  { regex: "/api/v[12](/.*)?", near: ["/api/v1", "/api/v2/x", "/api/v3", "/api/v1x"] },
  { regex: "(?i)/REVIEWS", near: ["/reviews", "/Reviews", "/reviews/"] },
  { regex: "^/$", near: ["/", "/x"] },
  { regex: "/[^/]+", near: ["/a", "/a/b", "/"] },
];

/** Keys of header conditions: ordinary, odd-case and odd tokens, those that Envoy folds, and the pseudo-headers. */
export const HEADER_NAMES = [
  "end-user",
  "x-canary",
  "X-Odd-Case",
  "weird!#$&'*+.^_`|~",
  "user-agent",
  "accept",
  "cookie",
  "content-type",
  "x-empty",
  "host",
  ":authority",
  ":path",
  ":method",
  ":scheme",
];

export const QUERY_NAMES = ["user", "a", "q", "x-y", "%75ser", "A", "b[]"];
export const QUERY_VALUES = ["", "1", "a b", "a%20b", "jason", "a+b", "1=2"];

export const METHODS = ["GET", "POST", "PUT", "DELETE", "HEAD", "OPTIONS"];

/** Hosts of VirtualServices: short names, Services of two namespaces, outside names, wildcards, an address. */
export const HOSTS = [
  "reviews",
  "ratings",
  "Reviews",
  "reviews.default.svc.cluster.local",
  "reviews.other.svc.cluster.local",
  "Ratings.Other.svc.cluster.local",
  "reviews.default",
  "example.com",
  "WWW.example.com",
  "Example.ORG",
  "*.example.com",
  "*.Example.org",
  "*-api.example.com",
  "*-api",
  "*.com",
  "10.1.2.3",
  "*",
];

/** Authorities that no host above names, or that are close to one. */
export const NEAR_AUTHORITIES = [
  "reviews-shadow",
  "reviews.default.svc",
  "reviews.default",
  "reviews.other",
  "reviews.default.svc.cluster.local.",
  "reviews.default.svc.cluster",
  "ratings.other.svc.cluster.local",
  "ratings.other",
  "my-api",
  "shop.my-api",
  "nobody",
  "a.www.example.com",
  ".example.com",
  "example.com.",
  "my-api.example.com",
  "-api.example.com",
  "com",
  "10.1.2.3",
  "10.1.2.4",
  "[::1]",
  "localhost",
];

/** What jwt_authn is made to have found, for conditions on `@request.auth.claims`. */
export const CLAIMS = {
  sub: "jason",
  groups: ["admin", "dev"],
  empty: "",
  none: [],
  blanks: ["", "x"],
  mixed: [5, true, ["b"], { c: "d" }, "a,b"],
  others: [5, true, ["b"]],
  nested: { role: "tester", "dotted.key": "v1", list: ["a", "b"], none: [], deep: { list: ["", "a"] } },
  number: 5,
  flag: true,
};
export const CLAIM_KEYS = [
  "@request.auth.claims.sub",
  "@request.auth.claims[sub]",
  "@request.auth.claims.groups",
  "@request.auth.claims[groups]",
  "@request.auth.claims.none",
  "@request.auth.claims.blanks",
  "@request.auth.claims.mixed",
  "@request.auth.claims.others",
  "@request.auth.claims.nested.role",
  "@request.auth.claims.nested.list",
  "@request.auth.claims[nested][dotted.key]",
  "@request.auth.claims[nested][list]",
  "@request.auth.claims[nested][none]",
  "@request.auth.claims[nested][deep][list]",
  "@request.auth.claims.nested.deep.list.more",
  "@request.auth.claims.nested",
  "@request.auth.claims.number",
  "@request.auth.claims.missing",
  "@request.auth.claims.empty",
  "@Request.Auth.Claims.sub",
];
export const CLAIM_VALUES = ["jason", "admin", "dev", "tester", "v1", "a", "", "5", "true"];
