import { proxy_send_local_response } from "@solo-io/proxy-runtime/assembly/imports";
import { Text } from "../text/text";
import { Status } from "./status";

/** For `sendLocalReply`: the request need not be gRPC, and Envoy maps the status where it is. */
export const NO_GRPC_STATUS: u32 = 0xffffffff;

/**
 * Answers the request here. The host sends it when the callback has returned and stops the iteration whatever the
 * callback gives back. It works in the request's callbacks and in that of the response headers (seen with Envoy 1.40); once
 * the response's body has begun it resets the stream, and from `proxy_on_log` it crashes Envoy. White space in `details`
 * becomes `_`.
 */
export function sendLocalReply(code: u32, details: Text, body: Text, grpcStatus: u32): Status {
  return <Status>(
    proxy_send_local_response(code, details.start, details.length, body.start, body.length, 0, 0, grpcStatus)
  );
}
