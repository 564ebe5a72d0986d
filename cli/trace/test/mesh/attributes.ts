/** What our filter and Envoy's tracers write on a span, by their own names. */
import { spanName, type Call, type Pod, type Service, type Tracer } from "./mesh.ts";

/** What a proxy knows of a request when it reports. */
export interface Hop {
  readonly kind: "SERVER" | "CLIENT";
  readonly service: Service;
  readonly at: Pod;
  readonly call: Call;
  /** Of a CLIENT span. */
  readonly target?: Service;
  /** Of a CLIENT span: the pod that the call went to. */
  readonly peer?: Pod;
  readonly requestId: string;
  readonly status: number;
  readonly root: boolean;
}

/** Attributes of one span. */
export function attributesOf(tracer: Tracer, hop: Hop, sampling: number): Record<string, string | number> {
  const { call, requestId, status } = hop;
  const isGrpc = call.protocol === "grpc";
  const common = {
    // Envoy notes in the 14th digit that the request is traced; a later hop may have noted it or not.
    "guid:x-request-id": hop.kind === "SERVER" ? requestId : `${requestId.slice(0, 14)}9${requestId.slice(15)}`,
    node_id: nodeIdOf(hop.service, hop.at),
    upstream_cluster: clusterOf(hop),
    response_flags: "-",
  };
  if (tracer === "signalbox") {
    return {
      ...common,
      "http.request.method": call.method,
      "http.response.status_code": status,
      ...(hop.kind === "SERVER" ? { "url.path": call.path } : { "url.full": `http://${call.to}${call.path}` }),
      ...(hop.peer === undefined ? {} : { "network.peer.address": hop.peer.ip }),
      ...(isGrpc ? { "rpc.system": "grpc" } : {}),
      ...(hop.root ? { "sampler.type": "probabilistic", "sampler.param": sampling / 100 } : {}),
    };
  }
  return {
    ...common,
    component: "proxy",
    "http.method": call.method,
    "http.url": `http://${call.to}:9080${call.path}`,
    "http.status_code": String(status),
    "peer.address": "10.0.0.1",
    ...(hop.peer === undefined ? {} : { upstream_address: `${hop.peer.ip}:9080` }),
    user_agent: "curl/7.88.1",
    ...(isGrpc ? { "grpc.path": call.path, "grpc.status_code": "0" } : {}),
    ...(status >= 500 ? { error: "true" } : {}),
  };
}

/** Attributes of the resource. */
export function resourceOf(tracer: Tracer, service: Service, at: Pod): Record<string, string> {
  if (tracer !== "signalbox") return {};
  return { "host.ip": at.ip, "k8s.pod.name": at.name, "k8s.namespace.name": namespaceOf(service) };
}

/** Envoy's `node.id` as pilot-agent writes it. */
export function nodeIdOf(service: Service, at: Pod): string {
  const type = service.kind === "gateway" ? "router" : service.kind;
  const namespace = namespaceOf(service);
  return `${type}~${at.ip}~${at.name}.${namespace}~${namespace}.svc.cluster.local`;
}

function namespaceOf(service: Service): string {
  return spanName(service).slice(service.name.length + 1);
}

function clusterOf({ kind, target }: Hop): string {
  if (kind === "SERVER" || target === undefined) return "inbound|9080||";
  const host = target.kind === "external" ? target.name : `${target.name}.${target.namespace}.svc.cluster.local`;
  return `outbound|${target.kind === "external" ? 443 : 9080}||${host}`;
}
