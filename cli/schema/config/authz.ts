import type { Schema } from "../problem.ts";
import { principals } from "./match.ts";
import { direction, repeatedHeaders, rootNamespace, trustDomain } from "./shared.ts";
import {
  FILLED,
  flag,
  integer,
  list,
  object,
  oneOf,
  percent,
  regex,
  required,
  selector,
  text,
  type Fields,
} from "./types.ts";

const name = (description: string, examples: readonly string[]): Schema =>
  text(description, examples, { maxLength: 253, pattern: "^[a-z0-9]([a-z0-9.-]*[a-z0-9])?$" });

/** A field and its `not…` twin, each a list of values. */
function twins(field: string, description: string, value: Schema): Fields {
  const not = `not${field[0]?.toUpperCase()}${field.slice(1)}`;
  return {
    [field]: list(`${description}; one of the values must match`, value, FILLED),
    [not]: list(`${description}; none of the values may match`, value, FILLED),
  };
}

const principal = text(
  "a SPIFFE ID without spiffe://; * at its start or end stands for anything",
  ["cluster.local/ns/default/sa/sleep", "*"],
  { pattern: "^(?!spiffe://)" },
);
const addresses = text("an IP address or a CIDR block", ["10.0.0.0/8", "192.0.2.1", "2001:db8::/32"]);
const account = text("`namespace/name`, or a `name` of the policy's namespace", ["default/sleep", "sleep"], {
  maxLength: 320,
  pattern: "^[^*/]+(/[^*/]+)?$",
});
const domain = text("a trust domain, with at most one *, at its start or end", ["example.org", "*.example.org"], {
  pattern: "^([^*/]*|\\*[^*/]*|[^*/]*\\*)$",
});

const source = object(
  "who sends the request: all fields must hold",
  {
    ...twins("principals", "the source's SPIFFE ID, written without `spiffe://`", principal),
    ...twins("namespaces", "its namespace", text("a namespace, in which * stands for anything", ["default", "team-*"])),
    ...twins(
      "serviceAccounts",
      "its service account: `namespace/name`, or a `name` of the policy's namespace; not beside `principals` or `namespaces`",
      account,
    ),
    ...twins("trustDomains", "its trust domain", domain),
    ...twins(
      "requestPrincipals",
      "`iss/sub` of the verified token",
      text("iss/sub, in which * stands for anything", ["issuer.example.org/anna", "*"]),
    ),
    ...twins("remoteIpBlocks", "the client's address", addresses),
    ...twins("ipBlocks", "the address of the connection's peer; only with `directRemoteIp`", addresses),
  },
  {
    minProperties: 1,
    not: {
      allOf: [
        { anyOf: [{ required: ["serviceAccounts"] }, { required: ["notServiceAccounts"] }] },
        { anyOf: ["principals", "notPrincipals", "namespaces", "notNamespaces"].map((one) => ({ required: [one] })) },
      ],
    },
  },
);

const operation = object(
  "what is asked for: all fields must hold",
  {
    ...twins(
      "hosts",
      "`:authority`, with the port if it has one; letters' case does not count",
      text("a host, with * at its start or end", ["httpbin.example.org", "*.example.org"]),
    ),
    ...twins(
      "ports",
      "the port that the connection was made to; strings, as in Istio",
      text("a port, as a string", ["8080", "443"], {
        pattern: "^0*([0-9]{1,4}|[1-5][0-9]{4}|6[0-4][0-9]{3}|65[0-4][0-9]{2}|655[0-2][0-9]|6553[0-5])$",
      }),
    ),
    ...twins("methods", "`:method`; letters' case counts", text("a method", ["GET", "POST"])),
    ...twins(
      "paths",
      "`:path` up to `?` or `#`, not decoded; letters' case counts",
      text("a path, with * at its start or end, or a template with {*} and {**}", ["/info*", "/status/{*}"]),
    ),
  },
  { minProperties: 1 },
);

/** Keys of which each stands for one fact; with those in `TEXTS` a regular expression can match. */
const TEXT_KEYS = ["source.principal", "request.auth.audiences", "request.auth.presenter", "connection.sni"];
const OTHER_KEYS = [
  "source.namespace",
  "source.serviceAccount",
  "source.trustDomain",
  "source.ip",
  "remote.ip",
  "request.auth.principal",
  "destination.ip",
  "destination.port",
];
const TEXT_PATTERNS = [
  "^request\\.headers\\[:?[!#$%&'*+.^_`|~0-9A-Za-z-]+\\]$",
  "^request\\.auth\\.claims\\[(?!.*\\[\\])[^\\u0000]+\\]$",
  "^experimental\\.envoy\\.filters\\.[^\\[\\u0000]*\\[[^\\u0000]+\\]$",
];

