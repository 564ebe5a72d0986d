import { proxy_continue_stream } from "@solo-io/proxy-runtime/assembly/imports";
import { Status } from "./status";

/** Which half of a stream (proxy-wasm 0.2.1, `proxy_stream_type_t`). */
const enum StreamType {
  REQUEST = 0,
}

/** Lets the effective context's request, which was held at its headers, go on when the callback has returned. */
export function continueRequest(): Status {
  return <Status>proxy_continue_stream(StreamType.REQUEST);
}
