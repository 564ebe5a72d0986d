import type { ByteString } from "./bytes.ts";
import type { HostCall } from "./calls.ts";
import type { LifeSpan, PropertyPrototype } from "./foreign.ts";
import type { HeaderMap } from "./headers.ts";
import type { Root } from "./root.ts";
import type { Vm } from "./vm.ts";

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

/**
 * What a host call acts upon: the VM itself (id 0, while it starts), a plugin (`Root`), or a request (`Stream`). Here is
 * what holds where there is no stream.
 */
export class Context {
  /** The host calls that its callbacks made, in order, where the emulator records. */
  readonly hostCalls: HostCall[] = [];
  /** Whether `proxy_on_context_create` has been called for it. */
  protected created = false;

  constructor(
    readonly vm: Vm,
    readonly id: number,
  ) {}

  /** The plugin that it belongs to; undefined for the VM's own. */
  get root(): Root | undefined {
    return undefined;
  }

  /** The host calls as lines, such as `get_property connection.mtls`. */
  get calls(): string[] {
    return this.hostCalls.map(String);
  }

  /** The header map of that number for reading, if it can be seen now. */
  readableHeaders(_type: number): HeaderMap | undefined {
    return this.root?.httpCallHeaders(_type);
  }

  /** The header map of that number for writing, if it can be changed now. */
  writableHeaders(_type: number): HeaderMap | undefined {
    return undefined;
  }

  /** Whether a header that cannot be seen is reported as missing, as in the access log, instead of as a mistake. */
  isLogging = false;

  buffer(type: number): Buffer | undefined {
    if (type === BUFFER.vmConfiguration) return { bytes: this.vm.configuration, writable: false };
    if (type === BUFFER.httpCallResponseBody) return this.root?.httpCallBody();
    if (type === BUFFER.pluginConfiguration) return undefined;
    return { bytes: "", writable: false };
  }

  /** The bytes of a property, or the status that says why there are none. */
  property(_path: readonly string[]): ByteString | number {
    return 1;
  }

  /** Sets a property; gives a status. */
  setProperty(_path: ByteString, _value: ByteString): number {
    return 1;
  }

  /** Says how a property that will be set behaves; false where that was said before. */
  declareProperty(_name: ByteString, _prototype: PropertyPrototype): boolean {
    return true;
  }

  /** Sets filter state of one of Envoy's own types; gives a status. */
  setEnvoyFilterState(_key: ByteString, _value: ByteString, _lifeSpan: LifeSpan): number {
    return 1;
  }

  sendLocalReply(_reply: LocalReplyRequest): void {}
  clearRouteCache(): void {}
  /** @param _response whether it is the response that goes on */
  continueStream(_response: boolean): void {}
  closeStream(): void {}
}

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
