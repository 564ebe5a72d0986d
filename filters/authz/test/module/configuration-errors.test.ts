/** What a user reads who mistyped something: the exact lines. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { configurationErrors, inAnyOrder } from "../../../../test/support/module/configuration-errors.ts";
import { OWN_MODULE_ONLY } from "../../../../test/support/module/sections.ts";
import { AUTHZ } from "./compiled.ts";
import { addExpressions } from "./plain/expressions.ts";

const NODE = { metadata: { NAMESPACE: "default", LABELS: { app: "httpbin" } } };

function errors(configuration: unknown, node: object = NODE): string[] {
  return configurationErrors(AUTHZ, configuration, { node, prepare: addExpressions });
}

const policy = (fields: object): object => ({
  policies: [{ name: "p", namespace: "default", rules: [{}], ...fields }],
});
const rule = (fields: unknown): object => policy({ rules: [fields] });
const source = (fields: unknown): object => rule({ from: [{ source: fields }] });
const operation = (fields: unknown): object => rule({ to: [{ operation: fields }] });
const when = (condition: unknown): object => rule({ when: [condition] });
const key = (name: string, value = "v"): object => when({ key: name, values: [value] });

const SOURCE = "policies[0].rules[0].from[0].source";
const OPERATION = "policies[0].rules[0].to[0].operation";
const WHEN = "policies[0].rules[0].when[0]";
const NO_DIRECT =
  "a filter cannot see the direct peer's address: use remoteIpBlocks (remote.ip), or set directRemoteIp to the " +
  "filter state that holds it";
const RESOURCE = "expected a name of letters a to z, digits, - and . that starts and ends with a letter or digit";
const TRUST_DOMAIN = "expected a trust domain, with at most one *, at its start or end";
const ACCOUNT = "expected a service account or namespace/service account, without * and at most 320 bytes long";
const WHOLE = "{ and } are allowed only as {*} or {**}, each a whole segment";
const LITERALS =
  "a segment of a path template must not be empty, and may have only letters, digits and -._~%!$&'()+,;=:@";
const EMPTY = "expected a string that is not empty";

const CASES: readonly (readonly [name: string, configuration: unknown, lines: readonly string[]])[] = [
  ["not JSON", "{", ["pluginConfig: not JSON: expected a name in double quotes (byte 1)"]],
  ["a name twice", '{"a":1,"a":2}', ["pluginConfig: not JSON: an object has the same name twice (byte 7)"]],
  ["a list", "[]", ["pluginConfig: expected an object, got []"]],
  [
    "nothing at all",
    "",
    [
      "pluginConfig: empty: write policies, for example {policies: [{name: allow-sleep, namespace: default, rules: " +
        "[{from: [{source: {principals: [cluster.local/ns/default/sa/sleep]}}]}]}]}; policies: [] allows every request",
    ],
  ],
  ["no policies", { trustDomain: "td" }, ["policies: required, and missing"]],
  ["policies that are no list", { policies: {} }, ["policies: expected a list, got {}"]],
  ["a policy that is null", { policies: [null] }, ["policies[0]: expected an AuthorizationPolicy, got null"]],
  ["a policy that is text", { policies: ["p"] }, ['policies[0]: expected an object, got "p"']],
  [
    "unknown fields, near to known ones and far",
    { policies: [], trustDomains: [], polices: [], xyz: 1 },
    [
      'pluginConfig: unknown field "trustDomains" (did you mean "trustDomain"?)',
      'pluginConfig: unknown field "polices" (did you mean "policies"?)',
      'pluginConfig: unknown field "xyz"',
    ],
  ],
  [
    "a whole resource instead of its parts",
    policy({ spec: {}, metadata: {}, kind: "AuthorizationPolicy" }),
    ["spec", "metadata", "kind"].map((name) => `policies[0]: unknown field "${name}"`),
  ],
  ["a policy without a name", { policies: [{ rules: [{}] }] }, ["policies[0].name: required, and missing"]],
  [
    "names that no resource can have",
    { policies: ["", "A", "-a", "a-", "a_b", "a]"].map((name, i) => ({ name, namespace: `n${i}`, rules: [{}] })) },
    [
      `policies[0].name: ${EMPTY}, got ""`,
      ...["A", "-a", "a-", "a_b", "a]"].map((name, i) => `policies[${i + 1}].name: ${RESOURCE}, got "${name}"`),
    ],
  ],
  [
    "a namespace that no resource can have",
    policy({ namespace: "a b" }),
    [`policies[0].namespace: ${RESOURCE}, got "a b"`],
  ],
  [
    "an action that there is not",
    policy({ action: "Deny" }),
    ['policies[0].action: expected ALLOW, DENY or AUDIT (did you mean DENY?), got "Deny"'],
  ],
  [
    "a dry run that is no boolean",
    policy({ dryRun: "true" }),
    ['policies[0].dryRun: expected true or false, got "true"'],
  ],
  [
    "a dry run of AUDIT",
    policy({ action: "AUDIT", dryRun: true }),
    ["policies[0].dryRun: not supported: an AUDIT policy denies nothing, so it needs no dry run"],
  ],
  [
    "what a WasmPlugin has itself, and what CUSTOM has",
    policy({ provider: { name: "x" }, targetRef: { kind: "Gateway" }, targetRefs: [] }),
    [
      "policies[0].provider: not supported: only action CUSTOM uses it: keep the policy as an AuthorizationPolicy",
      "policies[0].targetRef: not supported: the WasmPlugin's targetRefs decide where the filter runs",
      "policies[0].targetRefs: not supported: the WasmPlugin's targetRefs decide where the filter runs",
    ],
  ],
  [
    "a selector's mistakes",
    policy({ selector: { matchLabels: { app: 1, "a*": "b", version: "v*", "": "x" }, matchExpressions: [] } }),
    [
      'policies[0].selector: unknown field "matchExpressions"',
      "policies[0].selector.matchLabels.app: expected a string, got 1",
      'policies[0].selector.matchLabels["a*"]: a selector must not contain *',
      "policies[0].selector.matchLabels.version: a selector must not contain *",
      'policies[0].selector.matchLabels[""]: a label\'s name must not be empty',
    ],
  ],
  ["rules that are no list", policy({ rules: {} }), ["policies[0].rules: expected a list, got {}"]],
  ["a rule that is null", rule(null), ["policies[0].rules[0]: expected a rule; {} matches every request, got null"]],
  ["a rule's unknown field", rule({ form: [] }), ['policies[0].rules[0]: unknown field "form" (did you mean "from"?)']],
  [
    "empty lists, which Istio takes for none",
    rule({ from: [], to: [] }),
    [
      "policies[0].rules[0].from: expected a list that is not empty, got []",
      "policies[0].rules[0].to: expected a list that is not empty, got []",
    ],
  ],
  [
    "items that are null",
    rule({ from: [null], to: [null], when: [null] }),
    ["from", "to", "when"].map((name) => `policies[0].rules[0].${name}[0]: expected an object, got null`),
  ],
  [
    "items without their only field, and with another",
    rule({ from: [{ principals: [] }], to: [{}] }),
    [
      'policies[0].rules[0].from[0]: unknown field "principals"',
      "policies[0].rules[0].from[0].source: required, and missing",
      "policies[0].rules[0].to[0].operation: required, and missing",
    ],
  ],
  [
    "a source and an operation that ask for nothing",
    rule({ from: [{ source: {} }], to: [{ operation: { paths: [] } }] }),
    [
      `${SOURCE}: expected a source with at least one field, got {}`,
      `${OPERATION}: expected an operation with at least one field, got {"paths":[]}`,
    ],
  ],
  [
    "a source's unknown field",
    source({ principal: ["x"] }),
    [`${SOURCE}: unknown field "principal" (did you mean "principals"?)`],
  ],
  [
    "values that are empty, or no strings",
    rule({
      from: [{ source: { principals: [""], notNamespaces: [1], requestPrincipals: [null, "x"] } }],
      to: [{ operation: { hosts: [""], methods: [["GET"]], ports: [8080], paths: "/a" } }],
    }),
    [
      `${SOURCE}.principals[0]: ${EMPTY}, got ""`,
      `${SOURCE}.notNamespaces[0]: expected a string, got 1`,
      `${SOURCE}.requestPrincipals[0]: ${EMPTY}, got null`,
      `${OPERATION}.hosts[0]: ${EMPTY}, got ""`,
      `${OPERATION}.methods[0]: expected a string, got ["GET"]`,
      `${OPERATION}.paths: expected a list, got "/a"`,
      `${OPERATION}.ports[0]: expected a string, got 8080`,
    ],
  ],
  [
    "values that are null, which are no values left out",
    {
      trustDomainAliases: [null],
      explain: { principals: [null] },
      policies: [
        {
          name: "p",
          selector: { matchLabels: { app: null } },
          rules: [{ from: [{ source: { principals: [null] } }], when: [{ key: "connection.sni", regex: [null] }] }],
        },
      ],
    },
    [
      `trustDomainAliases[0]: ${EMPTY}, got null`,
      `explain.principals[0]: ${EMPTY}, got null`,
      "policies[0].selector.matchLabels.app: expected a string, got null",
      `${SOURCE}.principals[0]: ${EMPTY}, got null`,
      `${WHEN}.regex[0]: ${EMPTY}, got null`,
    ],
  ],
  [
    "a principal with its scheme",
    source({ principals: ["spiffe://td/ns/a/sa/b"] }),
    [`${SOURCE}.principals[0]: remove spiffe://: with it, a principal matches nobody`],
  ],
  [
    "service accounts beside what they cannot stand with",
    source({ serviceAccounts: ["a/b"], notPrincipals: ["x"] }),
    [`${SOURCE}: serviceAccounts cannot be combined with principals or namespaces`],
  ],
  [
    "service accounts that are none",
    source({ serviceAccounts: ["a/*", "a/b/c", "/b", "a/", `a/${"b".repeat(319)}`] }),
    [
      ...["a/*", "a/b/c", "/b", "a/"].map((value, i) => `${SOURCE}.serviceAccounts[${i}]: ${ACCOUNT}, got "${value}"`),
      `${SOURCE}.serviceAccounts[4]: ${ACCOUNT}, got "a/${"b".repeat(77)}…`,
    ],
  ],
  [
    "trust domains that are none",
    source({ trustDomains: ["a*b", "*a*", "a/b", "**"] }),
    [
      `${SOURCE}.trustDomains[0]: ${TRUST_DOMAIN}, got "a*b"`,
      `${SOURCE}.trustDomains[1]: ${TRUST_DOMAIN}, got "*a*"`,
      `${SOURCE}.trustDomains[2]: a trust domain must not contain /`,
      `${SOURCE}.trustDomains[3]: ${TRUST_DOMAIN}, got "**"`,
    ],
  ],
  [
    "the direct peer's address, which no filter is named for",
    source({ ipBlocks: ["10.0.0.0/8"], notIpBlocks: ["10.0.0.1"] }),
    [`${SOURCE}.ipBlocks: not supported: ${NO_DIRECT}`, `${SOURCE}.notIpBlocks: not supported: ${NO_DIRECT}`],
  ],
  [
    "addresses that are none",
    source({ remoteIpBlocks: ["10.0.0.01", "10.0.0.0/33", "1.2.3", "::/129", "fe80::1%eth0/64"] }),
    ["10.0.0.01", "10.0.0.0/33", "1.2.3", "::/129", "fe80::1%eth0/64"].map(
      (value, i) => `${SOURCE}.remoteIpBlocks[${i}]: expected an IP address or a CIDR block, got "${value}"`,
    ),
  ],
  [
    "ports that are none",
    operation({ ports: ["http", "65536", "-1", "+80", " 80"] }),
    ["http", "65536", "-1", "+80", " 80"].map(
      (value, i) => `${OPERATION}.ports[${i}]: expected a port from 0 to 65535, got "${value}"`,
    ),
  ],
  [
    "an operation's unknown field",
    operation({ hosts: ["a"], header: ["x"] }),
    [`${OPERATION}: unknown field "header"`],
  ],
  ["a condition without a key", when({ values: ["x"] }), [`${WHEN}.key: required, and missing`]],
  ["an empty key", when({ key: "", values: ["x"] }), [`${WHEN}.key: ${EMPTY}, got ""`]],
  ["a key that there is not", key("request.body"), [`${WHEN}.key: unknown key "request.body"`]],
  [
    "a key that is nearly right",
    key("source.principals"),
    [`${WHEN}.key: unknown key "source.principals" (did you mean "source.principal"?)`],
  ],
  [
    "keys that the policy itself stands for",
    rule({ when: ["destination.namespace", "destination.labels[app]"].map((name) => ({ key: name, values: ["v"] })) }),
    [
      `${WHEN}.key: not a condition key: use the policy's namespace`,
      "policies[0].rules[0].when[1].key: not a condition key: use the policy's selector",
    ],
  ],
  ["a header's key without a name", key("request.headers"), [`${WHEN}.key: expected request.headers[name]`]],
  [
    "a header's key with nothing in its brackets",
    key("request.headers[]"),
    [`${WHEN}.key: expected request.headers[name]`],
  ],
  ["a header's name that is none", key("request.headers[a b]"), [`${WHEN}.key: not a valid header name`]],
  [
    "a claim's key without brackets",
    key("request.auth.claims.group"),
    [`${WHEN}.key: expected request.auth.claims[name] or request.auth.claims[name][name]`],
  ],
  [
    "a claim's key with a nameless part",
    key("request.auth.claims[a][]"),
    [`${WHEN}.key: expected request.auth.claims[name] or request.auth.claims[name][name]`],
  ],
  [
    "a metadata key without an entry",
    key("experimental.envoy.filters.http.custom"),
    [`${WHEN}.key: expected experimental.envoy.filters.name[key]`],
  ],
  ["the direct peer's address as a key", key("source.ip", "10.0.0.1"), [`${WHEN}.key: ${NO_DIRECT}`]],
  [
    "a key's value of another kind",
    rule({
      when: [
        { key: "destination.port", values: ["x"] },
        { key: "remote.ip", notValues: ["x"] },
      ],
    }),
    [
      `${WHEN}.values[0]: expected a port from 0 to 65535, got "x"`,
      'policies[0].rules[0].when[1].notValues[0]: expected an IP address or a CIDR block, got "x"',
    ],
  ],
  [
    "a condition without values",
    when({ key: "connection.sni" }),
    [`${WHEN}: expected values or notValues, got {"key":"connection.sni"}`],
  ],
  [
    "a condition with empty lists of values",
    when({ key: "connection.sni", values: [], notValues: [] }),
    [`${WHEN}: expected values or notValues, got {"key":"connection.sni","values":[],"notValues":[]}`],
  ],
  [
    "expressions where there is no text to match",
    when({ key: "remote.ip", regex: ["x"], notRegex: ["y"] }),
    [
      `${WHEN}.regex: not supported: the values of this key are not text, so a regular expression cannot match them`,
      `${WHEN}.notRegex: not supported: the values of this key are not text, so a regular expression cannot match them`,
    ],
  ],
  [
    "expressions that RE2 does not take",
    when({ key: "connection.sni", regex: ["(", "", "a".repeat(1025)] }),
    [
      `${WHEN}.regex[0]: not an RE2 regular expression: this group lacks its closing ) at byte 0, got "("`,
      `${WHEN}.regex[1]: ${EMPTY}, got ""`,
      `${WHEN}.regex[2]: expected a regular expression of 1 to 1024 bytes, got "${"a".repeat(79)}…`,
    ],
  ],
  [
    "CEL beside a key",
    when({ expression: "true", key: "connection.sni", values: ["x"] }),
    [`${WHEN}.expression: must be alone: write key and values as another condition`],
  ],
  [
    "CEL that Envoy does not compile, and none",
    rule({ when: [{ expression: "f(" }, { expression: "" }] }),
    [
      `${WHEN}.expression: Envoy cannot compile this CEL expression`,
      `policies[0].rules[0].when[1].expression: ${EMPTY}, got ""`,
    ],
  ],
  [
    "path templates that istiod or Envoy refuses",
    operation({ paths: ["/{**}/a/{*}", "/a/{*}.txt", "/a*/{*}", "/a//{*}", "foo/{*}", "/{a}"] }),
    [
      `${OPERATION}.paths[0]: {**} must be the last operator of a path template, got "/{**}/a/{*}"`,
      `${OPERATION}.paths[1]: ${WHOLE}, got "/a/{*}.txt"`,
      `${OPERATION}.paths[2]: ${LITERALS}, got "/a*/{*}"`,
      `${OPERATION}.paths[3]: ${LITERALS}, got "/a//{*}"`,
      `${OPERATION}.paths[4]: a path template must start with one slash, and end with at most one, got "foo/{*}"`,
      `${OPERATION}.paths[5]: ${WHOLE}, got "/{a}"`,
    ],
  ],
  [
    "the mesh's fields",
    { policies: [], trustDomain: 1, trustDomainAliases: ["a", "", "a*b", "a/b", "*a*"], rootNamespace: [] },
    [
      "trustDomain: expected a string, got 1",
      `trustDomainAliases[1]: ${EMPTY}, got ""`,
      ...["a*b", "a/b", "*a*"].map((value, i) => `trustDomainAliases[${i + 2}]: ${TRUST_DOMAIN}, got "${value}"`),
      "rootNamespace: expected a string, got []",
    ],
  ],
  [
    "choices that there are not",
    { policies: [], direction: "inbound", repeatedHeaders: "FIRST" },
    [
      'repeatedHeaders: expected EACH or JOINED, got "FIRST"',
      'direction: expected INBOUND or OUTBOUND (did you mean INBOUND?), got "inbound"',
    ],
  ],
  [
    "mTLS from the application itself",
    { policies: [], direction: "OUTBOUND", requireMtls: true },
    ["requireMtls: not possible with direction OUTBOUND: there the peer is the application itself, which uses no TLS"],
  ],
  [
    "where the direct peer's address is, not said",
    { policies: [], directRemoteIp: { state: "x" } },
    ['directRemoteIp: unknown field "state"', "directRemoteIp.filterState: required, and missing"],
  ],
  [
    "nobody who may ask",
    { policies: [], explain: { principals: [] } },
    ["explain.principals: expected a list that is not empty, got []"],
  ],
  ["nobody named who may ask", { policies: [], explain: {} }, ["explain.principals: required, and missing"]],
  [
    "the decision log's mistakes",
    {
      policies: [],
      decisionLog: { allowed: { percentage: { value: 101 } }, denied: 1, dryRunDenied: { value: 1 }, maxPerSecond: 0 },
    },
    [
      "decisionLog.allowed.percentage.value: expected 0, or a percentage from 0.0001 to 100, got 101",
      "decisionLog.denied: expected an object, got 1",
      'decisionLog.dryRunDenied: unknown field "value"',
      "decisionLog.maxPerSecond: expected a whole number from 1 to 1000, got 0",
    ],
  ],
  [
    "mistakes in policies for others, which will be for someone",
    { policies: [{ name: "p", namespace: "other", rules: [{ to: [{ operation: { ports: ["x"] } }] }] }] },
    [`${OPERATION}.ports[0]: expected a port from 0 to 65535, got "x"`],
  ],
];

for (const [name, configuration, lines] of CASES) {
  test(name, { skip: configuration === "" && OWN_MODULE_ONLY }, () => {
    assert.deepEqual(inAnyOrder(errors(configuration)), inAnyOrder(lines));
  });
}

test("a proxy that does not know its namespace takes no policy of another than the root's", () => {
  const policies = ["default", "istio-system"].map((namespace) => ({ name: "p", namespace, rules: [{}] }));
  assert.deepEqual(errors({ policies }, {}), [
    "policies[0].namespace: this proxy's namespace is unknown (node metadata NAMESPACE), " +
      "so it is unknown whether the policy applies to it",
  ]);
});

test("past a hundred errors only their number is told", () => {
  const ports = Array.from({ length: 250 }, () => "x");
  const lines = errors(operation({ ports }));
  assert.equal(lines.length, 101);
  assert.equal(lines[100], "and 150 more");
});
