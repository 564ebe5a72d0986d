import type { ByteString } from "./bytes.ts";

/** Buffers by number (proxy-wasm 0.2.1, `proxy_buffer_type_t`). */
export const BUFFER = {
  requestBody: 0,
  responseBody: 1,
  httpCallResponseBody: 4,
  vmConfiguration: 6,
  pluginConfiguration: 7,
  max: 8,
} as const;

/** Header maps by number (proxy-wasm 0.2.1, `proxy_map_type_t`). */
export const MAP = {
  requestHeaders: 0,
  requestTrailers: 1,
  responseHeaders: 2,
  responseTrailers: 3,
  httpCallResponseHeaders: 6,
  httpCallResponseTrailers: 7,
  max: 7,
} as const;

/** A part of the proxy's data that a module reads with `proxy_get_buffer_bytes`, and may be able to change. */
export interface Buffer {
  bytes: ByteString;
  readonly writable: boolean;
}

/** What a module asked to be answered instead of the upstream. */
export interface LocalReplyRequest {
  readonly status: number;
  readonly details: ByteString;
  readonly body: ByteString;
  readonly headers: readonly (readonly [ByteString, ByteString])[];
  readonly grpcStatus: number;
}
