/**
 * The part of Istio's VirtualService that the filters take (networking/v1alpha3/virtual_service.proto), as plain
 * objects with Istio's field names, so that one value is both a filter's pluginConfig and the translator's input.
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

/** A share of requests, in per cent; 0 where `value` is not given. */
export interface Percent {
  value?: number;
}

/** What becomes of requests instead of, or before, being forwarded. */
export interface HTTPFaultInjection {
  delay?: {
    percentage?: Percent;
    /** Deprecated in Istio: what counts where `percentage` is not given. */
    percent?: number;
    /** Such as `5s`, as Go writes durations. */
    fixedDelay: string;
  };
  /** With one of `httpStatus` and `grpcStatus`, the latter by its name. */
  abort?: { percentage?: Percent; httpStatus?: number; grpcStatus?: string };
}

/** One entry of `http[]`; without `match` it takes every request. */
export interface HTTPRoute {
  name?: string;
  match?: HTTPMatchRequest[];
  route: HTTPRouteDestination[];
  headers?: Headers;
  fault?: HTTPFaultInjection;
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
