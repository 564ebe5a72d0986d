/** A span as the doctor looks at it: who reported it, for which request, and where it hangs. */
import { endOf, hostOf, responseFlagsOf, textOf, type Span } from "../span.ts";

/** What kind of proxy reported a span; `none` where an application did. */
export type Proxy = "sidecar" | "gateway" | "waypoint" | "none";

export interface Hop {
  readonly span: Span;
  readonly service: string;
  /** When it ended, in µs. */
  readonly end: number;
  readonly proxy: Proxy;
  /** Envoy's `node.id`, else the service: what shares a node shares a clock, and is one pod. */
  readonly node: string;
  /** x-request-id without its 14th digit, in which Envoy notes its decisions (source/common/tracing/tracer_impl). */
  readonly requestId: string | undefined;
  /** Reported by `keep` although the trace was not sampled. */
  readonly isKept: boolean;
  /** The span that `parentId` names, if it is in the trace. */
  parent: Hop | undefined;
  readonly children: Hop[];
}

export function hopOf(span: Span): Hop {
  const { attributes, resource } = span;
  const nodeId = textOf(attributes, "node_id") ?? textOf(resource, "node_id");
  const requestId = textOf(attributes, "guid:x-request-id");
  return {
    span,
    service: span.service,
    end: endOf(span),
    proxy: proxyOf(span, nodeId),
    node: nodeId ?? span.service,
    requestId: requestId === undefined ? undefined : withoutDecision(requestId),
    isKept: attributes.has("signalbox.kept"),
    parent: undefined,
    children: [],
  };
}

const KINDS: Readonly<Record<string, Proxy>> = { router: "gateway", waypoint: "waypoint", ingress: "gateway" };

/** Scopes of spans that a proxy reports. */
const SCOPES: ReadonlySet<string> = new Set(["signalbox", "envoy"]);
/** Attributes that only a proxy writes (envoyproxy/envoy: source/common/tracing/common_values.h). */
const OF_PROXIES = ["upstream_cluster", "upstream_cluster.name", "response_flags", "guid:x-request-id"];

/** pilot-agent begins a node id with the kind of proxy: `sidecar~10.1.2.3~reviews-v1.default~default.svc.cluster.local`. */
function proxyOf({ attributes, scope, service }: Span, nodeId: string | undefined): Proxy {
  const [kind = "", ...others] = nodeId?.split("~") ?? [];
  if (others.length > 0) return KINDS[kind] ?? "sidecar";
  const isProxy = nodeId !== undefined || attributes.get("component") === "proxy" || SCOPES.has(scope);
  if (!isProxy && !OF_PROXIES.some((name) => attributes.has(name))) return "none";
  return /gateway/i.test(service) ? "gateway" : "sidecar";
}

const DECISION = 14;

function withoutDecision(requestId: string): string {
  const isUuid = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-/i.test(requestId);
  return isUuid ? `${requestId.slice(0, DECISION)}_${requestId.slice(DECISION + 1)}` : requestId;
}

/** Whether a request id is none that Envoy can take its decision from. */
export function isNoUuid(hop: Hop): boolean {
  return hop.requestId !== undefined && !hop.requestId.includes("_");
}

/** Where a call went: `reviews.default` of `outbound|9080||reviews.default.svc.cluster.local`. */
export interface Target {
  /** The host as Envoy's cluster names it. */
  readonly host: string;
  readonly port: string;
  /** As Istio names the service in spans, of a host of the cluster; else the host. */
  readonly service: string;
  readonly isOfMesh: boolean;
}

/** Of a CLIENT span of a proxy; `undefined` if it does not say where the call went. */
export function targetOf({ span }: Hop): Target | undefined {
  const cluster = textOf(span.attributes, "upstream_cluster.name", "upstream_cluster") ?? "";
  const [direction, port = "", , host = ""] = cluster.split(/[|;]/);
  if ((direction !== "outbound" && direction !== "inbound-vip") || host === "") return undefined;
  const [, service] = /^([^.]+\.[^.]+)\.svc\./.exec(host) ?? [];
  return { host, port, service: service ?? host, isOfMesh: service !== undefined };
}

/** The flags with which Envoy says that a request never reached its destination (docs: access_log/usage, RESPONSE_FLAGS). */
const NOT_REACHED = /\b(UF|UH|UO|NR|NC|DI|FI|RL|RLSE|UAEX|NFCF|OM|DF|DO|LH|UPE)\b/;

/** Whether the request reached its destination, as far as the span says. */
export function isReached({ span }: Hop): boolean {
  return !NOT_REACHED.test(responseFlagsOf(span));
}

/** The address of the host that a call went to, if the span says it. */
export function peerOf({ span }: Hop): string | undefined {
  const peer = textOf(span.attributes, "network.peer.address", "upstream_address");
  return peer?.replace(/:\d+$/, "");
}

/** The clock that a span's times are of. */
export function clockOf(hop: Hop): string {
  return hostOf(hop.span) ?? hop.node;
}

/** The namespace of a proxy: the third part of its node id ends with it, as does the DNS domain. */
export function namespaceOf({ node, span }: Hop): string | undefined {
  const [, , name, domain] = node.split("~");
  const ofNode = domain?.split(".")[0] ?? name?.split(".")[1];
  return ofNode || textOf(span.resource, "k8s.namespace.name", "service.namespace", "istio.namespace");
}

/** Whether the flags say that the request went on unsampled: a kept span's do, and those with the bit 0x100 beside them. */
export function isUnsampled({ isKept, span }: Hop): boolean {
  const flags = span.flags ?? 0;
  return isKept || ((flags & 0x100) !== 0 && (flags & 1) === 0);
}

/** The lower part of a service's name, before the namespace. */
export function appOf(service: string): string {
  return service.split(".")[0] ?? service;
}

/** The pod that a span is of; of a proxy its node id says it. */
export function podOf({ node, span }: Hop): string | undefined {
  return textOf(span.resource, "k8s.pod.name") ?? node.split("~")[2]?.split(".")[0];
}
