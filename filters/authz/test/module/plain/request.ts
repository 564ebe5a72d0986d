import { struct, type PropertyValue, type StreamOptions } from "../../../../../emulator/index.ts";
import type { Configuration, Workload } from "./policy.ts";

export type Claims = { readonly [name: string]: PropertyValue };

/** A request as a policy sees it. */
export interface Request {
  /** In order, pseudo-headers first; names in lower case. */
  readonly headers: readonly (readonly [name: string, value: string])[];
  /** Whether the peer showed a certificate that was verified. */
  readonly mtls: boolean;
  /** Its URI SAN; on a waypoint, what the listener before it knows of the peer. */
  readonly san?: string;
  /** Over plaintext, what the listener before a sidecar's knows of the peer (HBONE). */
  readonly forwarded?: string;
  /** The claims of the token that jwt_authn verified. */
  readonly claims?: Claims;
  /** What other filters wrote, by their names. */
  readonly metadata: Readonly<Record<string, Claims>>;
  /** Addresses as Envoy writes them: with their ports, or a pipe's path. */
  readonly remote: string;
  readonly direct: string;
  readonly local: string;
  readonly port: number;
  readonly serverName: string;
}

/** The request as the emulator's proxy has it. */
export function streamOf(
  request: Request,
  { kind, listener }: Workload,
  { directRemoteIp }: Configuration,
): StreamOptions {
  const { san, forwarded, mtls, claims, metadata, remote, direct, local, port, serverName } = request;
  const waypoint = kind === "waypoint";
  const peer = waypoint ? (san ?? "-") : forwarded;
  const filters = { ...metadata, ...(claims !== undefined && { [JWT]: { payload: struct(claims) } }) };
  return {
    requestHeaders: request.headers.map(([name, value]) => [name, Buffer.from(value)] as const),
    properties: {
      connection: {
        mtls: mtls && !waypoint,
        requested_server_name: serverName,
        ...(san !== undefined && !waypoint && { uri_san_peer_certificate: san }),
      },
      xds: { listener_direction: listener },
      source: { address: remote },
      destination: { address: local, port },
      filter_state: {
        ...(peer !== undefined && { "io.istio.peer_principal": peer }),
        ...(directRemoteIp !== undefined && { [directRemoteIp.filterState]: direct }),
      },
      metadata: { filter_metadata: filters },
    },
  };
}

/** The filter that puts a verified token's claims into metadata. */
const JWT = "envoy.filters.http.jwt_authn";
