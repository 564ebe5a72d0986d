import { attribute, type AttributeSource } from "./attributes.ts";
import { utf8, type ByteString } from "./bytes.ts";
import { BUFFER, MAP, type Buffer } from "./abi.ts";
import { Context } from "./context.ts";
import type { FilterStateValue, LifeSpan, PropertyPrototype } from "./filter-state.ts";
import { HeaderMap } from "./headers.ts";
import type { Instance } from "./instance.ts";
import type { LocalReply } from "./local-reply.ts";
import type { Plugin, RootOptions } from "./plugin.ts";
import { isGroup, lookUp, type Properties } from "./properties.ts";
import { Status } from "./status.ts";

/** The state prefix of what a module sets (Envoy's context.cc, `CelStateKeyPrefix`). */
const PREFIX = "wasm.";

/** What a stream asks of the plugin that it belongs to; `Root` is it. */
export interface StreamOwner extends Plugin {
  readonly vm: Instance;
  readonly id: number;
  readonly options: RootOptions;
  /** What was declared with `declare_property`, by name. */
  readonly prototypes: ReadonlyMap<ByteString, PropertyPrototype>;
  /** The bytes of a property that is no stream's, or the status that says why there are none. */
  property(path: readonly string[]): ByteString | number;
  /** One of its streams is gone. */
  streamGone(): void;
}

/** What a stream's host calls see and change; `Stream` adds the order in which things happen. */
export abstract class StreamContext extends Context {
  /** What is answered in the upstream's place, where the module or its failure decided that. */
  localReply: LocalReply | undefined;
  /** How often the route was forgotten, so that Envoy takes it again. */
  routeClears = 0;
  /** Whether the request waits for `proxy_continue_stream`. */
  requestPaused = false;
  /** Whether the response does. */
  responsePaused = false;
  /** Whether the stream was cut off: closed by the module, or a local reply that came too late. */
  reset = false;
  /** Filter state by its whole key: what `proxy_set_property` sets has `wasm.` before its path. */
  readonly filterState = new Map<string, FilterStateValue>();
  /** What `%RESPONSE_CODE_DETAILS%` prints, as far as the module determines it. */
  responseCodeDetails: ByteString | undefined;
  responseCode: number | undefined;

  protected logged = false;
  protected destroyed = false;
  protected responseStarted = false;
  /** The maps that callbacks can see now; each goes when its callback lets it go on. */
  protected readonly maps: Partial<
    Record<"request" | "requestTrailers" | "response" | "responseTrailers", HeaderMap | undefined>
  > = {};
  protected responseMap: HeaderMap | undefined;
  protected responseTrailerMap: HeaderMap | undefined;
  protected readonly requestBodyState = { current: undefined as Buffer | undefined, buffering: false };
  protected readonly responseBodyState = { current: undefined as Buffer | undefined, buffering: false };

  override readonly vm: Instance;

  constructor(
    private readonly owner: StreamOwner,
    id: number,
    protected readonly requestMap: HeaderMap,
    /** What properties there are; a test may change them between callbacks. */
    public properties: Properties | undefined,
  ) {
    super(owner.vm, id);
    this.vm = owner.vm;
  }

  override get root(): StreamOwner {
    return this.owner;
  }

  /** Whether a write to the request's headers, or the module itself, made Envoy take the route again. */
  get routeCleared(): boolean {
    return this.routeClears > 0;
  }

  override readableHeaders(type: number): HeaderMap | undefined {
    if (type > MAP.responseTrailers) return this.root.httpCallHeaders(type);
    if (!this.isLogging) return this.visible(type);
    if (type === MAP.requestHeaders) return this.requestMap;
    if (type === MAP.responseHeaders) return this.responseMap;
    return type === MAP.responseTrailers ? this.responseTrailerMap : undefined;
  }

  override writableHeaders(type: number): HeaderMap | undefined {
    return this.visible(type);
  }

  private visible(type: number): HeaderMap | undefined {
    if (type === MAP.requestHeaders) return this.maps.request;
    if (type === MAP.requestTrailers) return this.maps.requestTrailers;
    if (type === MAP.responseHeaders) return this.maps.response;
    return type === MAP.responseTrailers ? this.maps.responseTrailers : undefined;
  }

  override buffer(type: number): Buffer | undefined {
    const state = type === BUFFER.requestBody ? this.requestBodyState : this.responseBodyState;
    return type <= BUFFER.responseBody && state.current !== undefined ? state.current : super.buffer(type);
  }

  override property(path: readonly string[]): ByteString | number {
    for (const properties of [this.properties, this.root.options.properties]) {
      if (properties === undefined) continue;
      const given = typeof properties !== "function" && isGroup(path) ? Status.NotFound : lookUp(properties, path);
      if (given !== Status.NotFound) return given;
    }
    if (isGroup(path)) return Status.SerializationFailure;
    const own = this.root.property(path);
    if (own !== Status.NotFound) return own;
    return attribute(this.attributeSource(), path) ?? this.filterStateProperty(path) ?? Status.NotFound;
  }

  override setProperty(path: ByteString, value: ByteString): number {
    const key = PREFIX + path;
    const prototype = this.root.prototypes.get(path);
    if (prototype?.readOnly === true && this.filterState.has(key)) return Status.BadArgument;
    this.filterState.set(key, { value, lifeSpan: prototype?.lifeSpan ?? "FilterChain" });
    return Status.Ok;
  }

  /** Which keys there are, and what each takes, is Envoy's; here every key takes every value. */
  override setEnvoyFilterState(key: ByteString, value: ByteString, lifeSpan: LifeSpan): number {
    this.filterState.set(key, { value, lifeSpan });
    return Status.Ok;
  }

  override clearRouteCache(): void {
    this.routeClears++;
  }

  private attributeSource(): AttributeSource {
    const { responseCode, responseCodeDetails } = this;
    const request = this.maps.request ?? (this.isLogging ? this.requestMap : undefined);
    const response = this.maps.response ?? (this.isLogging ? this.responseMap : undefined);
    return { request, response, responseCode, responseCodeDetails, isOver: this.logged || this.destroyed };
  }

  /** What was set with `proxy_set_property`, read by its name or through `filter_state`; a path in it names nothing. */
  private filterStateProperty(path: readonly string[]): ByteString | undefined {
    const [first = "", second = ""] = path;
    if (path.length === 1) return this.filterState.get(PREFIX + utf8(first))?.value;
    return path.length === 2 && first === "filter_state" ? this.filterState.get(utf8(second))?.value : undefined;
  }
}
