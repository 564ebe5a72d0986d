import { struct, utf8, type PropertyValue, type StreamOptions } from "../../emulator/index.ts";
import { isObject, type Json } from "../input/resource.ts";
import { normalizePath } from "./normalize-path.ts";
import type { Request } from "./request.ts";

/** A header, as text. */
export type Header = readonly [name: string, value: string];

/**
 * A request's headers as Envoy hands them to filters: names in lower case, `Host` as `:authority`, the path normalized. `requestOf`
 * has refused what Envoy answers 400 to.
 */
export function headersOf(request: Request): Header[] {
  const { method = "GET", path = "/", scheme = "http", headers = {} } = request;
  const given = Object.entries(headers).flatMap(([name, value]) =>
    [value].flat().map((one) => [name.toLowerCase(), one.trim()] as const),
  );
  return [
    [":method", method],
    [":scheme", scheme],
    [":authority", authorityOf(request)],
    [":path", path === "*" ? path : normalizePath(path)],
    ...given.filter(([name]) => name !== "host"),
  ];
}

/** The host that a request is for, with its port where it names one; several `Host` headers are one, as in Envoy. */
export function authorityOf({ host, headers = {} }: Request): string {
  const given = Object.entries(headers).filter(([name]) => name.toLowerCase() === "host");
  return host ?? (given.length === 0 ? "localhost" : given.flatMap(([, value]) => value).join(","));
}

/** The port that the connection was made to: the one that is given, or that the host names, or that is usual for the scheme. */
export function portOf(request: Request): number {
  const named = /:(\d+)$/.exec(authorityOf(request))?.[1];
  return request.port ?? (named === undefined ? (request.scheme === "https" ? 443 : 80) : Number(named));
}

/** The request as the emulator takes it. */
export function streamOf(request: Request): StreamOptions {
  const requestHeaders = headersOf(request).map(([name, value]) => [utf8(name), utf8(value)] as const);
  return { requestHeaders, properties: propertiesOf(request) };
}

/** The numbers of envoy.config.core.v3.TrafficDirection. */
const DIRECTIONS: Readonly<Record<string, number>> = { INBOUND: 1, OUTBOUND: 2 };

function propertiesOf(request: Request): Record<string, PropertyValue> {
  const { principal, claims, direction, remoteIp, sni } = request;
  const uri = principal?.replace(/^(spiffe:\/\/)?/, "spiffe://");
  const connection = {
    ...(uri !== undefined && { mtls: true, uri_san_peer_certificate: uri }),
    ...(sni !== undefined && { requested_server_name: sni }),
  };
  const port = portOf(request);
  return {
    ...(Object.keys(connection).length > 0 && { connection }),
    ...(claims !== undefined && {
      metadata: {
        filter_metadata: { "envoy.filters.http.jwt_authn": struct({ payload: normalizedClaims(claims) as never }) },
      },
    }),
    ...(direction !== undefined && { xds: { listener_direction: DIRECTIONS[direction] as number } }),
    ...(remoteIp !== undefined && {
      source: { address: remoteIp.includes(":") ? `[${remoteIp}]:50000` : `${remoteIp}:50000` },
    }),
    destination: { port, address: `127.0.0.1:${port}` },
  };
}

/** The claims that Istio has jwt_authn split at blanks (istio `pilot/pkg/security/authn: policy_applier.go`). */
const SPACE_DELIMITED = ["scope", "permission"];

function normalizedClaims(claims: Json): Json {
  const split = SPACE_DELIMITED.filter((name) => typeof claims[name] === "string");
  const lists = split.map((name) => [name, (claims[name] as string).split(" ").filter((word) => word !== "")]);
  return isObject(claims) ? { ...claims, ...Object.fromEntries(lists) } : claims;
}
