/**
 * The words of generated policies and requests: few enough that a request often meets a condition by chance, with the
 * awkward ones of each kind among them. Every one of them gets through Envoy's own checks of a request.
 */

/** Paths without a query. */
export const PATHS = [
  "/",
  "/reviews",
  "/reviews/",
  "/reviews/1",
  "/Reviews/1",
  "/reviews/1/comments",
  "/api/v1/admin",
  "/api/v1",
  "/a%2Fb",
  "/a;v=1/b",
  "/a//b",
  "/data/a*",
  "/data/a*b",
  "/a*",
];
/** A path template, with paths that it takes and paths that it nearly takes. */
export interface Template {
  template: string;
  taken: readonly string[];
  missed: readonly string[];
}

/** By their operator. */
export const TEMPLATES: Record<"{*}" | "{**}" | "/{**}", readonly Template[]> = {
  "{*}": [
    {
      template: "/foo/{*}",
      taken: ["/foo/bar", "/foo/b%2Fr", "/foo/~$&", "/foo/b=r", "/foo/b*r"],
      missed: ["/foo/", "/foo", "/foo/bar/baz", "/foo/b[r"],
    },
    {
      template: "/{*}/reviews",
      taken: ["/x/reviews", "/:@/reviews", "/a*b/reviews"],
      missed: ["/reviews", "//reviews", "/x/y/reviews", "/x]/reviews", "/x/reviews/"],
    },
    {
      template: "/foo/{*}/bar/{*}",
      taken: ["/foo/1/bar/2", "/foo/bar/bar/bar"],
      missed: ["/foo/1/bar/", "/foo/1/2/bar/3", "/foo/1/bar/2/", "/foo//bar/2"],
    },
    { template: "/a.b/{*}", taken: ["/a.b/c", "/a.b/c.d"], missed: ["/axb/c", "/a.b/", "/A.b/c"] },
    { template: "/{*}", taken: ["/x", "/reviews"], missed: ["/", "/x/", "/x/y"] },
  ],
  "{**}": [
    {
      template: "/foo/{**}",
      taken: ["/foo/", "/foo/bar", "/foo/bar/baz/", "/foo//", "/foo/a=b", "/foo/a*b", "/foo/{*}"],
      missed: ["/foo", "/foo/a[b", "/foox/bar"],
    },
    {
      template: "/foo/{**}/bar",
      taken: ["/foo/1/bar", "/foo/1/2/bar", "/foo//bar"],
      missed: ["/foo/bar", "/foo/1/bar/2"],
    },
    { template: "/{*}/x/{**}", taken: ["/1/x/2/3", "/1/x/"], missed: ["/1/x", "//x/2", "/1/2/x/3"] },
    { template: "/foo/{**}/", taken: ["/foo/bar/", "/foo//", "/foo/1/2/"], missed: ["/foo/bar", "/foo/"] },
  ],
  "/{**}": [{ template: "/{**}", taken: ["/", "/x/y", "/reviews/1"], missed: ["/x[y", "/[x]/y"] }],
};
/** What may follow a path. */
export const QUERIES = ["?user=1", "?", "?a=/reviews", "?x=%2e%2e/"];

/** Values of `host`. */
export const HOSTS = [
  "reviews",
  "reviews.default.svc.cluster.local",
  "reviews.default.svc.cluster.local:9080",
  "example.com",
  "Example.com",
  "www.example.com:8080",
  "example.com.",
  "10.1.2.3:80",
  "[2001:db8::1]:80",
  "a*b.example.com",
  "sub.a*",
];
/** With names that only an extended HTTP has; `*` is a token's character as good as any. */
export const METHODS = ["GET", "POST", "PUT", "DELETE", "HEAD", "OPTIONS", "PATCH", "PROPFIND", "A*", "GA*", "A*B"];

/** Headers of conditions: one in odd case, one with odd characters, and two that Envoy folds when they are repeated. */
export const HEADER_NAMES = ["x-user", "X-Group", "x-odd#$", "user-agent", "cookie"];
/** Values of headers. */
export const HEADER_VALUES = ["jason", "Jason", "kate", "v1", "v2", "a,b", "a, b", "x y", "a*", "ba*", "a*b", "*", "0"];

