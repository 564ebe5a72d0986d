/**
 * Sets of policies by hand: every field with every form of value and as its twin, every key of a condition, each action,
 * what is selected, and what istiod refuses, drops or widens.
 */
import type { PolicySet } from "./policy-set.ts";

interface Policy {
  name?: string;
  namespace?: string;
  action?: string;
  rules?: unknown;
  [field: string]: unknown;
}

/** One proxy, labelled app: httpbin, in the namespace foo. */
function foo(policies: Policy[], of: Partial<PolicySet> = {}): PolicySet {
  const named = policies.map((policy, index) => ({ name: `p${index}`, namespace: "foo", ...policy }));
  return { namespace: "foo", labels: { app: "httpbin", version: "v1" }, policies: named, ...of };
}

/** A field of a source, beside its twin with other values. */
function source(field: string, values: string[], not: string[]): PolicySet {
  const twin = `not${field.charAt(0).toUpperCase()}${field.slice(1)}`;
  return foo([
    { rules: [{ from: [{ source: { [field]: values } }] }] },
    { action: "DENY", rules: [{ from: [{ source: { [twin]: not } }, { source: { [field]: not, [twin]: values } }] }] },
  ]);
}

/** A field of an operation, beside its twin with other values. */
function operation(field: string, values: string[], not: string[]): PolicySet {
  const twin = `not${field.charAt(0).toUpperCase()}${field.slice(1)}`;
  return foo([
    { rules: [{ to: [{ operation: { [field]: values } }] }] },
    {
      action: "DENY",
      rules: [{ to: [{ operation: { [twin]: not } }, { operation: { [field]: not, [twin]: values } }] }],
    },
  ]);
}

/** A condition with values, with values that must not be, and with both. */
function when(key: string, values: string[], not: string[]): PolicySet {
  return foo([
    { rules: [{ when: [{ key, values }] }] },
    {
      action: "DENY",
      rules: [
        {
          when: [
            { key, notValues: not },
            { key, values: not, notValues: values },
          ],
        },
      ],
    },
  ]);
}

/** What is wrong in a policy of each of these, whatever its action; each is a set of its own. */
function each(action: string, rules: unknown[]): PolicySet[] {
  return rules.map((rule) => foo([{ action, rules: [rule] }]));
}

/** Every form of a value that is matched as text; only one star is one. */
const FORMS = ["*", "*x", "x*", "x", "*x*", "**", "x*y"];
const PRINCIPALS = ["*", "*/sa/a.b", "td/ns/a/*", "td/ns/a/sa/b", "*a*", "cluster.local/ns/*/sa/b"];
const BLOCKS = ["10.0.0.1", "10.1.2.3/8", "0.0.0.0/0", "::1", "2001:db8::1/32", "::ffff:10.0.0.1", "fe80::1%eth0"];
const TOKENS = [
  "*",
  "*/*",
  "*/sub",
  "*/iss/sub",
  "*iss/s*",
  "*sub",
  "https://iss/*",
  "https://iss/s*",
  "iss*",
  "iss",
  "i/s",
];

const FIELDS: PolicySet[] = [
  source("principals", PRINCIPALS, ["td/ns/a/sa/b"]),
  source("requestPrincipals", TOKENS, ["i/s"]),
  source("namespaces", ["*", "*x", "x*", "a*b*c", "a.b"], ["x"]),
  source("serviceAccounts", ["a.b", "ns/sa"], ["other/sa"]),
  source("trustDomains", ["*", "*.x", "x.*", "x.y"], ["x"]),
  source("ipBlocks", BLOCKS, ["10.0.0.2"]),
  source("remoteIpBlocks", BLOCKS, ["10.0.0.2"]),
  operation("hosts", FORMS, ["example.com:8080"]),
  operation("ports", ["80", "0", "00443", "65535"], ["81"]),
  operation("methods", FORMS, ["GET"]),
  operation("paths", [...FORMS, "/a", "/a*", "*/b"], ["/admin"]),
  operation("paths", ["/{*}", "/{**}", "/a/{*}/b/{**}/c", "/a=b/{*}/", "/$&'()+,;:@!~%20/{**}"], ["/x/{*}"]),
];

const CONDITIONS: PolicySet[] = [
  when("request.headers[X-Token]", FORMS, ["a,b"]),
  when("request.headers[:path]", ["/a?b=*"], ["/c"]),
  when("source.ip", BLOCKS, ["10.0.0.2"]),
  when("remote.ip", BLOCKS, ["10.0.0.2"]),
  when("source.namespace", ["*", "a*b"], ["x"]),
  when("source.serviceAccount", ["a.b", "ns/sa"], ["other/sa"]),
  when("source.trustDomain", ["*", "*.x", "x.*", "x.y", "a/b"], ["x"]),
  when("source.principal", PRINCIPALS, ["td/ns/a/sa/b"]),
  when("request.auth.principal", TOKENS, ["i/s"]),
  when("request.auth.audiences", FORMS, ["x"]),
  when("request.auth.presenter", FORMS, ["x"]),
  when("request.auth.claims[groups]", FORMS, ["x"]),
  when("request.auth.claims[a][b.c][d]", ["x"], ["y"]),
  when("request.auth.claims[a[b]", ["x"], ["y"]),
  when("destination.ip", BLOCKS, ["10.0.0.2"]),
  when("destination.port", ["80", "00443"], ["81"]),
  when("connection.sni", FORMS, ["x"]),
  when("experimental.envoy.filters.a.b[c]", [...FORMS, "[x]", "[*]", "[*x]", "[x*]", "[[x]]", "[]"], ["[y]", "y"]),
  when("experimental.envoy.filters.a.b[c][d]", ["x"], ["[x]"]),
];

