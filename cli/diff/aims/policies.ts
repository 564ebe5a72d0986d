import { isObject, type Json } from "../../input/resource.ts";
import { objectsOf } from "../../decision/why/objects.ts";
import { principalPattern, requestPrincipalPattern } from "../values/identity.ts";
import { blockValues, pathPattern, pattern, portValues, regexValues, type Values } from "../values/near.ts";
import { anyOf, negated, type Condition, type Write } from "./condition.ts";
import { expressionConditions } from "./expression.ts";
import {
  writeClaim,
  writeHeader,
  writeHost,
  writeMethod,
  writeNamespace,
  writePath,
  writePort,
  writePrincipal,
  writeRemoteIp,
  writeRequestPrincipal,
  writeServiceAccount,
  writeSni,
  writeTrustDomain,
} from "./write.ts";

/** How a fact of a request is asked for, and what a value of it is to a request. */
interface Fact {
  readonly values: (text: string) => Values;
  readonly write: Write;
}

/** A fact that no request of this command has: nothing meets such a condition. */
const UNKNOWN: Fact = { values: () => ({ meets: [], misses: [] }), write: () => undefined };

const PORT: Fact = { values: (text) => portValues(Number(text)), write: writePort };
const PRINCIPAL: Fact = { values: principalPattern, write: writePrincipal };
const NAMESPACE: Fact = { values: pattern, write: writeNamespace };
const REMOTE: Fact = { values: blockValues, write: writeRemoteIp };
const TOKEN: Fact = { values: requestPrincipalPattern, write: writeRequestPrincipal };

/** The fields of `source` and `operation`. */
function factOf(field: string, own: string): Fact {
  const FACTS: Readonly<Record<string, Fact>> = {
    principals: PRINCIPAL,
    namespaces: NAMESPACE,
    serviceAccounts: { values: pattern, write: writeServiceAccount(own) },
    trustDomains: { values: pattern, write: writeTrustDomain },
    requestPrincipals: TOKEN,
    remoteIpBlocks: REMOTE,
    hosts: { values: pattern, write: writeHost },
    ports: PORT,
    methods: { values: pattern, write: writeMethod },
    paths: { values: pathPattern, write: writePath },
  };
  return FACTS[field] ?? UNKNOWN;
}

/** The keys of `when`. */
function keyFact(key: string, own: string): Fact {
  const [, kind, names = ""] = /^request\.(headers|auth\.claims)\[(.*)\]$/.exec(key) ?? [];
  if (kind === "headers") return { values: pattern, write: writeHeader(names) };
  if (kind !== undefined) return { values: pattern, write: writeClaim(names.split("][")) };
  const KEYS: Readonly<Record<string, Fact>> = {
    "source.principal": PRINCIPAL,
    "source.namespace": NAMESPACE,
    "source.serviceAccount": { values: pattern, write: writeServiceAccount(own) },
    "source.trustDomain": { values: pattern, write: writeTrustDomain },
    "request.auth.principal": TOKEN,
    "request.auth.audiences": { values: pattern, write: writeClaim(["aud"]) },
    "request.auth.presenter": { values: pattern, write: writeClaim(["azp"]) },
    "connection.sni": { values: pattern, write: writeSni },
    "destination.port": PORT,
    "remote.ip": REMOTE,
  };
  return KEYS[key] ?? UNKNOWN;
}

/** How many ways to meet one rule are tried. */
const MOST = 24;

/** The ways to meet a rule of an AuthorizationPolicy: one of `from`, one of `to`, all of `when`. */
export function ruleWays(rule: Json, own: string, isNew: (value: string) => boolean): Condition[][] {
  const fields = (part: unknown): Condition[] =>
    Object.entries(isObject(part) ? part : {}).map(([field, values]) => fieldCondition(field, values, own, isNew));
  const from = objectsOf(rule.from).map(({ source }) => fields(source));
  const to = objectsOf(rule.to).map(({ operation }) => fields(operation));
  const when = objectsOf(rule.when).flatMap((one) => whenConditions(one, own, isNew));
  const ways = (from.length === 0 ? [[]] : from).flatMap((source) =>
    (to.length === 0 ? [[]] : to).map((operation) => negativesFirst([...source, ...operation, ...when])),
  );
  if (ways.length <= MOST) return ways;
  // Each alternative at least once, if there are too many to have each with each.
  const longest = Math.max(from.length, to.length);
  return Array.from({ length: longest }, (_, at) =>
    negativesFirst([...(from[at % from.length] ?? []), ...(to[at % to.length] ?? []), ...when]),
  );
}

/** What must not be leaves a request as it is, so what must be decides. */
function negativesFirst(conditions: readonly Condition[]): Condition[] {
  const isNegative = ({ meets: [first] }: Condition): boolean => first !== undefined && Object.keys(first).length === 0;
  return [...conditions.filter(isNegative), ...conditions.filter((one) => !isNegative(one))];
}

function fieldCondition(field: string, values: unknown, own: string, isNew: (value: string) => boolean): Condition {
  const [, first = "", rest = ""] = /^not([A-Z])(.*)$/.exec(field) ?? [];
  const named = first === "" ? field : first.toLowerCase() + rest;
  const { values: valuesOf, write } = factOf(named, own);
  const condition = anyOf(textsIn(values), isNew, valuesOf, write);
  return first === "" ? condition : negated(condition);
}

function whenConditions(one: Json, own: string, isNew: (value: string) => boolean): Condition[] {
  if (typeof one.expression === "string") return expressionConditions(one.expression);
  const { values: valuesOf, write } = keyFact(String(one.key), own);
  const any = (values: unknown, regex: unknown): Condition[] => {
    const plain = anyOf(textsIn(values), isNew, valuesOf, write);
    const expressions = anyOf(textsIn(regex), isNew, regexValues, write);
    const all = { meets: [...plain.meets, ...expressions.meets], misses: [...plain.misses, ...expressions.misses] };
    return textsIn(values).length + textsIn(regex).length === 0 ? [] : [all];
  };
  return [...any(one.notValues, one.notRegex).map(negated), ...any(one.values, one.regex)];
}

function textsIn(values: unknown): string[] {
  return Array.isArray(values) ? values.map(String) : [];
}
