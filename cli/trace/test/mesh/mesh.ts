/** Services behind proxies, as a test describes them; `simulate.ts` sends requests through them and gives the spans. */

/** Which of a request's trace headers an application puts on the calls that it makes. */
export type Passes =
  | "all"
  | "x-request-id"
  | "nothing"
  /** The headers that came to the pod, before its sidecar made a span of its own. */
  | "from before the sidecar"
  /** All, with the trace id cut to 64 bits. */
  | "half of the trace id"
  /** All, with `x-b3-sampled: 0` or `traceparent: …-00`. */
  | "sampled=0";

/** A call that a service makes for each request, or by a clock of its own. */
export interface Call {
  readonly to: string;
  readonly method: string;
  readonly path: string;
  /** Default: `http`. */
  protocol?: "http" | "grpc";
  /** How often it is made, in per cent of the requests; default 100. */
  percent?: number;
  /** Instead of the service's own, for this call alone. */
  passes?: Passes;
}

/** One replica. */
export interface Pod {
  readonly name: string;
  readonly ip: string;
  /** How far its clock is ahead, in µs. */
  skew: number;
  /** In place of the service's name in spans. */
  spanService?: string;
}

/** Spans that the application makes itself, with a tracer of its own. */
export interface OwnSpans {
  /** `false`: they name the parents of what follows and are sent nowhere. */
  readonly reported: boolean;
  /** Whether it reads the trace headers that the proxies write. If not, it begins a trace of its own. */
  readonly understands: boolean;
}

export interface Service {
  readonly name: string;
  readonly namespace: string;
  readonly kind: "gateway" | "sidecar" | "waypoint" | "external";
  readonly pods: Pod[];
  readonly calls: Call[];
  /** Calls that no request causes: one each so many µs. */
  readonly jobs: { readonly every: number; readonly call: Call }[];
  passes: Passes;
  /** Which spans of its proxy reach the backend. */
  reports: "both" | "inbound" | "outbound" | "neither";
  /** The share of its requests that it fails with 503, in per cent. */
  failing: number;
  /** Whether its port is named so that the sidecar sees HTTP. */
  portNamed: boolean;
  /** Whether its proxy decides on sampling anew, with this chance in per cent. */
  samplesAnew?: number;
  /** Whether an unsampled context is read as no context at all. */
  restartsUnsampled?: boolean;
  /** Whether its inbound span has the id of the caller's span (`shared_span_context`). */
  sharesIds?: boolean;
  /** Whether each call is tried twice, with one span id. */
  retriesWithOneId?: boolean;
  /** Which spans a gateway makes. */
  shape?: "server and client" | "client" | "mixed";
  /** Whether the whole path is in the span's name. */
  namesHavePaths?: boolean;
  own?: OwnSpans | undefined;
}

/** Who makes the proxies' spans: our filter, or one of Envoy's tracers. */
export type Tracer = "signalbox" | "envoy-opentelemetry" | "envoy-zipkin";

export interface Mesh {
  tracer: Tracer;
  readonly services: Map<string, Service>;
  /** The service that requests come to. */
  readonly entry: string;
  /** In per cent; where the entry or a broken trace decides. */
  sampling: number;
  /** Whether unsampled hops that fail report their own span (`keep`). */
  keep: boolean;
  /** The share of spans that never arrive, in per cent. */
  lost: number;
  /** µs between two requests, on average. */
  gap: number;
  /** Whether the client outside sends the same trace id with many requests. */
  clientReusesIds?: boolean;
  /** So many health checks of one service for each request. */
  probes?: number;
  probed?: string;
}

/** A service with nothing wrong; `calls` as `to` alone or in full. */
export function service(name: string, calls: readonly (string | Call)[] = [], more: Partial<Service> = {}): Service {
  return {
    name,
    namespace: "default",
    kind: "sidecar",
    pods: [pod(name, more.namespace ?? "default", 1)],
    calls: calls.map((call) => (typeof call === "string" ? { to: call, method: "GET", path: `/${call}` } : call)),
    jobs: [],
    passes: "all",
    reports: "both",
    failing: 0,
    portNamed: true,
    ...more,
  };
}

/** A pod whose address follows from its name. */
export function pod(name: string, namespace: string, replica: number): Pod {
  let hash = replica;
  for (const character of `${namespace}/${name}`) hash = (Math.imul(hash, 31) + character.charCodeAt(0)) >>> 0;
  return {
    name: `${name}-${(hash % 46656).toString(36)}-${replica}`,
    ip: `10.${(hash >>> 16) & 255}.${(hash >>> 8) & 255}.${hash & 255}`,
    skew: 0,
  };
}

/** A mesh of these services; requests come to the first. */
export function mesh(services: readonly Service[], more: Partial<Mesh> = {}): Mesh {
  return {
    tracer: "signalbox",
    services: new Map(services.map((one) => [one.name, one])),
    entry: services[0]?.name ?? "",
    sampling: 100,
    keep: false,
    lost: 0,
    gap: 20_000,
    ...more,
  };
}

/** The name in spans, as Istio gives it by default. */
export function spanName({ name, namespace, kind }: Service): string {
  return `${name}.${kind === "gateway" ? "istio-system" : namespace}`;
}

/** Istio's Bookinfo with its gateway; each changed by `change`, by name. */
export function bookinfo(change: Readonly<Record<string, Partial<Service>>> = {}, more: Partial<Mesh> = {}): Mesh {
  const made = [
    service("istio-ingressgateway", ["productpage"], { kind: "gateway", ...change["istio-ingressgateway"] }),
    service("productpage", ["details", "reviews"], change["productpage"]),
    service("details", [], change["details"]),
    service("reviews", ["ratings"], change["reviews"]),
    service("ratings", [], change["ratings"]),
  ];
  return mesh(made, more);
}