const key: Schema = {
  description: "what is matched",
  type: "string",
  anyOf: [{ enum: [...TEXT_KEYS, ...OTHER_KEYS] }, ...TEXT_PATTERNS.map((pattern) => ({ pattern }))],
  examples: ["request.headers[x-team]", "request.auth.claims[iss]", ...TEXT_KEYS],
};

const BY_VALUE = ["values", "notValues", "regex", "notRegex"];
const any = (fields: readonly string[]): Schema => ({ anyOf: fields.map((one) => ({ required: [one] })) });

const condition = object(
  "a condition: a key with values, or an expression alone",
  {
    key,
    values: list(
      "one of these must match",
      text("a value; * at its start or end stands for anything", ["anna", "10.0.0.1"]),
      FILLED,
    ),
    notValues: list(
      "none of these may match",
      text("a value; * at its start or end stands for anything", ["anna"]),
      FILLED,
    ),
    regex: list(
      "more of `values`, as RE2 expressions",
      regex("an RE2 expression that the whole value must match"),
      FILLED,
    ),
    notRegex: list(
      "more of `notValues`, as RE2 expressions",
      regex("an RE2 expression that the whole value must match"),
      FILLED,
    ),
    expression: text("a CEL expression in place of key and values", ["request.method == 'GET'"]),
  },
  {
    if: { required: ["expression"] },
    then: { maxProperties: 1 },
    else: {
      required: ["key"],
      ...any(BY_VALUE),
      if: any(["regex", "notRegex"]),
      then: { properties: { key: { not: { enum: OTHER_KEYS } } } },
    },
  },
);

const rule = object("a rule; {} matches every request", {
  from: list(
    "one of the sources must match; without `from` any does",
    object("a source", { source: required(source) }),
    FILLED,
  ),
  to: list(
    "one of the operations must match; without `to` any does",
    object("an operation", { operation: required(operation) }),
    FILLED,
  ),
  when: list("all of the conditions must match", condition),
});

const policy = object(
  "an AuthorizationPolicy, without spec and metadata",
  {
    name: required(
      name("with `namespace` it is in ids, logs and counters; no two policies may share both", ["httpbin", "admin"]),
    ),
    namespace: name("whom the policy is for", ["default"]),
    selector: selector("for which workloads the policy is", "the labels that the workload must have"),
    action: oneOf("how its rules decide", ["ALLOW", "DENY", "AUDIT"], "ALLOW"),
    dryRun: flag("for ALLOW and DENY: decide, count and log, but do not act"),
    rules: list("the rules, one of which must match; required for DENY", rule),
  },
  {
    allOf: [
      {
        if: { properties: { action: { const: "DENY" } }, required: ["action"] },
        then: { properties: { rules: FILLED }, required: ["rules"] },
      },
      {
        if: { properties: { action: { const: "AUDIT" } }, required: ["action"] },
        then: { properties: { dryRun: { const: false } } },
      },
    ],
  },
);

const shareOf = (what: string, usual: number): Schema =>
  object(what, {
    percentage: percent("the share of these requests that is logged; of several that fit, the largest counts", usual),
  });

/** The fields of authz without those that `signalbox` has beside the sections. */
export const authz: Fields = {
  policies: required(list("the AuthorizationPolicies. An empty list allows everything", policy)),
  trustDomainAliases: list("its other names", { ...domain, maxLength: 255 }, { maxItems: 32 }),
  requireMtls: flag("plaintext is refused before any rule"),
  directRemoteIp: object("where a filter before this one has put the direct peer's address", {
    filterState: required(text("the filter state that holds the direct peer's address", ["example.direct_remote_ip"])),
  }),
  explain: object("who may ask for the verdict of a request of its own", {
    principals: required({
      ...principals("who may ask for verdicts"),
      items: principal,
    }),
  }),
  decisionLog: object("which decisions are logged", {
    allowed: shareOf("of the requests that are allowed", 0),
    denied: shareOf("of the requests that are denied", 100),
    dryRunDenied: shareOf("of the requests that a dry-run policy would deny", 100),
    maxPerSecond: integer("how many lines each of Envoy's workers writes in a second at most", 1, 1000, 10),
  }),
};

export const authzShared: Fields = {
  trustDomain: trustDomain("the mesh's own"),
  rootNamespace: rootNamespace("whose policies are for every namespace"),
  direction: direction("which way the requests go"),
  repeatedHeaders: repeatedHeaders("how a header that a request repeats is matched"),
};

/** At the calling side the peer is the application, which uses no TLS. */
export const authzRules: Schema = {
  if: { properties: { direction: { const: "OUTBOUND" } }, required: ["direction"] },
  then: { properties: { requireMtls: { const: false } } },
};
