/**
 * The part of Istio's VirtualService that header-routing takes (networking/v1alpha3/virtual_service.proto), as plain
 * objects with Istio's field names, so that one value is both the filter's pluginConfig and the translator's input.
 */

/** A StringMatch: at most one key. `{}` asks for presence only, which is not the same as `exact: ""`. */
export interface StringMatch {
  exact?: string;
  prefix?: string;
  regex?: string;
}

/** One block of `match[]`: every condition in it must hold. */
export interface HTTPMatchRequest {
  name?: string;
  uri?: StringMatch;
  scheme?: StringMatch;
  method?: StringMatch;
  authority?: StringMatch;
  headers?: Record<string, StringMatch>;
  withoutHeaders?: Record<string, StringMatch>;
  queryParams?: Record<string, StringMatch>;
  ignoreUriCase?: boolean;
  port?: number;
  sourceLabels?: Record<string, string>;
  sourceNamespace?: string;
}

/** Changes to the headers of one direction. */
export interface HeaderOperations {
  set?: Record<string, string>;
  add?: Record<string, string>;
  remove?: string[];
}

export interface Headers {
  request?: HeaderOperations;
  response?: HeaderOperations;
}

export interface Destination {
  host: string;
  subset?: string;
  port?: { number: number };
}

export interface HTTPRouteDestination {
  destination: Destination;
  weight?: number;
  headers?: Headers;
}

/** One entry of `http[]`; without `match` it takes every request. */
export interface HTTPRoute {
  name?: string;
  match?: HTTPMatchRequest[];
  route: HTTPRouteDestination[];
  headers?: Headers;
}

export interface VirtualService {
  name: string;
  namespace: string;
  hosts: string[];
  http: HTTPRoute[];
}

/** The proxy for which a list of VirtualServices is translated: what `sourceLabels`, `sourceNamespace` and `port` are compared with. */
export interface Proxy {
  namespace: string;
  labels: Record<string, string>;
  /** The port of the listener, which `match[].port` names. */
  listenerPort: number;
}

/** How the filter makes a destination visible: `pluginConfig.steering`. */
export interface Steering {
  header: string;
  value: string;
}
