import { isObject, type Json } from "../input/resource.ts";

/** What istiod decides of a match when it builds the routes of a proxy; the rest is decided for each request. */
const FOR_PROXY = ["gateways", "sourceLabels", "sourceNamespace", "port"] as const;

/** The matches of an entry of `http`: one that every request meets where it has none (istio `route.go`). */
export function blocksOf({ match }: Json): Json[] {
  if (!Array.isArray(match) || match.length === 0) return [{}];
  return match.map((block) => (isObject(block) ? block : {}));
}

/** The parts of a match by which istiod decides whether a proxy has the route at all. */
export function proxyPart(block: Json): Json {
  return Object.fromEntries(FOR_PROXY.filter((field) => isSet(block[field])).map((field) => [field, block[field]]));
}

/** Whether istiod builds the route for every proxy and port of the gateway. */
export function isForAnyProxy(block: Json): boolean {
  return Object.keys(proxyPart(block)).length === 0;
}

/** Whether every request meets the match, as istiod sees it (istio `route.go: IsCatchAllRoute`). */
export function catchesAll(block: Json): boolean {
  const { uri } = block;
  const anyPath = !isSet(uri) || (isObject(uri) && (uri["prefix"] === "/" || uri["regex"] === ".*"));
  const others = ["headers", "withoutHeaders", "queryParams"].some((field) => isSet(block[field]));
  return anyPath && !others && ["scheme", "method", "authority"].every((field) => block[field] == null);
}

/** Whether a field says something: Istio takes an empty list or map, an empty name and port 0 for none. */
export function isSet(value: unknown): boolean {
  if (value === undefined || value === null || value === "" || value === 0) return false;
  if (Array.isArray(value)) return value.length > 0;
  return !isObject(value) || Object.keys(value).length > 0;
}

/** The conditions that are not there twice; one that asks nothing is enough by itself. */
export function withoutCopies(conditions: readonly Json[]): Json[] {
  const known = new Map(conditions.map((condition) => [JSON.stringify(condition), condition]));
  const anything = known.get("{}");
  return anything === undefined ? [...known.values()] : [anything];
}