const IDENTITIES = {
  trustDomain: "td1",
  trustDomainAliases: ["td2", "old-td"],
};
const EVERY_IDENTITY = [
  {
    from: [
      {
        source: {
          principals: [
            "cluster.local/ns/a/sa/b",
            "cluster.local/ns/a/*",
            "td2/ns/a/sa/*",
            "*td/ns/a/sa/b",
            "td*/ns/a/sa/b",
            "*/ns/a/sa/b",
            "other/ns/a/sa/b",
            "td1/a/b/c/d",
          ],
          trustDomains: ["td2", "cluster.local", "td*", "td1"],
        },
      },
      { source: { notPrincipals: ["td1/ns/a/sa/b"], notTrustDomains: ["old-td"] } },
    ],
    when: [{ key: "source.principal", values: ["td2/ns/q/sa/r"], notValues: ["cluster.local/ns/q/sa/s"] }],
  },
];

const MESH: PolicySet[] = [
  foo([{ rules: EVERY_IDENTITY }], IDENTITIES),
  foo([{ rules: EVERY_IDENTITY }], { trustDomain: "td1", trustDomainAliases: ["*-td", "td*"] }),
  foo([{ rules: EVERY_IDENTITY }], { ...IDENTITIES, waypoint: true }),
  foo([{ rules: [{ from: [{ source: { serviceAccounts: ["a"], notServiceAccounts: ["n/b"] } }] }] }], {
    waypoint: true,
  }),
  foo([{ rules: [{}] }], { direction: "OUTBOUND" }),
  // A bare service account is of the policy's namespace, also where the policy is of the root namespace.
  foo([{ namespace: "mesh", rules: [{ from: [{ source: { serviceAccounts: ["a"] } }] }] }], { rootNamespace: "mesh" }),
  foo([
    { name: "selected", selector: { matchLabels: { app: "httpbin" } }, rules: [{}] },
    { name: "all-labels", selector: { matchLabels: { app: "httpbin", version: "v1" } }, rules: [{}] },
    { name: "no-labels", selector: {}, rules: [{}] },
    { name: "other", selector: { matchLabels: { app: "other" } }, rules: [{}] },
    { name: "one-label-too-many", selector: { matchLabels: { app: "httpbin", track: "x" } }, rules: [{}] },
    { name: "elsewhere", namespace: "bar", rules: [{}] },
    { name: "root", namespace: "istio-system", rules: [{}] },
    { name: "root-selected", namespace: "istio-system", selector: { matchLabels: { version: "v1" } }, rules: [{}] },
    { name: "root-other", namespace: "istio-system", selector: { matchLabels: { version: "v2" } }, rules: [{}] },
  ]),
  foo([]),
];

const STRUCTURE: PolicySet[] = [
  foo([
    { action: "AUDIT", rules: [{}] },
    { action: "DENY", rules: [{}] },
    { action: "ALLOW", rules: [{}] },
  ]),
  foo([
    { rules: [{}] },
    { action: "DENY", rules: [{ from: [{ source: { principals: ["a"] } }] }] },
    { action: "AUDIT" },
  ]),
  foo([{ name: "nothing" }]),
  foo([{ name: "deny-nothing", action: "DENY" }]),
  foo([{ dryRun: true, rules: [{}] }]),
  foo([{ dryRun: true, rules: [{}] }, { rules: [{ to: [{ operation: { methods: ["GET"] } }] }] }]),
  foo([
    { dryRun: true, action: "DENY", rules: [{}] },
    { dryRun: true, name: "nothing" },
  ]),
  foo([{ dryRun: true, action: "AUDIT", rules: [{}] }]),
  foo([{ action: "CUSTOM", provider: { name: "ext" }, rules: [{}] }]),
  foo([
    {
      name: "everything-at-once",
      rules: [
        {
          from: [
            {
              source: {
                requestPrincipals: ["i/s"],
                notRequestPrincipals: ["i/t"],
                principals: ["a"],
                namespaces: ["b"],
                trustDomains: ["c"],
                ipBlocks: ["10.0.0.1"],
                remoteIpBlocks: ["10.0.0.2"],
              },
            },
            { source: { notServiceAccounts: ["d"] } },
          ],
          to: [
            { operation: { hosts: ["a"], methods: ["GET"], paths: ["/a"], ports: ["80"] } },
            { operation: { notHosts: ["a"], notMethods: ["GET"], notPaths: ["/a"], notPorts: ["80"] } },
          ],
          when: [
            { key: "connection.sni", values: ["a"] },
            { key: "request.headers[a]", values: ["b"], notValues: ["c"] },
            { key: "destination.port", notValues: ["1"] },
          ],
        },
        { when: [{ key: "source.ip", values: ["::1"] }] },
      ],
    },
  ]),
  // Envoy goes through the rules in the order of their ids as bytes: rule[10] before rule[2].
  foo([{ rules: Array.from({ length: 11 }, (_, index) => ({ to: [{ operation: { ports: [`${index}`] } }] })) }]),
  // What Istio reads as if nothing were there.
  foo([{ action: "DENY", rules: [] }]),
  foo([{ rules: [{ from: [], to: [], when: [] }] }]),
  foo([{ rules: [null] }]),
];

