/** Resources by which istiod knows the workloads: what a cluster derives from pods is written out here. */
import { COLLECTOR, COLLECTOR_HOST } from "./istiod.ts";
import type { Resource } from "./kubernetes.ts";
import type { Identity, Ports } from "./workload.ts";

/** The Service of an application, which takes all of its workloads. */
export function serviceOf(app: string, ports: Ports, namespace = "default"): Resource {
  const port = { name: "http", port: ports.service, targetPort: ports.inbound };
  return {
    apiVersion: "v1",
    kind: "Service",
    metadata: { name: app, namespace },
    spec: { selector: { app }, ports: [port] },
  };
}

/**
 * What makes a workload an endpoint of its Service, and has its sidecar listen on its own address rather than take traffic that
 * iptables would redirect.
 */
export function resourcesOf(who: Identity, address: string, applicationPort: number, ports: Ports): Resource[] {
  const { name, app, version, serviceAccount } = who;
  const labels = { app, version, "security.istio.io/tlsMode": "istio" };
  const own = { bind: address, captureMode: "NONE" };
  return [
    workloadEntry(name, { address, serviceAccount, labels }),
    {
      apiVersion: "networking.istio.io/v1",
      kind: "Sidecar",
      metadata: { name, namespace: "default" },
      spec: {
        workloadSelector: { labels: { app, version } },
        ingress: [
          {
            ...own,
            port: { number: ports.inbound, protocol: "HTTP", name: "http" },
            defaultEndpoint: `127.0.0.1:${applicationPort}`,
          },
        ],
        egress: [
          { ...own, port: { number: ports.service, protocol: "HTTP", name: "egress" }, hosts: ["./*"] },
          ...[COLLECTOR.port, COLLECTOR.sampling].map((number) => ({
            ...own,
            port: { number, protocol: "HTTP", name: `collector-${number}` },
            hosts: [`${COLLECTOR.namespace}/${COLLECTOR_HOST}`],
          })),
        ],
      },
    },
  ];
}

/** What a cluster derives from a pod: where a workload is, and by which labels its Service finds it. */
export function workloadEntry(
  name: string,
  spec: { address: string; serviceAccount?: string; labels: Readonly<Record<string, string>> },
  namespace = "default",
): Resource {
  return {
    apiVersion: "networking.istio.io/v1",
    kind: "WorkloadEntry",
    metadata: { name, namespace, labels: spec.labels },
    spec,
  };
}

/**
 * One request a connection: after an update a connection that is kept would still end at the listener that was, and a test could not
 * tell when the new one is in force. Its name leaves room for another DestinationRule of the host, whose subsets istiod adds to this.
 */
export function oneRequestAConnection(app: string): Resource {
  return {
    apiVersion: "networking.istio.io/v1",
    kind: "DestinationRule",
    metadata: { name: `${app}-connections`, namespace: "default" },
    spec: { host: app, trafficPolicy: { connectionPool: { http: { maxRequestsPerConnection: 1 } } } },
  };
}
