/** Few words, many of which begin or end as others do, so that policies and requests meet, miss and overlap. */

export const TRUST_DOMAINS = ["cluster.local", "td", "td-1", "x-td", "old-td", "ns"];

/** Identities of peers: Istio's own form, longer and shorter ones, and those with several namespaces or accounts. */
export const IDENTITIES = [
  "cluster.local/ns/default/sa/sleep",
  "cluster.local/ns/default/sa/httpbin",
  "cluster.local/ns/foo/sa/sleep",
  "td/ns/default/sa/sleep",
  "td-1/ns/foo/sa/bar",
  "x-td/ns/foo-bar/sa/sleep",
  "old-td/ns/foo/sa/bar",
  "td/ns/foo/region/eu/sa/bar/pod/1",
  "td/ns/foo/sa/bar/ns/default/sa/sleep",
  "ns/foo/sa/bar",
  "ns/ns/foo/sa/bar",
  "td",
  "td/x",
  "td/ns/foo",
  "td/workload/Sleep",
];

/** What a certificate can show that is no SPIFFE ID; undefined is one without a URI SAN. */
export const MALFORMED = [
  undefined,
  "https://example.com/x",
  "spiffe://",
  "spiffe://td/ns//sa/x",
  "SPIFFE://td/x",
  "td",
];

export const PRINCIPALS = [
  ...IDENTITIES,
  "*",
  "*/ns/default/sa/sleep",
  "*sleep",
  "*/sa/bar",
  "*td/ns/foo/sa/bar",
  "td*/ns/foo/sa/bar",
  "*-td/ns/foo/sa/bar",
  "cluster.local/ns/default/*",
  "td/*",
  "t*",
  "cluster.local/ns/default/sa/*",
  "*sleep*",
  "cluster.local/ns/*/sa/sleep",
  "old-td/ns/default/sa/sleep",
];

export const NAMESPACES = [
  "default",
  "foo",
  "bar",
  "foo-bar",
  "*",
  "f*",
  "*o",
  "f*o",
  "*-*",
  "f*/sa/b*",
  "foo/sa/bar",
  "de.ault",
];
export const SERVICE_ACCOUNTS = [
  "sleep",
  "bar",
  "default/sleep",
  "foo/bar",
  "foo/sleep",
  "default/httpbin",
  "istio-system/sleep",
];
export const TRUST_DOMAIN_VALUES = [...TRUST_DOMAINS, "*", "t*", "*td", "*-td", "td-*"];

export const ISSUERS = ["https://a.example/", "https://a.example", "issuer", "https://b.example"];
export const SUBJECTS = ["sub", "sub-1", "a/sub", "", "*", "s"];
export const REQUEST_PRINCIPALS = [
  "*",
  "issuer/sub",
  "issuer/*",
  "issuer/s*",
  "*/sub",
  "*/*",
  "*/",
  "*er/sub",
  "*sub",
  "iss*",
  "issuer",
  "issuer/",
  "https://a.example/sub",
  "https://a.example//sub",
  "https://a.example/*",
  "https://a.example*",
  "issuer/*s*",
];

export const CLAIM_VALUES = ["admin", "admins", "dev", "", "a", "dm"];
export const TEXT_PATTERNS = ["admin", "admin*", "*min", "*", "dev", "d*", "*a", "*dm*", "**", "adm*in", "a"];

export const HOSTS = ["httpbin", "httpbin.foo", "httpbin:8000", "HTTPBIN.foo", "bin.foo", "a.b", "", "h"];
export const HOST_PATTERNS = [
  "httpbin",
  "HttpBin.foo",
  "*.foo",
  "httpbin*",
  "*",
  "httpbin:*",
  "*BIN.FOO",
  "*:8000",
  "h*",
];
export const METHODS = ["GET", "POST", "PUT", "get", "OPTIONS"];
export const METHOD_PATTERNS = ["GET", "POST", "P*", "*T", "*", "get", "TRACE"];
export const PATHS = [
  "/",
  "/a",
  "/a/b",
  "/a/b/c",
  "/admin",
  "/admin/x",
  "/foo/bar.txt",
  "/foo/",
  "/A",
  "/a=b/c*",
  "*",
  "/é",
  "//a",
];
export const PATH_PATTERNS = [
  ...["/", "/a", "/a*", "*b", "/a/*", "*", "/admin*", "*.txt", "/a/b", "/A", "*a*", "/fo*o"],
  ...[
    "/{*}",
    "/a/{*}",
    "/{*}/b",
    "/a/{**}",
    "/{**}",
    "/foo/{**}/",
    "/{*}/b/{**}",
    "/admin/{*}",
    "/{**}.txt",
    "/é",
  ].filter((path) => !path.includes("}.")),
];
export const QUERIES = ["", "", "?a=b", "?/a", "#x"];

export const HEADER_NAMES = ["x-user", "X-Role", "x-empty", "host", ":method", ":path", "user-agent"];
export const HEADER_VALUES = ["admin", "admins", "dev", "", "Admin", "a,b", "admin,dev", "xadmin"];
export const HEADER_PATTERNS = ["admin", "admin*", "*min", "*", "dev", "*dev", "Admin", "a,b", "/a", "httpbin", "GET"];
export const REGEXES = ["adm.*", "(a|d)[a-z]+", ".*,.*", "x?admin", "", "[^/]+/ns/foo/.*", "cluster\\.local/.*"].filter(
  Boolean,
);

export const BLOCKS = [
  ...["10.0.0.0/8", "10.1.0.0/16", "10.1.2.3", "0.0.0.0/0", "192.168.1.128/25", "10.1.2.3/9", "127.0.0.1"],
  ...["::/0", "fd00::/8", "fd00::1", "::ffff:10.1.2.3", "::ffff:10.0.0.0/104", "fd00:0:0:1::/63"],
];
export const ADDRESSES = [
  ...["10.1.2.3", "10.200.0.1", "192.168.1.129", "192.168.1.1", "127.0.0.1"],
  ...["fd00::1", "fd00:0:0:1::5", "fe80::1", "::ffff:10.1.2.3", "::1"],
];
export const PORTS = [80, 8080, 8443, 15006];
export const PORT_VALUES = ["80", "8080", "0080", "9", "65535", "15006"];
export const SERVER_NAMES = ["", "httpbin.example", "a.example", "admin"];
export const SERVER_NAME_PATTERNS = ["httpbin.example", "*.example", "*", "admin", "a*"];

export const FILTER = "envoy.filters.http.custom";
export const METADATA_VALUES = ["admin", "[admin]", "[admin*]", "*", "[*]", "dev", "[[dev]]", "[dev", "[]"];
export const EXPRESSIONS = ["request.method == 'GET'", "true", "false", "no.such", "1"];
