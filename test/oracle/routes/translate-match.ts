/**
 * A block of `match[]` as the RouteMatch that istiod sends to Envoy.
 * Source: istio/istio pilot/pkg/networking/core/route/route.go, TranslateRouteMatch and the functions named below.
 */
import type { HTTPMatchRequest, StringMatch } from "./virtual-service.ts";

/** An Envoy message in its JSON form, with the field names of the proto files. */
export type Json = { [field: string]: unknown };

/** Envoy's StringMatcher, or undefined for `{}` (pilot/pkg/networking/util/util.go: ConvertToEnvoyMatch). */
function stringMatcher(match: StringMatch): Json | undefined {
  if (match.exact !== undefined) return { exact: match.exact };
  if (match.prefix !== undefined) return { prefix: match.prefix };
  if (match.regex !== undefined) return { safe_regex: { regex: match.regex } };
  return undefined;
}

/** Whether only the presence is asked for: `{}`, or the regex `*`, which is not RE2 (route.go: canBeConvertedToPresentMatch). */
function asksForPresence(match: StringMatch): boolean {
  return stringMatcher(match) === undefined || match.regex === "*";
}

/** A HeaderMatcher (route.go: translateHeaderMatch). */
function headerMatcher(name: string, match: StringMatch): Json & { name: string } {
  return asksForPresence(match) ? { name, present_match: true } : { name, string_match: stringMatcher(match) };
}

/** A QueryParameterMatcher (route.go: translateQueryParamMatch). */
function queryParameterMatcher(name: string, match: StringMatch): Json {
  return asksForPresence(match) ? { name, present_match: true } : { name, string_match: stringMatcher(match) };
}

const CLAIMS = "@request.auth.claims";

/**
 * The path of the claim that a header key names, or undefined for an ordinary header: `@request.auth.claims.a.b` or
 * `@request.auth.claims[a][b]` (pkg/jwt/routing.go: ToRoutingClaim).
 */
export function claimPath(key: string): string[] | undefined {
  if (!key.toLowerCase().startsWith(CLAIMS)) return undefined;
  const rest = key.slice(CLAIMS.length);
  if (rest.startsWith(".") && rest.length > 1) return rest.slice(1).split(".");
  if (rest.startsWith("[") && rest.endsWith("]") && rest.length > 2) return rest.slice(1, -1).split("][");
  return undefined;
}

/** A claim's value, or any one of its list (pilot/pkg/security/authz/matcher/metadata.go: MetadataListValueMatcher). */
function metadataMatcher(path: string[], match: StringMatch): Json {
  const value = { string_match: stringMatcher(match) };
  return {
    filter: "envoy.filters.http.jwt_authn",
    path: ["payload", ...path].map((key) => ({ key })),
    value: { or_match: { value_matchers: [{ list_match: { one_of: value } }, value] } },
  };
}

/** The path specifier; without `uri` it is the prefix `/`, which every path has. */
function pathSpecifier(uri: StringMatch | undefined): Json {
  if (uri?.exact !== undefined) return { path: uri.exact };
  if (uri?.prefix !== undefined) return { prefix: uri.prefix };
  if (uri?.regex !== undefined) return { safe_regex: { regex: uri.regex } };
  return { prefix: "/" };
}

/** By code points, as Go's string comparison of the UTF-8 bytes. */
function byName(a: { name: string }, b: { name: string }): number {
  return a.name < b.name ? -1 : a.name > b.name ? 1 : 0;
}

/**
 * The RouteMatch of one block (route.go: TranslateRouteMatch); `undefined` stands for a route without `match`.
 * The order of the header matchers is istiod's; it has no influence on what matches, since all of them must hold.
 */
export function translateRouteMatch(match: HTTPMatchRequest | undefined): Json {
  if (match === undefined) return { prefix: "/" };
  const headers: (Json & { name: string })[] = [];
  const metadata: Json[] = [];
  for (const [name, value] of Object.entries(match.headers ?? {})) {
    const claim = claimPath(name);
    if (claim) metadata.push(metadataMatcher(claim, value));
    else headers.push(headerMatcher(name, value));
  }
  for (const [name, value] of Object.entries(match.withoutHeaders ?? {})) {
    const claim = claimPath(name);
    if (claim) {
      metadata.push({ ...metadataMatcher(claim, value), invert: true });
    } else {
      const missingIsEmpty = asksForPresence(value) ? {} : { treat_missing_header_as_empty: true };
      headers.push({ ...headerMatcher(name, value), invert_match: true, ...missingIsEmpty });
    }
  }
  headers.sort(byName);
  if (match.method) headers.push(headerMatcher(":method", match.method));
  if (match.authority) headers.push(headerMatcher(":authority", match.authority));
  if (match.scheme) headers.push(headerMatcher(":scheme", match.scheme));
  const query = Object.entries(match.queryParams ?? {}).map(([name, value]) => queryParameterMatcher(name, value));
  return {
    ...pathSpecifier(match.uri),
    case_sensitive: !match.ignoreUriCase,
    ...(headers.length > 0 && { headers }),
    ...(query.length > 0 && { query_parameters: query }),
    ...(metadata.length > 0 && { dynamic_metadata: metadata }),
  };
}

/** Whether a RouteMatch takes every request, so that istiod sends no route after it (route.go: IsCatchAllRoute). */
export function isCatchAll(match: Json): boolean {
  const regex = match["safe_regex"] as { regex: string } | undefined;
  const anyPath = match["prefix"] === "/" || regex?.regex === ".*";
  return anyPath && !match["headers"] && !match["query_parameters"] && !match["dynamic_metadata"];
}
