import type { Random } from "../../../../../test/oracle/random.ts";
import type { Condition, Configuration, Fields, Policy, Rule, Workload } from "./policy.ts";
import * as words from "./vocabulary.ts";

/** Names of which some are the beginnings of others: policies are ordered by their ids' bytes, `]` among them. */
const NAMES = ["a", "a-b", "a.b", "a0", "b", "allow", "deny-all"];
/** The first two have policies for the workload, most of the time. */
const POLICIES = [
  ...["default", "istio-system"].flatMap((namespace) => NAMES.map((name) => ({ namespace, name }))),
  ...["default-2", "other"].flatMap((namespace) => NAMES.slice(0, 2).map((name) => ({ namespace, name }))),
];

const SOURCE: Readonly<Record<string, readonly string[]>> = {
  principals: words.PRINCIPALS,
  namespaces: words.NAMESPACES,
  requestPrincipals: words.REQUEST_PRINCIPALS,
  remoteIpBlocks: words.BLOCKS,
  ipBlocks: words.BLOCKS,
  trustDomains: words.TRUST_DOMAIN_VALUES,
};
const OPERATION: Readonly<Record<string, readonly string[]>> = {
  hosts: words.HOST_PATTERNS,
  methods: words.METHOD_PATTERNS,
  paths: words.PATH_PATTERNS,
  ports: words.PORT_VALUES,
};
const KEYS: Readonly<Record<string, readonly string[]>> = {
  "source.principal": words.PRINCIPALS,
  "source.namespace": words.NAMESPACES,
  "source.serviceAccount": words.SERVICE_ACCOUNTS,
  "source.trustDomain": words.TRUST_DOMAIN_VALUES,
  "source.ip": words.BLOCKS,
  "remote.ip": words.BLOCKS,
  "destination.ip": words.BLOCKS,
  "destination.port": words.PORT_VALUES,
  "request.auth.principal": words.REQUEST_PRINCIPALS,
  "request.auth.audiences": words.TEXT_PATTERNS,
  "request.auth.presenter": words.TEXT_PATTERNS,
  "request.auth.claims[group]": words.TEXT_PATTERNS,
  "request.auth.claims[nested][group]": words.TEXT_PATTERNS,
  "connection.sni": words.SERVER_NAME_PATTERNS,
  [`experimental.${words.FILTER}[group]`]: words.METADATA_VALUES,
};

/** How large the policies are that are made. */
export interface Size {
  readonly policies: readonly [least: number, most: number];
  readonly rules: readonly [least: number, most: number];
  /** Of how many tenants' paths every rule names some; 0 where rules name any path. */
  readonly tenants: number;
}

/** A configuration that the filter takes, whatever it says. */
export function generateConfiguration(random: Random, size: Size): Configuration {
  const direction = random.pick([undefined, undefined, "INBOUND", "INBOUND", "OUTBOUND"] as const);
  const [least, most] = size.policies;
  const names = random.some(POLICIES, least + random.int(most - least + 1));
  return {
    ...(random.percent(40) && { trustDomain: random.pick(words.TRUST_DOMAINS) }),
    ...(random.percent(40) && { trustDomainAliases: aliases(random) }),
    ...(random.percent(20) && { rootNamespace: "other" }),
    ...(direction !== undefined && { direction }),
    ...(random.percent(20) && { repeatedHeaders: "JOINED" as const }),
    ...(direction !== "OUTBOUND" && size.tenants === 0 && random.percent(5) && { requireMtls: true }),
    directRemoteIp: { filterState: "direct.peer" },
    policies: names.map((name) => generatePolicy(random, name, size)),
  };
}

/** Two aliases, or as many as may be: a principal is written out for each. */
function aliases(random: Random): string[] {
  const some = random.some(["old-td", "x-td", "td*", "*-td", "td-1"], 2);
  return random.percent(80) ? some : [...some, ...Array.from({ length: 30 }, (_, index) => `alias-${index}`)];
}

/** The workload whose proxy the filter runs in. */
export function generateWorkload(random: Random): Workload {
  const labels: Record<string, string> = random.percent(80) ? { app: "httpbin", version: "v1" } : {};
  const kind = random.pick(["sidecar", "sidecar", "sidecar", "router", "waypoint"] as const);
  const listener = kind === "router" ? 2 : random.pick([0, 1, 1, 1, 2] as const);
  return { namespace: "default", serviceAccount: "httpbin", labels, kind, listener };
}

