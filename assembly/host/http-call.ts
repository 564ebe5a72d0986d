import { proxy_http_call } from "@solo-io/proxy-runtime/assembly/imports";
import { Text } from "../text/text";
import { Status } from "./status";

const out: usize = memory.data(4, 4);

/** The token of the call that `sendHttpCall` sent. */
export let callToken: u32 = 0;

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
