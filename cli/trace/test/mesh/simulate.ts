/** Requests through a mesh, and the spans that its proxies and applications report of them. */
import { Random } from "../../../../test/oracle/random.ts";
import { spanName, type Call, type Mesh, type Passes, type Pod, type Service } from "./mesh.ts";
import { attributesOf, resourceOf, type Hop } from "./attributes.ts";

/** A span as it was reported. */
export interface MadeSpan {
  trace: string;
  id: string;
  parent: string | undefined;
  traceState: string;
  /** Of OTLP; 0 where the tracer sends none. */
  flags: number;
  name: string;
  kind: "SERVER" | "CLIENT" | "INTERNAL";
  /** µs since 1970. */
  start: number;
  end: number;
  error: boolean;
  service: string;
  scope: string;
  attributes: Record<string, string | number>;
  resource: Record<string, string>;
}

/** What headers say of a trace. */
interface Context {
  readonly trace: string;
  readonly span: string;
  readonly sampled: boolean;
  readonly threshold: string;
}

interface Headers {
  readonly context: Context | undefined;
  readonly requestId: string | undefined;
}

interface Answer {
  readonly end: number;
  readonly status: number;
}

/** 2026-08-22T10:00:00Z, in µs. */
const BEGIN = 1_787_392_800_000_000;

/** Sends `requests` requests, and gives the spans in the order of their starts. */
export function simulate(mesh: Mesh, requests: number, seed = 1): MadeSpan[] {
  return new Simulation(mesh, new Random(seed)).run(requests);
}

class Simulation {
  readonly #mesh: Mesh;
  readonly #random: Random;
  readonly #spans: MadeSpan[] = [];

  constructor(mesh: Mesh, random: Random) {
    this.#mesh = mesh;
    this.#random = random;
  }

  run(requests: number): MadeSpan[] {
    const mesh = this.#mesh;
    const entry = this.#service(mesh.entry);
    let now = BEGIN;
    let client: Context | undefined;
    for (let request = 0; request < requests; request++) {
      if (mesh.clientReusesIds === true) {
        client ??= { trace: this.#id(16), span: this.#id(8), sampled: true, threshold: "" };
        if (request % 5 === 4) client = undefined;
      }
      this.#inbound(entry, { context: client, requestId: undefined }, now, call(entry.name));
      for (let probe = 0; probe < (mesh.probes ?? 0); probe++) this.#probe(now + this.#between(0, mesh.gap));
      now += this.#between(mesh.gap / 2, (mesh.gap * 3) / 2) + (client === undefined ? 0 : 2_000_000);
    }
    for (const service of mesh.services.values()) this.#work(service, now);
    return this.#spans.filter(() => mesh.lost === 0 || this.#random.int(1000) >= mesh.lost * 10).sort(byStart);
  }

  /** A service's own calls, from the beginning to `until`. */
  #work(service: Service, until: number): void {
    for (const { every, call } of service.jobs) {
      for (let now = BEGIN + this.#between(0, every); now < until; now += this.#between(every / 2, (every * 3) / 2)) {
        this.#outbound(service, this.#random.pick(service.pods), NOTHING, now, call);
      }
    }
  }

