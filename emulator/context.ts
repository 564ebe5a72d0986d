import { BUFFER, type Buffer, type LocalReplyRequest } from "./abi.ts";
import type { ByteString } from "./bytes.ts";
import type { HostCall } from "./calls.ts";
import type { LifeSpan, PropertyPrototype } from "./filter-state.ts";
import type { HeaderMap } from "./headers.ts";
import type { Plugin } from "./plugin.ts";

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
    readonly vm: { readonly configuration: ByteString },
    readonly id: number,
  ) {}

  /** The plugin that it belongs to; undefined for the VM's own. */
  get root(): Plugin | undefined {
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

  /** Keeps what it has, and gives a function that restores it; undefined where it does not outlive a snapshot. */
  snapshot(): (() => void) | undefined {
    return undefined;
  }

  sendLocalReply(_reply: LocalReplyRequest): void {}
  clearRouteCache(): void {}
  /** @param _response whether it is the response that goes on */
  continueStream(_response: boolean): void {}
  closeStream(): void {}
}
