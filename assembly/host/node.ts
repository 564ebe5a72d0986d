import { Region } from "../memory/region";
import { Text, utf8 } from "../text/text";
import { propertyLength, propertyStart, readProperty } from "./properties";
import { Status } from "./status";

/** Whether the host refused the last read: it answered neither Ok nor NotFound, so what looks absent may be there. */
export let nodeWasRefused: bool = false;

/**
 * A string of the proxy's node metadata (istio `pilot/pkg/model: NodeMetadata`), such as NAMESPACE; null where the proxy
 * has none of that name. It can be read while configuring, and is copied into `region`.
 */
export function nodeMetadata(region: Region, name: Text): Text | null {
  return readNode(region, utf8("xds\0node\0metadata\0"), name);
}

/** The proxy's id (`sidecar~10.0.0.1~pod.ns~ns.svc.cluster.local` from istiod); null where the host has none. Copied into `region`. */
export function nodeId(region: Region): Text | null {
  return readNode(region, utf8("xds\0node\0id"), utf8(""));
}

/** The proxy's cluster, by which Istio names the service of a span (`pkg/bootstrap/config.go`); null where the host has none. Copied into `region`. */
export function nodeCluster(region: Region): Text | null {
  return readNode(region, utf8("xds\0node\0cluster"), utf8(""));
}

/** The value of a label of the proxy's workload (node metadata LABELS); null where it has none of that name. */
export function workloadLabel(region: Region, name: Text): Text | null {
  return readNode(region, utf8("xds\0node\0metadata\0LABELS\0"), name);
}

function readNode(region: Region, before: Text, name: Text): Text | null {
  const status = readProperty(Text.joined(region, before, name, utf8("")));
  nodeWasRefused = status != Status.OK && status != Status.NOT_FOUND;
  if (status != Status.OK) return null;
  return Text.copy(region, propertyStart, propertyLength);
}
