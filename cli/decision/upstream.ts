import {
  fromUtf8,
  utf8,
  type Emulator,
  type LocalReply,
  type Pair,
  type PropertyValue,
  type Stream,
} from "../../emulator/index.ts";
import type { Values } from "./headers.ts";

/** What becomes of a request that goes on: what the upstream answers, or how Envoy ends it if there is no answer. */
export interface Upstream {
  /** The status of the answer; 200 if nothing is said. */
  readonly status: number;
  readonly headers: Values;
  /** The gRPC status in the trailers; absent if there are no trailers. */
  readonly grpcStatus?: number;
  /** How long it takes until the headers come, in milliseconds. */
  readonly takes: number;
  /** Envoy's response flag, as access logs have it. Absent if all went well. */
  readonly flag?: Flag;
  /** `%RESPONSE_CODE_DETAILS%`, if another filter answers in the upstream's place. */
  readonly details?: string;
  /** Whether the answer has come, and `flag` says how it breaks off after its headers. */
  readonly breaksOff: boolean;
}

/** The service answers 200, at once. */
export const ANSWERS: Upstream = { status: 200, headers: {}, takes: 0, breaksOff: false };

/** What a filter sees if another one after it answers the request. */
export function answeredBehind({ details, headers }: LocalReply): Upstream {
  const decoded = headers.map(([name, value]) => [fromUtf8(name), fromUtf8(value)] as const);
  const own = decoded.filter(([name]) => name !== ":status").map(([name, value]) => [name, [value]]);
  const status = Number(new Map(decoded).get(":status"));
  return { ...ANSWERS, status, headers: Object.fromEntries(own) as Values, details: fromUtf8(details) };
}

/** How a request ends, of which Envoy's access log has that flag. */
interface End {
  /** Of `response.flags` (`envoy/stream_info/stream_info.h: CoreResponseFlag`). */
  readonly bit: bigint;
  /** What Envoy answers in the upstream's place; 0 if nobody is there any more to answer. */
  readonly status: number;
  /** `%RESPONSE_CODE_DETAILS%` (`source/common/router/router.cc`, `stream_info.h: ResponseCodeDetailValues`). */
  readonly details: string;
  /** The same if the headers have come before; absent if there are none then. */
  readonly afterHeaders?: string;
  /** Whether there was a connection to the upstream. */
  readonly connected: boolean;
}

const before = (reason: string): string => `upstream_reset_before_response_started{${reason}}`;
const after = (reason: string): string => `upstream_reset_after_response_started{${reason}}`;

/** A reset on a connection that there was, before or after the headers of the response. */
function reset(bit: bigint, status: number, reason: string): End {
  return { bit, status, details: before(reason), afterHeaders: after(reason), connected: true };
}

const ENDS = {
  UF: {
    bit: 0x20n,
    status: 503,
    details: before("remote_connection_failure|delayed_connect_error:_Connection_refused"),
    connected: false,
  },
  UC: reset(0x40n, 503, "connection_termination"),
  UR: reset(0x10n, 503, "remote_reset"),
  LR: reset(0x8n, 503, "local_reset"),
  UPE: reset(0x800000n, 502, "protocol_error"),
  UT: { bit: 0x4n, status: 504, details: "response_timeout", connected: true },
  UO: { bit: 0x80n, status: 503, details: before("overflow"), connected: false },
  UH: { bit: 0x2n, status: 503, details: "no_healthy_upstream", connected: false },
  DC: {
    bit: 0x4000n,
    status: 0,
    details: "downstream_remote_disconnect",
    afterHeaders: "downstream_remote_disconnect",
    connected: true,
  },
} as const satisfies Record<string, End>;

/** A response flag that the command knows. */
export type Flag = keyof typeof ENDS;
export const FLAGS = Object.keys(ENDS) as readonly Flag[];

/** The flags of what can also happen after the headers of a response. */
export const FLAGS_AFTER_HEADERS = FLAGS.filter((flag) => "afterHeaders" in ENDS[flag]);

/** Properties of a stream that Envoy knows when the response comes; they are written into while the stream goes on. */
export interface ResponseProperties {
  readonly response: Record<string, PropertyValue>;
  readonly upstream: Record<string, PropertyValue>;
}

/** UNAVAILABLE, which Envoy makes of each of its own answers here (`source/common/grpc/status.cc: httpToGrpcStatus`). */
const UNAVAILABLE = "14";

/**
 * Lets a request that has gone on come to its end, up to the stream's own end: time passes, and the response comes, if one does.
 *
 * @param grpc whether the request is gRPC: Envoy then answers with 200 and a status of gRPC
 * @returns the headers of the response as they go on to the client; none if none came
 */
export function respond(
  stream: Stream,
  { clock }: Emulator,
  properties: ResponseProperties,
  upstream: Upstream,
  grpc: boolean,
): Pair[] {
  const { response } = properties;
  const end: End | undefined = upstream.flag === undefined ? undefined : ENDS[upstream.flag];
  clock.advance(upstream.takes);
  // Envoy knows its own end of a connection once there is one (`upstream_request.cc: onPoolReady`).
  if (end?.connected !== false) properties.upstream.local_address = "127.0.0.1:40000";
  Object.assign(response, { code_details: upstream.details ?? "via_upstream", flags: 0n });
  let headers: Pair[] = [];
  if (end === undefined || upstream.breaksOff) {
    const goesOn = upstream.grpcStatus !== undefined || upstream.breaksOff;
    headers = stream.responseHeaders(headersOf(upstream), !goesOn).headers;
  } else {
    Object.assign(response, { code_details: end.details, flags: end.bit });
    if (end.status !== 0) headers = stream.responseHeaders(envoysAnswer(end.status, grpc)).headers;
  }
  if (end !== undefined && upstream.breaksOff) {
    Object.assign(response, { code_details: end.afterHeaders ?? end.details, flags: end.bit });
  }
  if (upstream.grpcStatus !== undefined) {
    response.grpc_status = BigInt(upstream.grpcStatus);
    stream.responseTrailers({ "grpc-status": String(upstream.grpcStatus) });
  }
  return headers;
}

function headersOf({ status, headers }: Upstream): Pair[] {
  const own = Object.entries(headers).flatMap(([name, values]) => values.map((value) => pair(name, value)));
  return [pair(":status", String(status)), ...own];
}

function envoysAnswer(status: number, grpc: boolean): Record<string, string> {
  if (!grpc) return { ":status": String(status) };
  return { ":status": "200", "content-type": "application/grpc", "grpc-status": UNAVAILABLE };
}

function pair(name: string, value: string): Pair {
  return [utf8(name.toLowerCase()), utf8(value)];
}
