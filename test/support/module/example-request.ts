import { struct, type Headers, type PropertyValue, type StreamOptions } from "../../../emulator/index.ts";

/** A request as the examples of a README write it. */
export interface ExampleRequest {
  /** The examples' usual host, `GET` and `/` where not given. */
  host?: string;
  method?: string;
  path?: string;
  /** A list is a header that is repeated. */
  headers?: Record<string, string | string[]>;
  /** The URI in the certificate of the verified peer; without one the request comes over plaintext. */
  peer?: string;
  /** Claims of a token that jwt_authn verified. */
  claims?: Record<string, PropertyValue>;
  /** The client's address as Envoy knows it, after `x-forwarded-for`. */
  remoteIp?: string;
  /** The port that the connection was made to. */
  port?: number;
  /** Filter state that filters before this one have set, by its key. */
  filterState?: Record<string, string>;
}

/** The request as the emulator takes it. */
export function streamOf(request: ExampleRequest, usualHost: string): StreamOptions {
  const { host = usualHost, method = "GET", path = "/", headers = {} } = request;
  const requestHeaders: Headers = {
    ":method": method,
    ":scheme": "http",
    ":authority": host,
    ":path": path,
    ...headers,
  };
  return { requestHeaders, properties: propertiesOf(request) };
}

function propertiesOf(request: ExampleRequest): Record<string, PropertyValue> {
  const { peer, claims, remoteIp, port, filterState } = request;
  return {
    ...(peer !== undefined && { connection: { mtls: true, uri_san_peer_certificate: peer } }),
    ...(claims !== undefined && {
      metadata: { filter_metadata: { "envoy.filters.http.jwt_authn": struct({ payload: claims }) } },
    }),
    ...(remoteIp !== undefined && { source: { address: `${remoteIp}:40000` } }),
    ...(port !== undefined && { destination: { port } }),
    ...(filterState !== undefined && { filter_state: filterState }),
  };
}
