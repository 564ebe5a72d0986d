/**
 * A list of VirtualServices as the RouteConfiguration that istiod sends to a sidecar's outbound listener.
 * Source: istio/istio pilot/pkg/networking/core/route/route.go, BuildHTTPRoutesForVirtualService, TranslateRoute,
 * applyHTTPRouteDestination, processDestination, processWeightedDestination; and pilot/pkg/networking/core/httproute.go,
 * BuildSidecarOutboundVirtualHosts.
 */
import { translateHeaders } from "./translate-headers.ts";
import type { HeaderMutations } from "./translate-headers.ts";
import { DomainTable } from "./translate-hosts.ts";
import { isCatchAll, translateRouteMatch } from "./translate-match.ts";
import type { Json } from "./translate-match.ts";
import type { HTTPMatchRequest, HTTPRoute, HTTPRouteDestination, Proxy, VirtualService } from "./virtual-service.ts";

/** Which cluster a destination is; istiod's names by default, so that a translation can be compared with istiod's own. */
export type ClusterOf = (destination: HTTPRouteDestination) => string;

/** Header mutations that an experiment puts on top of what istiod makes, to see which destination was chosen. */
export type Mark = (destination: HTTPRouteDestination) => Partial<HeaderMutations>;

export interface Options {
  proxy: Proxy;
  cluster: ClusterOf;
  mark?: Mark;
  /** The configuration of other filters that istiod puts on a route, by the filter's name; none where not given. */
  perFilter?: (route: HTTPRoute) => Json;
}

/** The source and the port are compared when translated, never at run time (route.go: sourceMatchHTTP, TranslateRoute). */
export function appliesTo(match: HTTPMatchRequest | undefined, proxy: Proxy): boolean {
  if (match === undefined) return true;
  if (match.port && match.port !== proxy.listenerPort) return false;
  const labels = Object.entries(match.sourceLabels ?? {});
  if (!labels.every(([key, value]) => proxy.labels[key] === value)) return false;
  return !match.sourceNamespace || match.sourceNamespace === proxy.namespace;
}

/** Both lists of mutations, the first before the second. */
function join(first: Partial<HeaderMutations>, second: Partial<HeaderMutations>): Json {
  const both = <Field extends Exclude<keyof HeaderMutations, "authority">>(field: Field): Json => {
    const values = [...(first[field] ?? []), ...(second[field] ?? [])];
    return values.length > 0 ? { [field]: values } : {};
  };
  return {
    ...both("request_headers_to_add"),
    ...both("request_headers_to_remove"),
    ...both("response_headers_to_add"),
    ...both("response_headers_to_remove"),
  };
}

/** The rewritten authority, for a route action or a weighted cluster. */
function hostRewrite(authority: string): Json {
  return authority === "" ? {} : { host_rewrite_literal: authority };
}

/**
 * The action of a route and its header mutations. With one destination its operations follow the route's own, in one
 * list; with several each weighted cluster has its own, and those of weight 0 are left out.
 */
function action(route: HTTPRoute, { cluster, mark = () => ({}) }: Options): Json {
  const own = translateHeaders(route.headers);
  const [only] = route.route;
  if (route.route.length === 1 && only) {
    const its = translateHeaders(only.headers);
    const marked = join(its, mark(only));
    return {
      ...join(own, marked as Partial<HeaderMutations>),
      route: { cluster: cluster(only), timeout: "0s", ...hostRewrite(own.authority || its.authority) },
    };
  }
  const clusters = route.route
    .filter((destination) => (destination.weight ?? 0) !== 0)
    .map((destination) => {
      const its = translateHeaders(destination.headers);
      return {
        name: cluster(destination),
        weight: destination.weight,
        ...join(its, mark(destination)),
        ...hostRewrite(its.authority),
      };
    });
  return {
    ...join(own, {}),
    route: { weighted_clusters: { clusters }, timeout: "0s", ...hostRewrite(own.authority) },
  };
}

/** Envoy's name for a route: `<route>.<match>` (route.go: TranslateRoute). */
function routeName(route: HTTPRoute, match: HTTPMatchRequest | undefined): string {
  const name = route.name ?? "";
  return match?.name ? `${name}.${match.name}` : name;
}

/** The routes of one VirtualService in order; a catch-all ends them (route.go: BuildHTTPRoutesForVirtualService). */
export function translateRoutes(virtualService: VirtualService, options: Options): Json[] {
  const routes: Json[] = [];
  for (const route of virtualService.http) {
    const matches = route.match?.length ? route.match : [undefined];
    for (const block of matches) {
      if (!appliesTo(block, options.proxy)) continue;
      const match = translateRouteMatch(block);
      const name = routeName(route, block);
      const perFilter = options.perFilter?.(route) ?? {};
      const configured = Object.keys(perFilter).length > 0 && { typed_per_filter_config: perFilter };
      routes.push({ ...(name !== "" && { name }), match, ...action(route, options), ...configured });
      if (isCatchAll(match)) return routes;
    }
  }
  return routes;
}

/** The RouteConfiguration; a VirtualService of which no route applies to the proxy leaves its hosts to the others. */
export function translate(virtualServices: VirtualService[], options: Options): Json & { virtual_hosts: Json[] } {
  const table = new DomainTable(options.proxy.namespace, options.proxy.listenerPort);
  const hosts = virtualServices.flatMap((virtualService) => {
    const routes = translateRoutes(virtualService, options);
    if (routes.length === 0) return [];
    return table.claim(virtualService.hosts, virtualService.namespace).map((domains) => ({ ...domains, routes }));
  });
  return { virtual_hosts: hosts, validate_clusters: false, ignore_port_in_host_matching: true };
}
