import type { LocalReplyRequest } from "./abi.ts";
import type { ByteString } from "./bytes.ts";
import { HeaderMap } from "./headers.ts";
import type { Pair } from "./pairs.ts";

/** What the client got instead of an answer of the upstream. */
export interface LocalReply {
  readonly status: number;
  /** The response-code details, as `%RESPONSE_CODE_DETAILS%` prints them. */
  readonly details: ByteString;
  readonly body: ByteString;
  /** Its headers after the module's own response callbacks, in order. */
  readonly headers: readonly Pair[];
  readonly grpcStatus: number | undefined;
}

/** The highest status code of gRPC; a number beyond means that none is given (SDKs pass -1). */
const MAX_GRPC_STATUS = 16;

/** The details of the reply that a failed VM gives (Envoy's context.cc). */
export const FAIL_STREAM_DETAILS = "wasm_fail_stream";
/** The details of a stream that a module closes. */
export const CLOSE_STREAM_DETAILS = "wasm_close_stream";

/** Envoy's `StringUtil::replaceAllEmptySpace`. */
export function replyDetails({ details }: LocalReplyRequest): ByteString {
  return details.replace(/[ \t\n\v\f\r]/g, "_");
}

export function replyGrpcStatus({ grpcStatus }: LocalReplyRequest): number | undefined {
  return grpcStatus <= MAX_GRPC_STATUS ? grpcStatus : undefined;
}

/**
 * The headers that Envoy gives a local reply (source/common/http/utility.cc, `prepareLocalReply`): the status, what the
 * module added, the length and type of the body. The reply to a gRPC request is a status in headers alone.
 */
export function replyHeaders(reply: LocalReplyRequest, isGrpc: boolean): HeaderMap {
  const headers = new HeaderMap("response");
  headers.add(":status", String(reply.status));
  for (const [name, value] of reply.headers) headers.add(name, value);
  if (isGrpc) {
    headers.replace(":status", "200");
    headers.replace("content-type", "application/grpc");
    const status = replyGrpcStatus(reply) ?? grpcStatusOf(reply.status);
    headers.replace("grpc-status", String(status));
    if (reply.body !== "") headers.replace("grpc-message", percentEncoded(reply.body));
    headers.remove("content-length");
  } else if (reply.body === "") {
    headers.remove("content-length");
    headers.remove("content-type");
  } else {
    headers.replace("content-length", String(reply.body.length));
    if (headers.get("content-type") === undefined) headers.add("content-type", "text/plain");
  }
  return headers;
}

/** Whether a request is gRPC: its content type says so (source/common/grpc/common.cc, `hasGrpcContentType`). */
export function isGrpcRequest(request: HeaderMap): boolean {
  return /^application\/grpc(\+|;|$)/i.test(request.get("content-type") ?? "");
}

/** The gRPC status of an HTTP status (source/common/grpc/status.cc, `httpToGrpcStatus`). */
function grpcStatusOf(status: number): number {
  const codes: Readonly<Record<number, number>> = {
    400: 13,
    401: 16,
    403: 7,
    404: 12,
    429: 14,
    502: 14,
    503: 14,
    504: 14,
  };
  return codes[status] ?? 2;
}

/** The gRPC protocol's `Percent-Encoded`. */
function percentEncoded(message: ByteString): ByteString {
  return message.replace(
    /[^\x20-\x24\x26-\x7e]/g,
    (byte) => `%${byte.charCodeAt(0).toString(16).toUpperCase().padStart(2, "0")}`,
  );
}