/** Keys of conditions on claims: strings, lists, nested ones, and odd names. */
export const CLAIM_KEYS = [
  "request.auth.claims[sub]",
  "request.auth.claims[groups]",
  "request.auth.claims[scope]",
  "request.auth.claims[permission]",
  "request.auth.claims[nested][role]",
  "request.auth.claims[nested][deeper][list]",
  "request.auth.claims[dotted.key]",
  "request.auth.claims[https://example.com/claim]",
];
/** Claims that jwt_authn makes lists of words of. */
export const WORD_CLAIMS = ["scope", "permission"];
/** Values of claims. */
export const CLAIM_VALUES = ["jason", "Jason", "admin", "dev", "read", "read write", "a*", "ba*", "a*b", "1", "true"];
/** Values that are no string, and lists with such; a condition never meets the former. */
export const OTHER_CLAIM_VALUES: readonly unknown[] = [
  1,
  true,
  null,
  "",
  [],
  [1, true],
  [["admin"]],
  { admin: "admin" },
];

/** All issuers that jwt_authn knows. */
export const ISSUERS = ["https://issuer.example/realms/one", "issuer.example", "testing@secure.example", "a*"];
/** Values of `sub`. */
export const SUBJECTS = ["jason", "Jason", "kate", "users/jason", "", "a*", "ba*", "a*b", "*"];
/** Values of `aud` and `azp`. */
export const AUDIENCES = ["reviews", "ratings", "https://reviews.example", "a*", "ba*", "a*b"];

/** Names that TLS asks for. */
export const SERVER_NAMES = [
  "reviews.default.svc.cluster.local",
  "outbound_.9080_._.reviews.default.svc.cluster.local",
  "example.com",
  "a*b.example",
  "sub.a*",
  "a*",
];

/** Ends of connections, and hops that x-forwarded-for tells. */
export const ADDRESSES = [
  "10.1.2.3",
  "10.1.2.200",
  "10.9.9.9",
  "192.168.1.1",
  "127.0.0.1",
  "128.0.0.1",
  "2001:db8::1",
  "2001:db8:0:1::5",
  "fe80::1",
  "::ffff:10.1.2.3",
  "::1",
];
/** Addresses and blocks of policies, by how they are written. */
export const BLOCKS = {
  "IPv4 address": ["10.1.2.3", "192.168.1.1", "10.1.2.200", "127.0.0.1"],
  "IPv4 block": ["10.1.2.0/24", "10.0.0.0/8", "10.1.2.3/32", "10.1.2.77/25", "192.168.0.0/15", "128.0.0.0/1"],
  "IPv4 any": ["0.0.0.0/0"],
  "IPv6 address": ["2001:db8::1", "2001:DB8:0:1:0:0:0:5", "fe80::1", "::1", "::ffff:10.1.2.3"],
  "IPv6 block": ["2001:db8::/32", "2001:db8::/64", "2001:db8::1/128", "2001:db8::1/127", "::ffff:0:0/96", "8000::/1"],
  "IPv6 any": ["::/0"],
};
/** The same for addresses that a client of a test can connect from. */
export const DIRECT_BLOCKS: typeof BLOCKS = {
  "IPv4 address": ["127.0.0.1", "127.0.0.2", "127.0.1.9"],
  "IPv4 block": ["127.0.0.0/24", "127.0.0.2/31", "127.0.0.0/31", "127.0.1.9/32", "127.128.0.0/9", "127.0.0.77/25"],
  "IPv4 any": ["0.0.0.0/0"],
  "IPv6 address": ["::1", "0:0:0:0:0:0:0:1"],
  "IPv6 block": ["::1/128", "::/64"],
  "IPv6 any": ["::/0"],
};
/** Ports as policies write them. */
export const PORTS = ["8080", "8443", "80", "0", "65535", "08080"];

/** Keys of the metadata that the listeners write, for `experimental.envoy.filters…`: a string, and a list. */
export const METADATA_STRING = "experimental.envoy.filters.http.test[group]";
export const METADATA_LIST = "experimental.envoy.filters.http.test[groups]";
/** The request headers that they are from; those of the list are between semicolons. */
export const METADATA_HEADER = "x-metadata-group";
export const METADATA_LIST_HEADER = "x-metadata-groups";
/** Values of the metadata. */
export const METADATA_VALUES = ["alpha", "Alpha", "beta", "a*", "ba*", "a*b"];
