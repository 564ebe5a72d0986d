import { proxy_get_buffer_bytes, proxy_http_call } from "@solo-io/proxy-runtime/assembly/imports";
import { Text } from "../text/text";
import { Status } from "./status";

/** proxy-wasm 0.2.1, `proxy_buffer_type_t`. */
const HTTP_CALL_RESPONSE_BODY: u32 = 4;
const out: usize = memory.data(8, 8);

/** The token of the call that `sendHttpCall` sent. */
export let callToken: u32 = 0;

/** Where `readAnswerBody` put the bytes, and how many they are. */
export let answerBodyStart: usize = 0;
export let answerBodyLength: u32 = 0;

/**
 * Sends a request of the plugin's own to a cluster; `headers` in the encoding of `host/headers.ts` (`HeaderList`), with `:method`, `:path`
 * and `:authority`. BadArgument if Envoy has no such cluster. The host calls `proxy_on_http_call_response` with the token for the
 * answer, with 0 headers if there is none: a reset, or `timeout` milliseconds passed.
 *
 * The call belongs to the root, from whichever context it is sent, and outlives a stream (proxy-wasm-cpp-host `src/exports.cc:
 * http_call`).
 */
export function sendHttpCall(cluster: Text, headers: Text, body: usize, length: u32, timeout: u32): Status {
  const status = <Status>(
    proxy_http_call(cluster.start, cluster.length, headers.start, headers.length, body, length, 0, 0, timeout, out)
  );
  callToken = status == Status.OK ? load<u32>(out) : 0;
  return status;
}

/** Reads the first `size` bytes of the answer's body; within `proxy_on_http_call_response` alone. They live until the callback ends. */
export function readAnswerBody(size: u32): Status {
  answerBodyLength = 0;
  if (size == 0) return Status.OK;
  const status = <Status>proxy_get_buffer_bytes(HTTP_CALL_RESPONSE_BODY, 0, size, out, out + 4);
  if (status == Status.OK) {
    answerBodyStart = load<usize>(out);
    answerBodyLength = load<u32>(out + 4);
  }
  return status;
}
