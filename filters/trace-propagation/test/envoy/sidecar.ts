import {
  cluster,
  forward,
  inlineWasm,
  listener,
  type JsonObject,
  type Listener,
} from "../../../../test/support/envoy/index.ts";
import { INBOUND, OUTBOUND } from "./traces.ts";

/** The two listeners of a workload's proxy. */
export interface Sidecar {
  /** The name of its plugin: one name for both listeners. Its listeners are `<name>:inbound` and `<name>:outbound`. */
  name: string;
  /** The plugin's configuration, or one for each listener. */
  configuration: JsonObject | { inbound: JsonObject; outbound: JsonObject };
  /** The plugins' names where they are not the sidecar's. */
  plugins?: { inbound: string; outbound: string };
  /** Filters in place of a plugin with that configuration. */
  filter?: JsonObject;
  /** Which way the listeners say that their requests go; each its own way where not given. */
  directions?: { inbound: JsonObject; outbound: JsonObject };
  /** The clusters that they forward to: the workload itself, and the one that it calls. */
  workload: string;
  calls: string;
  /** Further fields of their connection managers. */
  manager?: JsonObject;
}

/** The listeners of a sidecar, as Envoy is started with. */
export function sidecar(sidecar: Sidecar): Listener[] {
  const { name, configuration, plugins, filter, directions, workload, calls, manager } = sidecar;
  const one = (side: "inbound" | "outbound", cluster: string, direction: JsonObject): Listener => {
    const own = isForEach(configuration) ? configuration[side] : configuration;
    const plugin = inlineWasm(plugins?.[side] ?? name, { module: "trace-propagation", configuration: own });
    const chain = { filters: [filter ?? plugin], routes: [unhurried(cluster)], manager };
    return { ...listener(`${name}:${side}`, chain), listener: direction };
  };
  return [
    one("inbound", workload, directions?.inbound ?? INBOUND),
    one("outbound", calls, directions?.outbound ?? OUTBOUND),
  ];
}

function isForEach(
  configuration: Sidecar["configuration"],
): configuration is { inbound: JsonObject; outbound: JsonObject } {
  return "inbound" in configuration;
}

/** A cluster of a service that takes as many requests at once as a test sends. */
export function roomy(name: string, port: number): JsonObject {
  const most = { max_connections: 100_000, max_pending_requests: 100_000, max_requests: 100_000 };
  return cluster(name, port, { circuit_breakers: { thresholds: [most] } });
}

/** A route without a time limit, for a machine that is busy. */
function unhurried(cluster: string): JsonObject {
  return forward(cluster, { prefix: "/" }, { route: { cluster, timeout: "0s" } });
}
