/** What is seen of a request at a face: what decided, what the service got, and what the client got. */
import type { Answer } from "../../support/envoy/index.ts";
import { decodeSeen, SEEN } from "../echo.ts";

/** The response header with the cluster that was chosen, `-` if none. Envoy sets it after all that a route can say. */
export const CLUSTER = "x-oracle-cluster";
/** The response header with the name of the route that was taken. */
export const ROUTE = "x-oracle-route";
/** The header of answers of Envoy's own that says why they were given. */
export const DETAILS = "x-oracle-details";

/** What is compared. */
export interface Observation {
  status: number;
  /** The cluster that the service was reached by; undefined for an answer of the proxy's own. */
  cluster: string | undefined;
  /** The name of the route to the service; not compared. */
  route: string | undefined;
  upstream: { method: string; target: string; headers: Record<string, string[]> } | undefined;
  /** The client's. */
  headers: Record<string, string[]>;
  /** Of an answer of the proxy's own. */
  body: string | undefined;
  /** Why the proxy answered by itself; not compared, as a filter's reason is called otherwise than Envoy's. */
  details: string | undefined;
}

/** Headers that differ from request to request. */
const VOLATILE = ["x-request-id", "date", "x-envoy-upstream-service-time", SEEN, CLUSTER, ROUTE, DETAILS];

function collected(lines: readonly (readonly [string, string])[]): Record<string, string[]> {
  const headers: Record<string, string[]> = {};
  for (const [name, value] of lines) {
    const key = name.toLowerCase();
    if (!VOLATILE.includes(key)) (headers[key] ??= []).push(value);
  }
  return Object.fromEntries(Object.entries(headers).sort(([a], [b]) => (a < b ? -1 : 1)));
}

/** Reads an answer. */
export function observe({ status, headers, body }: Answer): Observation {
  const value = (name: string): string | undefined => headers.find(([key]) => key.toLowerCase() === name)?.[1];
  const seen = value(SEEN);
  const upstream = seen === undefined ? undefined : decodeSeen(seen);
  return {
    status,
    cluster: upstream && value(CLUSTER),
    route: upstream && value(ROUTE),
    upstream: upstream && {
      method: upstream.method,
      target: upstream.target,
      headers: collected(upstream.headers),
    },
    headers: collected(headers),
    body: upstream ? undefined : body,
    details: value(DETAILS),
  };
}

/** Whether the service was asked. */
export function isServed({ upstream }: Observation): boolean {
  return upstream !== undefined;
}
