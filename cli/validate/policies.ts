import type { Path } from "../input/path.ts";
import { isObject, type Json } from "../input/resource.ts";
import { itemsOf, type Remark } from "./remark.ts";

/** Fields of a source and of an operation in which a star is a pattern at the start or at the end alone (istiod's `authz/matcher`). */
const PATTERNS = ["principals", "requestPrincipals", "trustDomains", "hosts", "methods", "paths"].flatMap(both);

/** The only attributes whose values are no such patterns: addresses, ports, and namespaces, in which a star may stand anywhere. */
const NO_PATTERN = /^(source\.(ip|namespace|serviceAccount)|remote\.ip|destination\.(ip|port))$/;

/** What the rules of an AuthorizationPolicy, which `at` leads to, hold that never matches. */
export function remarksOnRules(rules: unknown, at: Path): Remark[] {
  return itemsOf(rules).flatMap((rule, place) => {
    if (!isObject(rule)) return [];
    const own = [...at, place];
    return [
      ...parts(rule, "from", "source", own).flatMap(([fields, way]) => remarksOnFields(fields, way)),
      ...parts(rule, "to", "operation", own).flatMap(([fields, way]) => remarksOnFields(fields, way)),
      ...itemsOf(rule.when).flatMap((condition, number) => {
        if (!isObject(condition) || NO_PATTERN.test(String(condition.key))) return [];
        return ["values", "notValues"].flatMap((field) => stars(condition[field], [...own, "when", number, field], ""));
      }),
    ];
  });
}

/** Both forms of a field: `paths` and `notPaths`. */
function both(field: string): string[] {
  return [field, `not${field[0]?.toUpperCase()}${field.slice(1)}`];
}

function parts(rule: Json, list: string, field: string, at: Path): [Json, Path][] {
  return itemsOf(rule[list]).flatMap((item, place): [Json, Path][] => {
    const fields = isObject(item) ? item[field] : undefined;
    return isObject(fields) ? [[fields, [...at, list, place, field]]] : [];
  });
}

function remarksOnFields(fields: Json, at: Path): Remark[] {
  const methods = both("methods").flatMap((field) =>
    itemsOf(fields[field]).flatMap((value, place) => {
      const message = typeof value === "string" ? wrongMethod(value) : undefined;
      return message === undefined ? [] : [{ path: [...at, field, place], message }];
    }),
  );
  const inside = PATTERNS.flatMap((field) => {
    const isPath = /paths$/i.test(field);
    const more = isPath ? "; for one segment of a path write {*}, for several {**}" : "";
    return stars(fields[field], [...at, field], more, isPath);
  });
  return [...methods, ...inside];
}

/** Why no request has this method; undefined if one can. */
function wrongMethod(value: string): string | undefined {
  if (/[/.]/.test(value)) {
    return `"${value}" is no HTTP method, so it never matches: a gRPC call is a POST; write its name under paths, as "/package.Service/Method"`;
  }
  // RFC 9110, 9.1: methods are case-sensitive, and the standard ones are in capitals.
  const capitals = value.toUpperCase();
  if (value === capitals) return undefined;
  return `"${value}" never matches: methods are compared letter by letter, and clients send capitals; write "${capitals}"`;
}

/** Values with a star that is none of a pattern: istiod takes off one, at the start if there is one there. */
function stars(values: unknown, at: Path, more: string, templates = false): Remark[] {
  return itemsOf(values).flatMap((value, place) => {
    if (typeof value !== "string" || (templates && value.includes("{*"))) return [];
    const rest = value.startsWith("*") ? value.slice(1) : value.replace(/\*$/, "");
    if (!rest.includes("*")) return [];
    const message = `"${value}" matches only what has a * itself: one star at the start or at the end is a pattern, any other is a plain character${more}`;
    return [{ path: [...at, place], message }];
  });
}