  #probe(now: number): void {
    const service = this.#service(this.#mesh.probed ?? this.#mesh.entry);
    const path = this.#random.pick(["/healthz", "/ready", "/metrics"]);
    this.#inbound({ ...service, calls: [], own: undefined }, NOTHING, now, { to: service.name, method: "GET", path });
  }

  /** A request reaches a service's pod; what its inbound listener and its application make of it. */
  #inbound(service: Service, came: Headers, start: number, call: Call, to?: Pod): Answer {
    const random = this.#random;
    const at = to ?? random.pick(service.pods);
    const isForgotten = service.restartsUnsampled === true && came.context?.sampled === false;
    const headers = isForgotten ? { ...came, context: undefined } : came;
    const requestId = headers.requestId ?? this.#requestId();
    if (!service.portNamed) return this.#application(service, at, headers, headers, start, requestId);
    const context = this.#enter(service, headers.context, requestId);
    const isGateway = service.kind === "gateway";
    const makesServer = !isGateway || service.shape === undefined || service.shape === "server and client";
    const serves = makesServer || (service.shape === "mixed" && random.percent(50));
    const shared = service.sharesIds === true && headers.context !== undefined;
    const id = shared ? (headers.context as Context).span : this.#id(8);
    const own: Context = serves ? { ...context, span: id } : context;
    const inside = { context: serves || headers.context !== undefined ? own : undefined, requestId };
    const answer = isGateway
      ? this.#gateway(service, at, inside, start + this.#between(50, 200))
      : this.#application(service, at, inside, headers, start + this.#between(50, 200), requestId);
    const end = answer.end + this.#between(20, 100);
    const parent = shared ? undefined : headers.context?.span;
    const hop: Hop = {
      kind: "SERVER",
      service,
      at,
      call,
      requestId,
      status: answer.status,
      root: parent === undefined,
    };
    if (serves && service.reports !== "outbound") this.#report(hop, { ...own, span: id }, parent, start, end);
    return { end, status: answer.status };
  }

  #gateway(service: Service, at: Pod, headers: Headers, start: number): Answer {
    const [route] = service.calls;
    if (route === undefined) return { end: start, status: 404 };
    return this.#outbound(service, at, headers, start, route);
  }

  #application(service: Service, at: Pod, inside: Headers, before: Headers, start: number, requestId: string): Answer {
    const random = this.#random;
    const own = service.own;
    const failed = random.int(1000) < service.failing * 10;
    let seen: Headers = { ...inside, requestId };
    if (own !== undefined) {
      const context = own.understands ? inside.context : undefined;
      const span = this.#id(8);
      const trace = context?.trace ?? this.#id(16);
      seen = { context: { ...(context ?? FRESH), trace, span }, requestId: own.understands ? requestId : undefined };
      const answer = this.#calls(service, at, seen, seen, start + 20, own.understands);
      const sampled = context?.sampled ?? true;
      if (own.reported && sampled)
        this.#reportOwn(service, at, seen.context as Context, context?.span, start, answer.end);
      return { end: answer.end + 10, status: failed ? 503 : answer.status };
    }
    const answer = this.#calls(service, at, seen, before, start, true);
    return { end: answer.end, status: failed ? 503 : answer.status };
  }

  #calls(service: Service, at: Pod, seen: Headers, before: Headers, start: number, understood: boolean): Answer {
    const random = this.#random;
    let now = start + this.#between(300, 3000);
    let status = 200;
    for (const call of service.calls) {
      if (!random.percent(call.percent ?? 100)) continue;
      const passed = passedOn(call.passes ?? service.passes, seen, before);
      // What the application writes in another format than the proxy reads is no context for the proxy.
      const headers = understood ? passed : { context: undefined, requestId: passed.requestId };
      const answer = this.#outbound(service, at, headers, now, call);
      if (answer.status >= 500 && random.percent(70)) status = answer.status;
      now = random.percent(80) ? answer.end + this.#between(100, 1000) : Math.max(now + 200, answer.end);
    }
    return { end: now + this.#between(100, 1500), status };
  }

  /** A call leaves a pod by its proxy. */
  #outbound(service: Service, at: Pod, headers: Headers, start: number, call: Call): Answer {
    const requestId = headers.requestId ?? this.#requestId();
    const context = this.#enter(service, headers.context, requestId);
    const target = this.#service(call.to);
    const peer = this.#random.pick(target.pods);
    const makes = service.kind !== "gateway" || service.shape === undefined || service.shape !== "mixed";
    const calls = makes || headers.context === undefined;
    const id = calls ? this.#id(8) : (headers.context as Context).span;
    const own = { ...context, span: id };
    const tries = service.retriesWithOneId === true ? 2 : 1;
    let answer: Answer = { end: start, status: 200 };
    let begin = start;
    for (let attempt = 1; attempt <= tries; attempt++) {
      answer = this.#arrive(target, { context: own, requestId }, begin + this.#between(100, 800), call, peer);
      const end = answer.end + this.#between(100, 800);
      const { status } = answer;
      const parent = headers.context?.span;
      const hop: Hop = {
        kind: "CLIENT",
        service,
        at,
        call,
        target,
        peer,
        requestId,
        status,
        root: parent === undefined,
      };
      if (calls && service.reports !== "inbound") this.#report(hop, own, parent, begin, end);
      answer = { end, status };
      begin = end + this.#between(1000, 3000);
    }
    return answer;
  }

  #arrive(target: Service, headers: Headers, start: number, call: Call, peer: Pod): Answer {
    if (target.kind !== "external") return this.#inbound(target, headers, start, call, peer);
    return { end: start + this.#between(1000, 20_000), status: 200 };
  }

  /** The context that a proxy goes on with: the one that came, or a new one. */
  #enter(service: Service, came: Context | undefined, requestId: string): Context {
    const mesh = this.#mesh;
    if (came !== undefined) {
      if (service.samplesAnew === undefined) return came;
      return { ...came, sampled: came.sampled && this.#random.percent(service.samplesAnew) };
    }
    const trace = this.#id(16);
    if (mesh.tracer !== "signalbox")
      return { trace, span: "", sampled: isSampled(requestId, mesh.sampling), threshold: "" };
    const sampled = Number.parseInt(trace.slice(18), 16) / 2 ** 56 >= 1 - mesh.sampling / 100;
    return { trace, span: "", sampled, threshold: threshold(mesh.sampling) };
  }

  #report(hop: Hop, context: Context, parent: string | undefined, start: number, end: number): void {
    const { tracer, keep } = this.#mesh;
    const { service, at, call, kind, status } = hop;
    const kept = !context.sampled;
    if (service.reports === "neither") return;
    if (kept && !(tracer === "signalbox" && keep && status >= 500)) return;
    const sampled = kept ? 0 : 1;
    const remote = kind === "SERVER" && parent !== undefined ? 0x300 : 0x100;
    const attributes = attributesOf(tracer, hop, this.#mesh.sampling);
    if (kept) attributes["signalbox.kept"] = "error";
    const whole = service.namesHavePaths === true ? `${call.path}/${this.#random.int(1_000_000)}` : "";
    this.#spans.push({
      trace: context.trace,
      id: context.span,
      parent,
      traceState: kept || tracer !== "signalbox" ? "" : context.threshold,
      flags: tracer === "envoy-zipkin" ? 0 : tracer === "signalbox" ? remote | sampled : sampled,
      name: whole !== "" ? `${call.method} ${whole}` : nameOf(tracer, hop),
      kind,
      start: Math.round(start + at.skew),
      end: Math.round(end + at.skew),
      error: status >= 500,
      service: at.spanService ?? spanName(service),
      scope: tracer === "signalbox" ? "signalbox" : "envoy",
      attributes,
      resource: resourceOf(tracer, service, at),
    });
  }

  #reportOwn(service: Service, at: Pod, own: Context, parent: string | undefined, start: number, end: number): void {
    this.#spans.push({
      trace: own.trace,
      id: own.span,
      parent,
      traceState: "",
      flags: 1,
      name: "GET /",
      kind: "SERVER",
      start: Math.round(start + at.skew),
      end: Math.round(end + at.skew),
      error: false,
      service: spanName(service),
      scope: "io.opentelemetry.http",
      attributes: { "http.request.method": "GET" },
      resource: { "k8s.pod.name": at.name, "telemetry.sdk.language": "java" },
    });
  }

  #service(name: string): Service {
    const found = this.#mesh.services.get(name);
    if (found === undefined) throw new Error(`no service ${name}`);
    return found;
  }

  #between(least: number, most: number): number {
    return Math.round(least + this.#random.int(Math.max(1, Math.round(most - least))));
  }

  #id(bytes: number): string {
    return Buffer.from(this.#random.bytes(bytes)).toString("hex");
  }

  /** A UUID as Envoy makes it; the 14th digit is for Envoy's own notes. */
  #requestId(): string {
    const hex = this.#id(16);
    return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-4${hex.slice(13, 16)}-a${hex.slice(17, 20)}-${hex.slice(20)}`;
  }
}

const NOTHING: Headers = { context: undefined, requestId: undefined };
const FRESH = { sampled: true, threshold: "" };

function call(to: string): Call {
  return { to, method: "GET", path: "/" };
}

function passedOn(passes: Passes, seen: Headers, before: Headers): Headers {
  const { context, requestId } = seen;
  switch (passes) {
    case "all":
      return seen;
    case "x-request-id":
      return { context: undefined, requestId };
    case "nothing":
      return NOTHING;
    case "from before the sidecar":
      return { context: before.context ?? context, requestId };
    case "half of the trace id":
      return { context: context && { ...context, trace: context.trace.slice(16).padStart(32, "0") }, requestId };
    case "sampled=0":
      return { context: context && { ...context, sampled: false }, requestId };
  }
}

/** Envoy decides by the request id, without its 14th digit. */
function isSampled(requestId: string, percent: number): boolean {
  return Number.parseInt(requestId.slice(0, 8), 16) / 2 ** 32 < percent / 100;
}

/** OpenTelemetry's `th` of a percentage, without the zeroes at its end. */
function threshold(percent: number): string {
  const rejected = Math.round((1 - percent / 100) * 2 ** 48) * 256;
  const digits = rejected.toString(16).padStart(14, "0").replace(/0+$/, "");
  return `ot=th:${digits === "" ? "0" : digits}`;
}

function nameOf(tracer: Mesh["tracer"], { call, kind, service }: Hop): string {
  if (call.protocol === "grpc") return "hipstershop.Service/Get";
  if (tracer === "signalbox") return call.method;
  const port = kind === "SERVER" && service.kind !== "gateway" ? "9080" : "80";
  return `${call.to}.${service.namespace}.svc.cluster.local:${port}/*`;
}

function byStart(a: MadeSpan, b: MadeSpan): number {
  return a.start - b.start;
}
