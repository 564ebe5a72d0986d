import { FEW, LONGEST, dimensionsOf, long, many, nth, type Dimension } from "./dimension.ts";

const policies = (list: string, beside = ""): string => `{${beside}"policies":[${list}]}`;
const policy = (rules: string, beside = ""): string => `{"name":"a","namespace":"default",${beside}"rules":[${rules}]}`;
const rules = (count: number, rule: (n: number) => string, beside = ""): string =>
  policies(policy(many(count, rule)), beside);
const from = (source: string): string => `{"from":[{"source":{${source}}}]}`;
const to = (operation: string): string => `{"to":[{"operation":{${operation}}}]}`;
const when = (key: string, values: string, field = "values"): string => `{"key":"${key}","${field}":[${values}]}`;
const whens = (list: string): string => `{"when":[${list}]}`;
const principal = (n: number): string => `"cluster.local/ns/n/sa/${nth(n)}"`;
/** So many claims, one within the other, fit into a key, which is a string. */
const MOST_CLAIMS = Math.floor((LONGEST - "request.auth.claims".length) / "[a]".length);
const DIRECT = '"directRemoteIp":{"filterState":"peer"},';

const valuesOf = (field: (values: string) => string, value: (n: number) => string, beside = "") => {
  return (count: number): string => rules(1, () => field(many(count, value)), beside);
};
const ruleEach = (field: (values: string) => string, value: (n: number) => string, beside = "") => {
  return (count: number): string => rules(count, (n) => field(value(n)), beside);
};
const block = (n: number): string => `"${(n >> 14) & 255}.${(n >> 6) & 255}.${(n << 2) & 255}.0/${(n % 32) + 1}"`;
const source = (name: string) => (values: string) => from(`"${name}":[${values}]`);
const operation = (name: string) => (values: string) => to(`"${name}":[${values}]`);
const text = (n: number): string => `"${nth(n)}"`;
const named = (before: string, after = "") => {
  return (n: number): string => `"${before}${nth(n)}${after}"`;
};

/** Each field of authz that can be long, alone in one rule and in a rule each. */
const fields: Readonly<Record<string, readonly [(values: string) => string, (n: number) => string, string?]>> = {
  principals: [source("principals"), principal],
  notPrincipals: [source("notPrincipals"), principal],
  "principals of no trust domain": [source("principals"), named("other/ns/n/sa/")],
  requestPrincipals: [source("requestPrincipals"), named("iss/")],
  namespaces: [source("namespaces"), text],
  "namespaces by their start": [source("namespaces"), named("", "*")],
  "namespaces with a star inside": [source("namespaces"), named("a*", "b")],
  serviceAccounts: [source("serviceAccounts"), text],
  trustDomains: [source("trustDomains"), text],
  ipBlocks: [source("ipBlocks"), block, DIRECT],
  remoteIpBlocks: [source("remoteIpBlocks"), block],
  hosts: [operation("hosts"), text],
  methods: [operation("methods"), text],
  paths: [operation("paths"), named("/")],
  "paths by their start": [operation("paths"), named("/", "*")],
  "paths by their end": [operation("paths"), named("*")],
  notPaths: [operation("notPaths"), named("/")],
  "path templates": [operation("paths"), named("/", "/{*}/{**}")],
  ports: [operation("ports"), (n) => `"${n % 65536}"`],
  headers: [(values) => whens(when("request.headers[a]", values)), text],
  "headers that must not be": [(values) => whens(when("request.headers[a]", values, "notValues")), text],
  claims: [(values) => whens(when("request.auth.claims[a]", values)), text],
  metadata: [(values) => whens(when("experimental.envoy.filters.a[b]", values)), text],
  sni: [(values) => whens(when("connection.sni", values)), text],
  "regular expressions": [(values) => whens(when("request.headers[a]", values, "regex")), named(".")],
  "short regular expressions": [(values) => whens(when("request.headers[a]", values, "regex")), () => '"."'],
  repetitions: [(values) => whens(when("request.headers[a]", values, "regex")), () => '"a{999}b{999}"'],
  "repetitions of classes": [(values) => whens(when("request.headers[a]", values, "regex")), () => '"[^a]{999}.{999}"'],
};

