import type { Buffer } from "./abi.ts";
import type { Bytes, ByteString } from "./bytes.ts";
import type { HeaderMap, Headers } from "./headers.ts";
import type { Pair } from "./pairs.ts";
import type { Properties } from "./properties.ts";
import type { PropertyValue } from "./property-value.ts";

/** The proxy that a plugin runs in (envoy.config.core.v3.Node), read as `xds.node`. */
export interface Node {
  readonly id?: string;
  readonly cluster?: string;
  /** A Struct: under Istio NAMESPACE, SERVICE_ACCOUNT, LABELS, … */
  readonly metadata?: { readonly [name: string]: PropertyValue };
}

/** How a plugin is configured (envoy.extensions.wasm.v3.PluginConfig). */
export interface RootOptions {
  /** `root_id`; under Istio the plugin's name. */
  readonly rootId?: string;
  readonly pluginName?: string;
  /** The plugin's configuration, text in UTF-8; JSON under Istio. */
  readonly configuration?: string | Uint8Array;
  readonly node?: Node;
  /** Properties that all its streams have, unless a stream says otherwise. */
  readonly properties?: Properties;
  /** Whether StopIteration from a headers callback stops only the headers. */
  readonly allowOnHeadersStopIteration?: boolean;
  /** What becomes of requests once the VM has failed: they are refused, or pass. */
  readonly failurePolicy?: "FAIL_CLOSED" | "FAIL_OPEN";
}

/** A request that a module sent with `proxy_http_call`. */
export interface HttpCall {
  readonly token: number;
  readonly cluster: string;
  readonly headers: readonly Pair[];
  readonly body: ByteString;
  readonly trailers: readonly Pair[];
  readonly timeoutMilliseconds: number;
}

/** An answer to such a request. */
export interface HttpCallAnswer {
  readonly headers: Headers;
  readonly body?: Bytes;
  readonly trailers?: Headers;
}

/** What host calls ask of the plugin that a context belongs to; `Root` is it. */
export interface Plugin {
  readonly rootId: string;
  readonly httpCalls: ReadonlyMap<number, HttpCall>;
  /** The period of its timer in milliseconds; 0 where it is off. */
  tickPeriod: number;
  /** What `proxy_get_status` gives. */
  readonly callStatus: { readonly code: number; readonly message: string };
  /** Sends a request; gives its token. */
  startHttpCall(call: Omit<HttpCall, "token">): number;
  /** The header map of that number of the answer that `proxy_on_http_call_response` is called for. */
  httpCallHeaders(type: number): HeaderMap | undefined;
  httpCallBody(): Buffer | undefined;
  /** A queue that the module registered has something in it. */
  queueFilled(token: number): void;
  /** `proxy_done`: the module has finished what kept `proxy_on_done` from giving true. */
  finish(): boolean;
}
