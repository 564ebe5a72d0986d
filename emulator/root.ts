import { byteString, utf8, type ByteString } from "./bytes.ts";
import { BUFFER, MAP, type Buffer } from "./abi.ts";
import { Context } from "./context.ts";
import type { PropertyPrototype } from "./filter-state.ts";
import { HeaderMap } from "./headers.ts";
import type { Instance } from "./instance.ts";
import type { HttpCall, HttpCallAnswer, Plugin, RootOptions } from "./plugin.ts";
import { lookUp } from "./properties.ts";
import { struct, type PropertyValue } from "./property-value.ts";
import { keepLength, keepMap } from "./snapshot.ts";
import { Status } from "./status.ts";
import { Stream, type StreamOptions } from "./stream.ts";

/** One configuration of a plugin: its root context. */
export class Root extends Context implements Plugin {
  readonly rootId: string;
  readonly pluginName: string;
  /** What `proxy_on_vm_start` and `proxy_on_configure` said: Envoy refuses the configuration where one gives false. */
  accepted = false;
  /** The period of its timer in milliseconds; 0 where it is off. */
  tickPeriod = 0;
  /** The requests that it or its streams sent and that were not answered yet. */
  readonly httpCalls = new Map<number, HttpCall>();
  /** Whether `proxy_on_delete` has been called, or would have been. */
  deleted = false;
  /** What `proxy_get_status` gives. */
  callStatus = { code: 0, message: "" };
  /** What was declared with `declare_property`, by name. */
  readonly prototypes = new Map<ByteString, PropertyPrototype>();

  private readonly configuration: ByteString;
  private readonly attributes: { readonly [name: string]: PropertyValue };
  private configuring = false;
  private answer: { headers: HeaderMap; body: ByteString; trailers: HeaderMap | undefined } | undefined;
  private streams = 0;
  private awaitsDone = false;
  private released = false;

  constructor(
    override readonly vm: Instance,
    id: number,
    readonly options: RootOptions,
  ) {
    super(vm, id);
    this.rootId = options.rootId ?? "";
    this.pluginName = options.pluginName ?? this.rootId;
    const { configuration = "" } = options;
    this.configuration = typeof configuration === "string" ? utf8(configuration) : byteString(configuration);
    const { metadata, ...node } = options.node ?? {};
    this.attributes = {
      xds: { node: { id: "", cluster: "", ...node, metadata: struct(metadata ?? {}) } },
      plugin_name: this.pluginName,
      plugin_root_id: this.rootId,
      plugin_vm_id: vm.vmId,
    };
  }

  override get root(): Root {
    return this;
  }

  /** Makes the module create and configure it; `vm.createRoot` calls it. */
  start(): void {
    this.configuring = true;
    this.vm.call(this, "proxy_on_context_create", 0);
    this.created = true;
    // The VM is started independently of any plugin, so this one's configuration cannot be read meanwhile.
    this.configuring = false;
    const { vm } = this;
    const started =
      !vm.exports("proxy_on_vm_start") || vm.call(this, "proxy_on_vm_start", vm.configuration.length) !== 0;
    vm.settle();
    if (started && vm.failed === undefined) {
      this.configuring = true;
      this.accepted =
        !vm.exports("proxy_on_configure") || vm.call(this, "proxy_on_configure", this.configuration.length) !== 0;
      this.configuring = false;
      vm.settle();
    }
    if (vm.failed !== undefined) this.accepted = false;
  }

  /**
   * A request: as Envoy's filter chain is made. The module hears of it with `requestHeaders`.
   *
   * @throws Error where the configuration was refused or the root is gone
   */
  stream(options: StreamOptions = {}): Stream {
    if (!this.accepted && this.vm.failed === undefined) throw new Error("the configuration was refused");
    if (this.released) throw new Error("the root was deleted");
    this.streams++;
    return this.vm.register((id) => new Stream(this, id, options));
  }

  /**
   * The timer fires.
   *
   * @throws Error where the module has not set it
   */
  tick(): void {
    if (this.tickPeriod === 0) throw new Error("no timer is set");
    this.vm.call(this, "proxy_on_tick");
    this.vm.settle();
  }

