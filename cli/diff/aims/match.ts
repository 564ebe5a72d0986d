import { isObject, type Json } from "../../input/resource.ts";
import { portValues, stringMatch } from "../values/near.ts";
import { principalPattern } from "../values/identity.ts";
import { anyOf, conditionOf, negated, type Condition, type Write } from "./condition.ts";
import {
  writeClaim,
  writeCookie,
  writeHeader,
  writeHost,
  writeMethod,
  writePath,
  writePort,
  writePrincipal,
  writeQuery,
  writeScheme,
} from "./write.ts";

/** The conditions of Istio's HTTPMatchRequest, with what the filters have beside it. */
export function matchConditions(match: Json, isNew: (value: string) => boolean): Condition[] {
  const { uri, method, authority, scheme, headers, withoutHeaders, queryParams, cookies, port, principals } = match;
  const one = (given: unknown, write: Write): Condition[] =>
    given === undefined ? [] : [conditionOf([stringMatch(given)], write)];
  const each = (given: unknown, write: (name: string) => Write): Condition[] =>
    isObject(given) ? Object.entries(given).map(([name, value]) => conditionOf([stringMatch(value)], write(name))) : [];
  return [
    ...each(withoutHeaders, writeHeaderOrClaim).map(negated),
    ...one(uri, writePath),
    ...one(method, writeMethod),
    ...one(authority, writeHost),
    ...one(scheme, writeScheme),
    ...each(headers, writeHeaderOrClaim),
    ...each(queryParams, writeQuery),
    ...each(cookies, writeCookie),
    ...(typeof port === "number" ? [conditionOf([portValues(port)], writePort)] : []),
    ...(Array.isArray(principals) ? [anyOf(principals.map(String), isNew, principalPattern, writePrincipal)] : []),
  ];
}

const CLAIMS = "@request.auth.claims";

/** A header, or a claim: `@request.auth.claims.a.b` or `@request.auth.claims[a][b]`. */
function writeHeaderOrClaim(name: string): Write {
  if (!name.startsWith(CLAIMS)) return writeHeader(name);
  const rest = name.slice(CLAIMS.length);
  return writeClaim(rest.startsWith("[") ? rest.slice(1, -1).split("][") : rest.slice(1).split("."));
}

/** A host of a VirtualService or DestinationRule. */
export function hostCondition(
  hosts: readonly string[],
  namespace: string,
  isNew: (value: string) => boolean,
): Condition {
  return anyOf(
    hosts,
    isNew,
    (host) => {
      if (host === "*") return { meets: ["any.example"], misses: [] };
      if (host.startsWith("*")) return { meets: [`a${host.slice(1)}`], misses: [host.slice(2), `a${host.slice(1)}x`] };
      const service = host.includes(".") ? [] : [`${host}.${namespace}.svc.cluster.local`];
      return { meets: [host, ...service, `${host}:9080`], misses: [`${host}x`, `a.${host}`, `${host}.other`] };
    },
    writeHost,
  );
}
