import type { LocalReplyRequest } from "./abi.ts";
import { bodyAction, headersAction, trailersAction } from "./actions.ts";
import type { BodyAction, HeadersAction, TrailersAction } from "./actions.ts";
import { byteString, type Bytes, type ByteString } from "./bytes.ts";
import type { Callback } from "./callbacks.ts";
import { HeaderMap, type Headers } from "./headers.ts";
import { CLOSE_STREAM_DETAILS, FAIL_STREAM_DETAILS } from "./local-reply.ts";
import { isGrpcRequest, replyDetails, replyGrpcStatus, replyHeaders, type LocalReply } from "./local-reply.ts";
import type { Pair } from "./pairs.ts";
import type { Properties } from "./properties.ts";
import { StreamContext, type StreamOwner } from "./stream-context.ts";

/** A request as a test makes it. */
export interface StreamOptions {
  readonly requestHeaders?: Headers;
  readonly properties?: Properties;
}

/** What a headers callback did. */
export interface HeadersOutcome {
  readonly action: HeadersAction;
  /** The headers as they go on, in order. */
  readonly headers: Pair[];
}

/** What a body callback did. */
export interface BodyOutcome {
  readonly action: BodyAction;
  /** The bytes that go on, or that wait where the action is to buffer. */
  readonly body: ByteString;
}

/**
 * One request on its way through the filter. A test takes the part of Envoy: `requestHeaders`, perhaps `requestBody`,
 * `responseHeaders`, …, then `end`. Callbacks that the module lacks pass everything on.
 *
 * Once the module has sent a local reply, its own response callbacks have seen that at once, and only `end` is left.
 */
export class Stream extends StreamContext {
  private phase: "new" | "request" | "response" | "over" = "new";
  private failureReplied = false;
  private deleted = false;
  /** Whether a callback of the request runs, so that a local reply waits until it has returned. */
  private decoding = false;
  /** What of the request's body came while everything was stopped. */
  private waiting: { body: ByteString; endOfStream: boolean } | undefined;

  constructor(root: StreamOwner, id: number, options: StreamOptions) {
    super(root, id, new HeaderMap("request", options.requestHeaders ?? []), options.properties);
  }

  /** The context is created and the request's headers arrive. */
  requestHeaders(endOfStream = true): HeadersOutcome {
    if (this.phase !== "new") throw new Error("the request headers have arrived already");
    this.phase = "request";
    this.create();
    this.maps.request = this.requestMap;
    const action = this.decode(() => this.headers("proxy_on_request_headers", this.requestMap, endOfStream));
    if (action === "Continue") this.maps.request = undefined;
    else this.requestPaused = true;
    if (isStopAll(action) && this.requestPaused) this.waiting = { body: "", endOfStream: false };
    return new Outcome(action, this.requestMap);
  }

  /** Envoy itself writes a header of the request behind the filters, as its tracer does; to be seen when the request is logged. */
  writeBehind(name: ByteString, value: ByteString): void {
    this.requestMap.replace(name, value);
  }

  /**
   * A piece of the request's body arrives. Where the headers' callback stopped everything, the module gets it once the
   * request goes on, in one piece with what else has come by then.
   */
  requestBody(piece: Bytes, endOfStream = true): BodyOutcome {
    this.expect("request");
    const { waiting } = this;
    if (waiting !== undefined) {
      waiting.body += byteString(piece);
      waiting.endOfStream = endOfStream;
      return { action: "StopIterationAndWatermark", body: waiting.body };
    }
    return this.decode(() => this.body("proxy_on_request_body", this.requestBodyState, byteString(piece), endOfStream));
  }

  /** The request's trailers arrive. */
  requestTrailers(trailers: Headers): { readonly action: TrailersAction; readonly headers: Pair[] } {
    this.expect("request");
    const map = new HeaderMap("request_trailers", trailers);
    this.maps.requestTrailers = map;
    const action = this.decode(() => this.trailers("proxy_on_request_trailers", map));
    if (action === "Continue") this.maps.requestTrailers = undefined;
    return { action, headers: map.pairs };
  }

  /** The upstream's response headers arrive. */
  responseHeaders(headers: Headers, endOfStream = true): HeadersOutcome {
    this.expect("request");
    return this.encodeHeaders(new HeaderMap("response", headers), endOfStream);
  }

  /** A piece of the response's body arrives. */
  responseBody(piece: Bytes, endOfStream = true): BodyOutcome {
    this.expect("response");
    return this.encodeBody(byteString(piece), endOfStream);
  }

  /** The response's trailers arrive. */
  responseTrailers(trailers: Headers): { readonly action: TrailersAction; readonly headers: Pair[] } {
    this.expect("response");
    const map = new HeaderMap("response_trailers", trailers);
    this.responseTrailerMap = map;
    if (this.failureReplied) return { action: "Continue", headers: map.pairs };
    this.maps.responseTrailers = map;
    const action = this.trailers("proxy_on_response_trailers", map);
    if (action === "Continue") this.maps.responseTrailers = undefined;
    return { action, headers: map.pairs };
  }