/** Valid for Istio, yet without the effect that it looks to have: dropped for ALLOW, wider for DENY. */
const DROPPED = [
  { when: [{ key: "request.headersX[a]", values: ["b"] }] },
  { when: [{ key: "request.auth.claimsX[a]", values: ["b"] }], to: [{ operation: { methods: ["GET"] } }] },
];

/** Valid for Istio, and refused by Envoy. */
const UNUSABLE = [
  { to: [{ operation: { paths: ["a/{*}"] } }] },
  { to: [{ operation: { paths: ["/a/{*}//"] } }] },
  { when: [{ key: "request.auth.claims[a][]", values: ["b"] }] },
];

const REFUSED = [
  { from: [null] },
  { from: [{}] },
  { from: [{ source: {} }] },
  { from: [{ source: { principals: [""] } }] },
  { from: [{ source: { namespaces: ["a"], serviceAccounts: ["b"] } }] },
  { from: [{ source: { notPrincipals: ["a"], notServiceAccounts: ["b"] } }] },
  { from: [{ source: { serviceAccounts: ["a*"] } }] },
  { from: [{ source: { serviceAccounts: ["a/b/c"] } }] },
  { from: [{ source: { serviceAccounts: ["/a"] } }] },
  { from: [{ source: { serviceAccounts: Array.from({ length: 17 }, (_, index) => `a${index}`) } }] },
  { from: [{ source: { trustDomains: ["*a*"] } }] },
  { from: [{ source: { trustDomains: ["a*b"] } }] },
  { from: [{ source: { notTrustDomains: ["a/b"] } }] },
  { from: [{ source: { ipBlocks: ["10.0.0.01", "10.0.0.1/33", "1.2.3.4/08", "::1%a/64", " ::1"] } }] },
  { to: [null] },
  { to: [{}] },
  { to: [{ operation: {} }] },
  { to: [{ operation: { ports: ["65536", "+80", "8_0"] } }] },
  { to: [{ operation: { ports: [80] } }] },
  { to: [{ operation: { method: ["GET"] } }] },
  { to: [{ operation: { notHosts: [""] } }] },
  { to: [{ operation: { paths: ["/{**}/{*}"] } }] },
  { to: [{ operation: { paths: ["/a{*}"] } }] },
  { to: [{ operation: { paths: ["/a//{*}"] } }] },
  { to: [{ operation: { paths: ["/*/{*}"] } }] },
  { to: [{ operation: { notPaths: ["/{a}"] } }] },
  { when: [{ key: "", values: ["a"] }] },
  { when: [{ key: "source.ip" }] },
  { when: [{ key: "source.principal", values: [""] }] },
  { when: [{ key: "request.headers", values: ["a"] }] },
  { when: [{ key: "request.headers[]", values: ["a"] }] },
  { when: [{ key: "request.auth.claims", values: ["a"] }] },
  { when: [{ key: "experimental.envoy.filters.a", values: ["a"] }] },
  { when: [{ key: "source.serviceAccount", notValues: ["a*"] }] },
  { when: [{ key: "source.trustDomain", values: ["a*b"] }] },
  { when: [{ key: "destination.namespace", values: ["a"] }] },
  { when: [{ key: "destination.labels[a]", values: ["a"] }] },
  { when: [{ key: "destination.name", values: ["a"] }] },
  { when: [{ key: "destination.user", values: ["a"] }] },
  { when: [{ key: "source.name", values: ["a"] }] },
];

const REFUSED_POLICIES: PolicySet[] = [
  foo([{ selector: { matchLabels: { app: "*" } }, rules: [{}] }]),
  foo([{ selector: { matchLabels: { "": "a" } }, rules: [{}] }]),
  foo([{ provider: { name: "ext" }, rules: [{}] }]),
  foo([{ action: "deny", rules: [{}] }]),
  foo([{ name: "twice" }, { name: "twice" }]),
];

const sets: PolicySet[] = [
  ...FIELDS,
  ...CONDITIONS,
  ...MESH,
  ...STRUCTURE,
  ...each("ALLOW", [...DROPPED, ...UNUSABLE, ...REFUSED]),
  ...each("DENY", DROPPED),
  ...each("AUDIT", DROPPED),
  ...REFUSED_POLICIES,
];
export default sets;