function generatePolicy(random: Random, name: { name: string; namespace: string }, size: Size): Policy {
  const action = random.pick(["ALLOW", "ALLOW", "ALLOW", "DENY", "DENY", "AUDIT", undefined] as const);
  const rules = random.times(...size.rules, () => generateRule(random, size));
  const [label, value] = random.pick([
    ["app", "httpbin"],
    ["version", "v1"],
    ["app", "other"],
  ] as const);
  return {
    ...name,
    ...(random.percent(20) && { selector: { matchLabels: { [label]: value } } }),
    ...(random.percent(5) && { selector: {} }),
    ...(action !== undefined && { action }),
    ...(action !== "AUDIT" && random.percent(25) && { dryRun: true }),
    ...((rules.length > 0 || action === "DENY") && { rules: rules.length > 0 ? rules : [{}] }),
  };
}

function generateRule(random: Random, size: Size): Rule {
  const operations = (): Fields => withTenant(random, fields(random, OPERATION), size);
  return {
    ...(random.percent(60) && { from: random.times(1, 2, () => ({ source: generateSource(random) })) }),
    ...((size.tenants > 0 || random.percent(60)) && { to: random.times(1, 2, () => ({ operation: operations() })) }),
    ...(random.percent(35) && { when: random.times(1, 2, () => generateCondition(random)) }),
  };
}

/** An operation on a path of some tenant's, where there are tenants. */
function withTenant(random: Random, operation: Fields, { tenants }: Size): Fields {
  if (tenants === 0) return operation;
  const tenant = (): string => `/tenants/${random.int(tenants)}`;
  const few = random.percent(90) ? 3 : 30;
  return { ...operation, paths: random.times(1, few, () => tenant() + random.pick(["", "/*", "/{*}/b", "/{**}"])) };
}

function generateSource(random: Random): Fields {
  const chosen = fields(random, SOURCE);
  if (random.percent(80)) return chosen;
  // Service accounts cannot stand with principals or namespaces.
  const { principals: _p, notPrincipals: _np, namespaces: _n, notNamespaces: _nn, ...others } = chosen;
  const name = random.percent(80) ? "serviceAccounts" : "notServiceAccounts";
  return { ...others, [name]: values(random, words.SERVICE_ACCOUNTS) };
}

/** One to three fields, each of which may be a `not…`. */
function fields(random: Random, vocabulary: Readonly<Record<string, readonly string[]>>): Fields {
  const count = random.pick([1, 1, 1, 2, 2, 3]);
  const chosen: Record<string, readonly string[]> = {};
  for (const name of random.some(Object.keys(vocabulary), count)) {
    const written = random.percent(75) ? name : `not${name[0]!.toUpperCase()}${name.slice(1)}`;
    chosen[written] = values(random, vocabulary[name]!);
  }
  return chosen;
}

/** A few values, sometimes so many that they are looked up, and rarely so many that they are not gone through in one step. */
function values(random: Random, from: readonly string[]): string[] {
  if (random.percent(3)) return random.times(66, 140, () => random.pick(from));
  return random.percent(10) ? random.some(from, 9 + random.int(6)) : random.times(1, 3, () => random.pick(from));
}

function generateCondition(random: Random): Condition {
  if (random.percent(10)) return { expression: random.pick(words.EXPRESSIONS) };
  if (random.percent(20)) return generateAlike(random);
  const isHeader = random.percent(35);
  const key = isHeader ? `request.headers[${random.pick(words.HEADER_NAMES)}]` : random.pick(Object.keys(KEYS));
  const from = isHeader ? words.HEADER_PATTERNS : KEYS[key]!;
  const regex = (isHeader || key === "source.principal") && random.percent(30);
  const both = random.percent(20);
  const asks = both || random.percent(70);
  return {
    key,
    ...(asks && (!regex || random.percent(50)) && { values: values(random, from) }),
    ...((both || !asks) && { notValues: values(random, from) }),
    ...(regex && asks && { regex: random.times(1, random.percent(80) ? 2 : 12, () => random.pick(words.REGEXES)) }),
    ...(regex && random.percent(20) && { notRegex: [random.pick(words.REGEXES)] }),
  };
}

/** One of conditions that mostly share their values, beside which expressions may stand. */
function generateAlike(random: Random): Condition {
  const condition = { key: "request.headers[x-user]", values: [random.pick(["admin", "dev"])] };
  return random.percent(50)
    ? condition
    : { ...condition, regex: random.times(1, 10, () => random.pick(words.REGEXES)) };
}