  /** The request is over and goes to the access log: `proxy_on_log`, the headers readable once more. */
  log(): void {
    if (this.logged) throw new Error("the stream has been logged already");
    // A request that Envoy itself answered never came to the filter; it is logged all the same.
    if (!this.created) this.create();
    this.phase = "over";
    this.logged = true;
    this.isLogging = true;
    this.vm.call(this, "proxy_on_log");
    this.isLogging = false;
    this.vm.settle();
  }

  /** Envoy destroys the filter (`destroy`), and deletes its context. */
  delete(): void {
    if (this.deleted) return;
    this.deleted = true;
    this.destroy();
    this.vm.unregister(this);
    this.root.streamGone();
  }

  /**
   * Envoy destroys the filter: `proxy_on_done`, whose result does not matter here, and `proxy_on_delete`. Its context can still be made
   * the effective one until `delete`, as Envoy deletes it when its event loop comes round.
   */
  private destroy(): void {
    if (this.destroyed) return;
    this.destroyed = true;
    this.phase = "over";
    if (this.created && this.vm.failed === undefined) {
      this.vm.call(this, "proxy_on_done");
      this.vm.settle();
      if (this.vm.failed === undefined) this.vm.call(this, "proxy_on_delete");
      this.vm.settle();
    }
  }

  /** The client hangs up: `log`, and all of `delete` but that the context goes, which Envoy may do after a call of the timer. */
  hangUp(): void {
    this.log();
    this.destroy();
  }

  /** The end of every request: `log`, then `delete`. */
  end(): void {
    this.log();
    this.delete();
  }

  override sendLocalReply(reply: LocalReplyRequest): void {
    this.vm.defer(() => this.reply(reply));
  }

  override continueStream(response: boolean): void {
    this.vm.defer(() => {
      // Seen of streams that ended while held: of two runs with 1.36.4 one ended in a segmentation fault, and 1.37.0 and 1.40.0 reported
      // a bug of the caller ("envoy bug failure").
      if (this.logged || this.destroyed) throw new Error("to continue a stream after its end can crash Envoy");
      if (!response) this.resume();
      // Seen with 1.40.0: a segmentation fault.
      else if (this.phase === "request") throw new Error("to continue a response that has not begun crashes Envoy");
      else this.responsePaused = false;
    });
    // Whichever goes on, it is the request that cannot be seen any more (Envoy's context.cc, `continueStream`).
    this.maps.request = undefined;
    this.maps.requestTrailers = undefined;
    this.requestBodyState.current = undefined;
  }

  override closeStream(): void {
    this.responseCodeDetails ??= CLOSE_STREAM_DETAILS;
    this.vm.defer(() => {
      this.reset = true;
      this.phase = "over";
    });
  }

  /** The request goes on: with what waited of its body, unless it has been answered meanwhile. */
  private resume(): void {
    const { waiting } = this;
    this.requestPaused = false;
    this.waiting = undefined;
    if (waiting !== undefined && this.phase === "request" && (waiting.body !== "" || waiting.endOfStream)) {
      this.requestBody(waiting.body, waiting.endOfStream);
    }
  }

  private decode<T>(callback: () => T): T {
    this.decoding = true;
    try {
      return callback();
    } finally {
      this.decoding = false;
    }
  }

  private create(): void {
    if (this.vm.failed === undefined && !this.created) {
      this.vm.call(this, "proxy_on_context_create", this.root.id);
      this.vm.settle();
    }
    this.created = true;
  }

  private reply(request: LocalReplyRequest): void {
    // Seen with 1.40.0: a segmentation fault, from each of the three.
    if (this.logged || this.destroyed) throw new Error("a local reply after the end of the stream crashes Envoy");
    const details = replyDetails(request);
    this.responseCodeDetails = details;
    // A second reply changes no more than the details.
    if (this.phase === "over") return;
    if (this.responseStarted) {
      // Too late: what has been sent cannot be taken back, so Envoy resets the stream.
      this.reset = true;
      this.phase = "over";
      return;
    }
    const headers = replyHeaders(request, isGrpcRequest(this.requestMap));
    const given = { status: request.status, details, grpcStatus: replyGrpcStatus(request) };
    if (this.phase === "response") {
      // In the midst of response headers the reply goes out past all filters.
      this.phase = "over";
      this.responseMap = headers;
      this.setLocalReply({ ...given, body: request.body, headers: headers.pairs });
      return;
    }
    const body = isGrpcRequest(this.requestMap) ? "" : request.body;
    this.encodeHeaders(headers, body === "");
    // Another reply has come in the midst of this one and gone out in its place. Not so where both are from a callback
    // of the request: then they wait for its end, and the first is sent.
    if (!this.decoding && this.hasEnded()) return;
    const sent = body === "" || this.reset ? "" : this.encodeBody(body, true).body;
    this.setLocalReply({ ...given, body: sent, headers: headers.pairs });
    this.phase = "over";
  }

