import type { JsonObject } from "../../envoy/json.ts";
import { SERVICE_PORT, type ServiceName } from "../bookinfo.ts";
import { calledBy, GATEWAY, podNamed, type Mesh, type Pod } from "../mesh.ts";
import type { Place } from "../services/call.ts";
import { collectorCluster } from "./tracer.ts";

/** Names of clusters are as istiod has them. */
export const INBOUND_CLUSTER = `inbound|${SERVICE_PORT}||`;

export function clusterOf(service: ServiceName): string {
  return `outbound|${SERVICE_PORT}||${service}.default.svc.cluster.local`;
}

/** The clusters of a pod's proxy: its service, those that it calls, and the collector. */
export function clusters(pod: Pod, { pods, collector }: Mesh): JsonObject[] {
  const others = calledBy(pod.name).map((name) => {
    const { host, ports } = podNamed(pods, name);
    return cluster(clusterOf(name), { host, port: ports.inbound });
  });
  const own = pod.name === GATEWAY ? [] : [cluster(INBOUND_CLUSTER, { host: pod.inside, port: pod.ports.service })];
  return [...own, ...others, cluster(collectorCluster(collector.protocol), collector)];
}

function cluster(name: string, { host, port }: Place): JsonObject {
  const address = { socket_address: { address: host, port_value: port } };
  return {
    name,
    type: "STRICT_DNS",
    load_assignment: { cluster_name: name, endpoints: [{ lb_endpoints: [{ endpoint: { address } }] }] },
  };
}
