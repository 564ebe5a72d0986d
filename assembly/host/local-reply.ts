import { proxy_send_local_response } from "@solo-io/proxy-runtime/assembly/imports";
import { Text } from "../text/text";
import { arenaTake } from "../memory/arena";
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
  return reply(code, details, body, 0, 0, grpcStatus);
}

/** The same with headers, which `HeaderList` has encoded. */
export function sendLocalReplyWithHeaders(
  code: u32,
  details: Text,
  body: Text,
  headers: Text,
  grpcStatus: u32,
): Status {
  return reply(code, details, body, headers.start, headers.length, grpcStatus);
}

/** The same with a header of that name, its value being the `length` bytes at `value`. */
export function sendLocalReplyWithHeader(
  code: u32,
  details: Text,
  body: Text,
  name: Text,
  value: usize,
  length: u32,
): Status {
  // The pairs' encoding, as `host/headers.ts` tells it.
  const size = 4 + 8 + name.length + 1 + length + 1;
  const pairs = arenaTake(size);
  store<u32>(pairs, 1);
  store<u32>(pairs + 4, name.length);
  store<u32>(pairs + 8, length);
  memory.copy(pairs + 12, name.start, name.length);
  store<u8>(pairs + 12 + name.length, 0);
  memory.copy(pairs + 13 + name.length, value, length);
  store<u8>(pairs + 13 + name.length + length, 0);
  return reply(code, details, body, pairs, size, NO_GRPC_STATUS);
}

/** `headers` is where pairs lie in the host's encoding, `size` bytes of them. */
function reply(code: u32, details: Text, body: Text, headers: usize, size: u32, grpcStatus: u32): Status {
  return <Status>(
    proxy_send_local_response(code, details.start, details.length, body.start, body.length, headers, size, grpcStatus)
  );
}