  /** A method, so that the compiler does not take the phase for what it was before a callback. */
  private hasEnded(): boolean {
    return this.phase === "over";
  }

  private setLocalReply(reply: LocalReply): void {
    this.localReply = reply;
  }

  private encodeHeaders(map: HeaderMap, endOfStream: boolean): HeadersOutcome {
    this.phase = "response";
    this.responseMap = map;
    this.responseCode = Number(map.get(":status") ?? "0");
    if (this.failureReplied || !this.created) return new Outcome("Continue", map);
    this.maps.response = map;
    const action = this.headers("proxy_on_response_headers", map, endOfStream);
    if (action === "Continue") this.maps.response = undefined;
    else this.responsePaused = true;
    this.responseStarted = action === "Continue";
    return new Outcome(action, map);
  }

  private encodeBody(piece: ByteString, endOfStream: boolean): BodyOutcome {
    this.responseStarted = true;
    if (this.failureReplied) return { action: "Continue", body: piece };
    return this.body("proxy_on_response_body", this.responseBodyState, piece, endOfStream);
  }

  private headers(callback: Callback, map: HeaderMap, endOfStream: boolean): HeadersAction {
    if (this.failsStream()) return this.failOpen ? "Continue" : "StopAllIterationAndWatermark";
    if (!this.vm.exports(callback)) return "Continue";
    const result = this.vm.call(this, callback, map.size, Number(endOfStream));
    const allowStop = this.root.options.allowOnHeadersStopIteration ?? false;
    const action = headersAction(result >>> 0, this.vm.stopIteration, allowStop);
    this.vm.settle();
    if (this.failsStream()) return this.failOpen ? "Continue" : "StopAllIterationAndWatermark";
    return action;
  }

  private body(callback: Callback, state: BodyState, piece: ByteString, endOfStream: boolean): BodyOutcome {
    if (this.failsStream()) return { action: this.failOpen ? "Continue" : "StopIterationNoBuffer", body: piece };
    state.current = { bytes: state.buffering ? (state.current?.bytes ?? "") + piece : piece, writable: true };
    const buffer = state.current;
    if (!this.vm.exports(callback)) {
      state.current = undefined;
      return { action: "Continue", body: buffer.bytes };
    }
    const result = this.vm.call(this, callback, buffer.bytes.length, Number(endOfStream));
    const action = bodyAction(result >>> 0, this.vm.stopIteration);
    this.vm.settle();
    state.buffering = action === "StopIterationAndBuffer";
    if (action === "Continue") state.current = undefined;
    const failed = this.failsStream() && !this.failOpen;
    return { action: failed ? "StopIterationNoBuffer" : action, body: buffer.bytes };
  }

  private trailers(callback: Callback, map: HeaderMap): TrailersAction {
    if (!this.failsStream() && this.vm.exports(callback)) {
      const result = this.vm.call(this, callback, map.size);
      const action = trailersAction(result >>> 0, this.vm.stopIteration);
      this.vm.settle();
      if (!this.failsStream()) return action;
    }
    return this.vm.failed !== undefined && !this.failOpen ? "StopIteration" : "Continue";
  }

  private get failOpen(): boolean {
    return this.root.options.failurePolicy === "FAIL_OPEN";
  }

  /** Whether the VM has failed; the stream is then answered, once, unless the plugin fails open. */
  private failsStream(): boolean {
    if (this.vm.failed === undefined) return false;
    if (!this.failOpen && !this.failureReplied) {
      this.failureReplied = true;
      const grpcUnavailable = 14;
      const failure = { status: 503, details: FAIL_STREAM_DETAILS, body: "", headers: [], grpcStatus: grpcUnavailable };
      this.reply(failure);
    }
    return true;
  }

  private expect(phase: "request" | "response"): void {
    if (this.phase === phase) return;
    if (this.localReply !== undefined) throw new Error("the stream has been answered by a local reply");
    throw new Error(this.reset ? "the stream was reset" : `not in the ${phase} phase but: ${this.phase}`);
  }
}

function isStopAll(action: HeadersAction): boolean {
  return action === "StopAllIterationAndBuffer" || action === "StopAllIterationAndWatermark";
}

interface BodyState {
  current: { bytes: ByteString; writable: boolean } | undefined;
  buffering: boolean;
}

/** Lists the headers only when asked: most of a million requests never are. */
class Outcome implements HeadersOutcome {
  readonly #map: HeaderMap;

  constructor(
    readonly action: HeadersAction,
    map: HeaderMap,
  ) {
    this.#map = map;
  }

  get headers(): Pair[] {
    return this.#map.pairs;
  }
}