  /** Answers one of `httpCalls`. */
  answerHttpCall(token: number, { headers, body = "", trailers }: HttpCallAnswer): void {
    this.takeHttpCall(token);
    this.answer = {
      headers: new HeaderMap("response", headers),
      body: byteString(body),
      trailers: trailers === undefined ? undefined : new HeaderMap("response_trailers", trailers),
    };
    const sizes = [this.answer.headers.size, this.answer.body.length, this.answer.trailers?.size ?? 0] as const;
    this.vm.call(this, "proxy_on_http_call_response", token, ...sizes);
    this.answer = undefined;
    this.vm.settle();
  }

  /** Has one of `httpCalls` fail: no connection, a reset, or the timeout passed. */
  failHttpCall(token: number): void {
    this.takeHttpCall(token);
    this.callStatus = { code: Status.BrokenConnection, message: "reset" };
    this.vm.call(this, "proxy_on_http_call_response", token, 0, 0, 0);
    this.callStatus.message = "";
    this.vm.settle();
  }

  /**
   * Envoy lets go of it: `proxy_on_done` and, unless that gives false, `proxy_on_delete`; after its last stream where it
   * still has some.
   */
  delete(): void {
    if (this.released) return;
    this.released = true;
    if (this.streams === 0) this.shutDown();
  }

  /**
   * Envoy takes it up again: an equal configuration was pushed while streams still held this root. The module does not
   * hear of that.
   *
   * @throws Error where it is gone
   */
  takeUp(): void {
    if (this.released && this.streams === 0) throw new Error("the root was deleted");
    this.released = false;
  }

  /** What a stream does when it is gone. */
  streamGone(): void {
    this.streams--;
    if (this.released && this.streams === 0) this.shutDown();
  }

  /** `proxy_done`: the module has finished what kept `proxy_on_done` from giving true. */
  finish(): boolean {
    if (!this.awaitsDone) return false;
    this.awaitsDone = false;
    this.vm.defer(() => this.remove());
    return true;
  }

  startHttpCall(call: Omit<HttpCall, "token">): number {
    const token = this.vm.nextCallOutToken();
    this.httpCalls.set(token, { token, ...call });
    return token;
  }

  queueFilled(token: number): void {
    this.vm.defer(() => {
      this.vm.call(this, "proxy_on_queue_ready", token);
      this.vm.settle();
    });
  }

  httpCallHeaders(type: number): HeaderMap | undefined {
    if (type === MAP.httpCallResponseHeaders) return this.answer?.headers;
    return type === MAP.httpCallResponseTrailers ? this.answer?.trailers : undefined;
  }

  httpCallBody(): Buffer | undefined {
    return this.answer === undefined ? undefined : { bytes: this.answer.body, writable: false };
  }

  override snapshot(): () => void {
    const kept = [keepMap(this.httpCalls), keepMap(this.prototypes), keepLength(this.hostCalls)];
    const { accepted, tickPeriod, deleted, streams, awaitsDone, released } = this;
    const callStatus = { ...this.callStatus };
    return () => {
      for (const restore of kept) restore();
      Object.assign(this, { accepted, tickPeriod, deleted, callStatus: { ...callStatus } });
      Object.assign(this, { streams, awaitsDone, released });
    };
  }

  override buffer(type: number): Buffer | undefined {
    if (type !== BUFFER.pluginConfiguration || !this.configuring) return super.buffer(type);
    return { bytes: this.configuration, writable: false };
  }

  override property(path: readonly string[]): ByteString | number {
    return path.length === 1 && path[0] === "xds" ? Status.SerializationFailure : lookUp(this.attributes, path);
  }

  override declareProperty(name: ByteString, prototype: PropertyPrototype): boolean {
    if (this.prototypes.has(name)) return false;
    this.prototypes.set(name, prototype);
    return true;
  }

  private takeHttpCall(token: number): void {
    if (!this.httpCalls.delete(token)) throw new Error(`no HTTP call ${token}`);
  }

  private shutDown(): void {
    const { vm } = this;
    const done = !vm.exports("proxy_on_done") || vm.failed !== undefined || vm.call(this, "proxy_on_done") !== 0;
    vm.settle();
    if (done) this.remove();
    else this.awaitsDone = true;
  }

  private remove(): void {
    if (this.vm.failed === undefined) this.vm.call(this, "proxy_on_delete");
    this.deleted = true;
    this.vm.unregister(this);
    this.vm.settle();
  }
}
