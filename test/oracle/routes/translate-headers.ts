/**
 * `headers.request|response` {set, add, remove} as Envoy's header mutations of a route or a weighted cluster.
 * Source: istio/istio pilot/pkg/networking/core/route/route.go, TranslateHeadersOperations.
 */
import type { Json } from "./translate-match.ts";
import type { HeaderOperations, Headers } from "./virtual-service.ts";

/** The fields that Envoy's Route and WeightedCluster.ClusterWeight have in common, and the new authority, "" for none. */
export interface HeaderMutations {
  request_headers_to_add: Json[];
  request_headers_to_remove: string[];
  response_headers_to_add: Json[];
  response_headers_to_remove: string[];
  authority: string;
}

/** Names that are no headers to Envoy's mutations (route.go: isInternalHeader). */
function isInternal(name: string): boolean {
  return name.startsWith(":") || name.toLowerCase() === "host";
}

/** Names that rewrite the authority (route.go: isAuthorityHeader). */
function isAuthority(name: string): boolean {
  return name.toLowerCase() === ":authority" || name.toLowerCase() === "host";
}

/** Sorted by key as istiod does (route.go: translateAppendHeaders). */
function toAdd(values: Record<string, string> | undefined, action: string): Json[] {
  return Object.entries(values ?? {})
    .filter(([key]) => !isInternal(key))
    .sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0))
    .map(([key, value]) => ({ header: { key, value }, append_action: action }));
}

/** `set` before `add`. */
function additions(operations: HeaderOperations | undefined): Json[] {
  return [
    ...toAdd(operations?.set, "OVERWRITE_IF_EXISTS_OR_ADD"),
    ...toAdd(operations?.add, "APPEND_IF_EXISTS_OR_ADD"),
  ];
}

function authority(values: Record<string, string> | undefined): string {
  return Object.entries(values ?? {}).findLast(([key]) => isAuthority(key))?.[1] ?? "";
}

/** The mutations of one `headers` field; an authority in `set` has precedence over one in `add`. */
export function translateHeaders(headers: Headers | undefined): HeaderMutations {
  const { request, response } = headers ?? {};
  return {
    request_headers_to_add: additions(request),
    request_headers_to_remove: (request?.remove ?? []).filter((name) => !isInternal(name)),
    response_headers_to_add: additions(response),
    response_headers_to_remove: (response?.remove ?? []).filter((name) => !isInternal(name)),
    authority: authority(request?.set) || authority(request?.add),
  };
}