/** A regular expression of `count` pieces, as long as Istio takes one: 1,024 bytes. */
const pieces = (piece: (n: number) => string, close = ""): readonly [number, (count: number) => string] => {
  const made = (count: number): string =>
    Array.from({ length: count }, (_, n) => piece(n)).join("") + close.repeat(count);
  let most = 1;
  while (made(most + 1).length <= 1024) most++;
  // As many of them as fit, each with a rule of its own to come to a size at which it is the pieces that count.
  return [most, (count) => rules(1, () => whens(when("request.headers[a]", JSON.stringify(made(count)), "regex")))];
};
/** Expressions of 1,024 bytes, more and more of them. */
const longest = (piece: (n: number) => string, close = "") => {
  const [most] = pieces(piece, close);
  const made = Array.from({ length: most }, (_, n) => piece(n)).join("") + close.repeat(most);
  return valuesOf(
    (values) => whens(when("request.headers[a]", values, "regex")),
    () => JSON.stringify(made),
  );
};
const letter = (n: number): string => String.fromCharCode(0x61 + (n % 26));
const classPiece = (n: number): string => `[${letter(n)}${letter(n / 26)}-\\xff]`;
const shapes: Readonly<Record<string, readonly [(n: number) => string, string?]>> = {
  letters: [letter],
  classes: [classPiece],
  "negated classes": [(n) => `[^${letter(n)}${letter(n / 26)}]`],
  alternatives: [(n) => `${letter(n)}|`],
  "nested groups": [() => "(", ")"],
  "nested options": [() => "(", "a)?"],
  "starred groups": [() => "(", "a)*"],
  repetitions: [() => "a{30}"],
  options: [() => "a?"],
  unicode: [() => "\\pL"],
  "word boundaries": [() => "\\b."],
};

