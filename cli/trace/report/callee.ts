import { textOf, type Span } from "../span.ts";

/**
 * The service that a client span says it calls: `peer.service`, the host of Envoy's `upstream_cluster`, else the address. A
 * Kubernetes Service is named as Istio names its workloads, `reviews.default`, or as spans have it.
 */
export function calleeOf({ attributes }: Span, services: ReadonlySet<string>): string | undefined {
  const named = textOf(attributes, "peer.service");
  if (named !== undefined) return named;
  const cluster = textOf(attributes, "upstream_cluster.name", "upstream_cluster") ?? "";
  const [direction = "", , , inCluster] = cluster.split("|");
  const isNoHost = direction === "inbound" || /^(Passthrough|BlackHole|InboundPassthrough)Cluster/.test(cluster);
  const ofCluster = inCluster ?? (isNoHost || cluster === "" ? undefined : cluster);
  const address = textOf(attributes, "server.address", "net.peer.name", "http.host") ?? hostOfUrl(attributes);
  const host = (ofCluster ?? address)?.replace(/:\d+$/, "");
  if (host === undefined || host === "") return textOf(attributes, "db.system.name", "db.system", "messaging.system");
  const [, name = "", namespace = ""] = /^([^.]+)\.([^.]+)\.svc(?:\.|$)/.exec(host) ?? [];
  const names = name === "" ? [host] : [`${name}.${namespace}`, name, host];
  return names.find((one) => services.has(one)) ?? names[0];
}

function hostOfUrl(attributes: Span["attributes"]): string | undefined {
  return /^[a-z]+:\/\/(?:[^/?#@]*@)?([^/?#]+)/i.exec(textOf(attributes, "url.full", "http.url") ?? "")?.[1];
}
