import { proxy_get_buffer_bytes, proxy_http_call } from "@solo-io/proxy-runtime/assembly/imports";
import { Text } from "../text/text";
import { Status } from "./status";

/** proxy-wasm 0.2.1, `proxy_buffer_type_t`. */
const HTTP_CALL_RESPONSE_BODY: u32 = 4;

const out: usize = memory.data(8, 8);

/** The token of the call that `sendHttpCall` sent, and what the host said to it. */
export let callToken: u32 = 0;
export let callStatus: Status = Status.OK;

/** Where `readCallBody` put the bytes, and how many they are. */
export let callBody: usize = 0;
export let callBodyLength: u32 = 0;

/**
 * Sends a request of the plugin's own to a cluster; `headers` in the encoding of `host/headers.ts` (`HeaderList`), with `:method`, `:path`
 * and `:authority`. BadArgument if Envoy has no such cluster. The host calls `proxy_on_http_call_response` with the token for the
 * answer, with 0 headers if there is none: a reset, or `timeout` milliseconds passed. InternalFailure if Envoy cannot send it, as no
 * host is healthy or a circuit breaker is open; nothing is called then.
 *
 * The call belongs to the root, from whichever context it is sent, and outlives a stream (proxy-wasm-cpp-host `src/exports.cc:
 * http_call`).
 */
export function sendHttpCall(cluster: Text, headers: Text, body: usize, length: u32, timeout: u32): Status {
  callStatus = <Status>(
    proxy_http_call(cluster.start, cluster.length, headers.start, headers.length, body, length, 0, 0, timeout, out)
  );
  callToken = callStatus == Status.OK ? load<u32>(out) : 0;
  return callStatus;
}

/**
 * Reads the first bytes of an answer's body, within `proxy_on_http_call_response` alone. They live until the callback ends. False if the host
 * does not give them.
 */
export function readCallBody(size: u32): bool {
  callBodyLength = 0;
  if (size == 0) return true;
  if (<Status>proxy_get_buffer_bytes(HTTP_CALL_RESPONSE_BODY, 0, size, out, out + 4) != Status.OK) return false;
  callBody = load<usize>(out);
  callBodyLength = load<u32>(out, 4);
  return true;
}