export const AUTHZ_GROWTH: readonly Dimension[] = dimensionsOf(
  "authz",
  {
    policies: (count) => policies(many(count, (n) => `{"name":"p${nth(n)}","rules":[${to('"methods":["GET"]')}]}`)),
    "policies for other workloads": (count) => {
      const selector = '"selector":{"matchLabels":{"app":"other"}}';
      return policies(many(count, (n) => `{"name":"p${nth(n)}",${selector},"rules":[${to('"methods":["GET"]')}]}`));
    },
    "regular expressions for other workloads": (count) =>
      policies(
        policy(
          whens(
            when(
              "request.headers[a]",
              many(count, () => '"a{9}.{9}"'),
              "regex",
            ),
          ),
          '"selector":{"matchLabels":{"app":"other"}},',
        ),
      ),
    "long regular expressions for other workloads": (count) =>
      policies(
        policy(
          whens(
            when(
              "request.headers[a]",
              many(count, (n) => JSON.stringify(`${nth(n)}${"[a-f]b".repeat(150)}`)),
              "regex",
            ),
          ),
          '"selector":{"matchLabels":{"app":"other"}},',
        ),
      ),
    "labels of a selector": [
      FEW,
      (count) => policies(policy("{}", `"selector":{"matchLabels":{${many(count, (n) => `"${nth(n)}":"a"`)}}},`)),
    ],
    rules: (count) =>
      rules(
        count,
        (n) => `${from(`"principals":[${principal(n)}]`).slice(0, -1)},"to":[{"operation":{"methods":["GET"]}}]}`,
      ),
    "empty rules": (count) => rules(count, () => "{}"),
    sources: (count) =>
      rules(1, () => `{"from":[${many(count, (n) => `{"source":{"principals":[${principal(n)}]}}`)}]}`),
    "sources of many values": (count) =>
      rules(
        1,
        () => `{"from":[${many(count, (n) => `{"source":{"namespaces":[${many(60, (m) => text(n * 60 + m))}]}}`)}]}`,
      ),
    "operations of many values": (count) =>
      rules(
        1,
        () => `{"to":[${many(count, (n) => `{"operation":{"paths":[${many(8, (m) => `"/${nth(n * 8 + m)}"`)}]}}`)}]}`,
      ),
    operations: (count) => rules(1, () => `{"to":[${many(count, (n) => `{"operation":{"paths":["/${nth(n)}"]}}`)}]}`),
    ...Object.fromEntries(
      Object.entries(fields).map(([what, [field, value, beside]]) => [
        `${what} of one rule`,
        valuesOf(field, value, beside),
      ]),
    ),
    ...Object.fromEntries(
      Object.entries(fields).map(([what, [field, value, beside]]) => [
        `${what} of many rules`,
        ruleEach(field, value, beside),
      ]),
    ),
    "headers of one rule, each with one value": (count) =>
      rules(1, () => whens(many(count, (n) => when(`request.headers[${nth(n)}]`, '"a"')))),
    "headers, one a rule, each with one value": (count) =>
      rules(count, (n) => whens(when(`request.headers[${nth(n)}]`, '"a"'))),
    "claims, one a rule": (count) => rules(count, (n) => whens(when(`request.auth.claims[${nth(n)}]`, '"a"'))),
    "claims within claims": [
      MOST_CLAIMS,
      (count) => rules(1, () => whens(when(`request.auth.claims${"[a]".repeat(count)}`, '"a"'))),
    ],
    "keys of claims within claims": (count) =>
      rules(1, () =>
        whens(many(count, (n) => when(`request.auth.claims${"[a]".repeat(MOST_CLAIMS - 4)}[${nth(n)}]`, '"a"'))),
      ),
    "long path templates of one rule": valuesOf(
      operation("paths"),
      (n) => `"${"/{*}".repeat(LONGEST / 4 - 10)}/${nth(n)}"`,
    ),
    "long principals of one rule": valuesOf(source("principals"), (n) => `"cluster.local/ns/n/sa/${long(n)}"`),
    "long namespaces of one rule": valuesOf(source("namespaces"), (n) => `"${long(n)}"`),
    "long ends of one rule": valuesOf(
      (values) => whens(when("request.headers[a]", values)),
      (n) => `"*${long(n)}"`,
    ),
    "metadata, one a rule": (count) =>
      rules(count, (n) => whens(when(`experimental.envoy.filters.a[${nth(n)}]`, '"a"'))),
    "headers that must be there": (count) => rules(count, (n) => whens(when(`request.headers[${nth(n)}]`, '"*"'))),
    "lengths of starts": [1400, (count) => rules(count, (n) => to(`"paths":["/${"a".repeat(n)}*"]`))],
    "lengths of ends": [1400, (count) => rules(count, (n) => to(`"paths":["*/${"a".repeat(n)}"]`))],
    "starts of one length": (count) => rules(count, (n) => to(`"paths":["/${"a".repeat(100)}${nth(n)}*"]`)),
    expressions: (count) => rules(count, (n) => `{"when":[{"expression":"request.path == '${nth(n)}'"}]}`),
    "trust domain aliases": [
      32,
      (count) =>
        rules(
          1,
          () => source("principals")(principal(1)),
          `"trustDomainAliases":[${many(count, named("a".repeat(200)))}],`,
        ),
    ],
    "principals in 32 trust domains": (count) =>
      rules(1, () => source("principals")(many(count, principal)), `"trustDomainAliases":[${many(31, text)}],`),
    "principals in no trust domain of 32": (count) =>
      rules(
        1,
        () => source("principals")(many(count, named("x/ns/a/sa/"))),
        `"trustDomainAliases":[${many(31, text)}],`,
      ),
    "principals that may ask": (count) => policies("", `"explain":{"principals":[${many(count, principal)}]},`),
    // What a group that is repeated holds is moved by a place: of 1,024 bytes that is little, and `long expressions` has all of it.
    ...Object.fromEntries(
      Object.entries(shapes)
        .filter(([, [, close]]) => close !== "a)?" && close !== "a)*")
        .map(([what, [piece, close]]) => [`${what} of an expression`, pieces(piece, close)]),
    ),
    ...Object.fromEntries(
      Object.entries(shapes).map(([what, [piece, close]]) => [`long expressions of ${what}`, longest(piece, close)]),
    ),
  },
  {
    "null rules": (count) => rules(count, () => "null"),
    "unknown fields of one rule": (count) => rules(1, () => `{${many(count, (n) => `"x${nth(n)}":0`)}}`),
    "unknown fields, one a rule": (count) => rules(count, () => '{"frm":0}'),
    "long unknown fields": (count) =>
      rules(1, () => `{${many(count, (n) => `"${"notprincipals".repeat(2)}${nth(n)}":0`)}}`),
    "unknown choices": (count) => policies(many(count, (n) => `{"name":"p${nth(n)}","action":"ALOW"}`)),
    "wrong values": (count) => rules(1, () => source("principals")(many(count, () => "0"))),
    "wrong rules": (count) => rules(count, () => "0"),
    "wrong policies": (count) => policies(many(count, () => "0")),
    "policies of one name": (count) => policies(many(count, () => '{"name":"a"}')),
    "wrong names": (count) => policies(many(count, () => '{"name":"-"}')),
    "repetitions that are too many": (count) =>
      rules(1, () =>
        whens(
          when(
            "request.headers[a]",
            many(count, () => '"((a{32}){32}){32}"'),
            "regex",
          ),
        ),
      ),
    "more trust domain aliases than 32": (count) =>
      rules(1, () => source("principals")(many(count, principal)), `"trustDomainAliases":[${many(count + 33, text)}],`),
    "wrong regular expressions": (count) =>
      rules(1, () =>
        whens(
          when(
            "request.headers[a]",
            many(count, () => '"("'),
            "regex",
          ),
        ),
      ),
    "wrong paths": (count) => rules(1, () => operation("paths")(many(count, () => '"{"'))),
    "wrong addresses": (count) => rules(1, () => source("remoteIpBlocks")(many(count, () => '"a"'))),
    "wrong keys": (count) => rules(1, () => whens(many(count, () => when("a", '"a"')))),
  },
);
