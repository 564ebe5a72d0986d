/**
 * One list of VirtualServices on two listeners of one Envoy: native routes made of it by istiod's rules, and the
 * header-routing filter configured with it. Both forward to the same upstream whatever is decided, and both make the
 * decision visible the same way: the steering header for the upstream, the route's name for the client.
 */
import { inlineWasm } from "../../support/envoy/index.ts";
import type { JsonObject, Listener } from "../../support/envoy/index.ts";
import { Random } from "../random.ts";
import type { Request } from "../wire.ts";
import { generateRequest } from "./generate-requests.ts";
import { generateVirtualServices, LABELS, NAMESPACE, PORTS } from "./generate-services.ts";
import type { Scope } from "./generate-services.ts";
import { CLUSTER, endingWith, fallback, listener, overwrite } from "./listener.ts";
import { translate } from "./translate.ts";
import type { Json } from "./translate-match.ts";
import type { HTTPRouteDestination, Proxy, Steering, VirtualService } from "./virtual-service.ts";

/** The response header with the route's name. */
export const ROUTE = "x-route";
/** Node metadata of the Envoy that runs experiments, as a sidecar of Istio has it. */
export const NODE_METADATA = { NAMESPACE, LABELS };

/** A generated experiment; the same seed and scope make the same. */
export interface Experiment {
  seed: number;
  virtualServices: VirtualService[];
  steering: Steering;
  /** The port that the connections were made to, as the PROXY protocol tells it. */
  listenerPort: number;
  requests: Request[];
  /** Whether requests have a token that was verified: there are claims then, and natively a route is taken after that. */
  hasToken: boolean;
}

const TEMPLATES = ["{subset}", "{subset}", "{subset}.{host}", "p{port}-{subset}"];

export function generateExperiment(seed: number, requests: number, scope: Scope): Experiment {
  const random = new Random(seed);
  const virtualServices = generateVirtualServices(random, scope);
  return {
    seed,
    virtualServices,
    steering: { header: "x-subset", value: random.pick(TEMPLATES) },
    listenerPort: random.pick(PORTS),
    requests: random.times(requests, requests, () => generateRequest(random, virtualServices, scope)),
    hasToken: random.percent(70),
  };
}

/** The steering header's value for a destination; undefined where the destination lacks a part that the template names. */
export function steeringValue({ value }: Steering, { destination }: HTTPRouteDestination): string | undefined {
  const parts: Record<string, string | number | undefined> = {
    host: destination.host,
    subset: destination.subset,
    port: destination.port?.number,
  };
  const names = [...value.matchAll(/\{(\w+)\}/g)].map(([, name]) => name as string);
  if (names.some((name) => parts[name] === undefined)) return undefined;
  return value.replace(/\{(\w+)\}/g, (_, name: string) => String(parts[name]));
}

function nativeHosts({ virtualServices, steering, listenerPort }: Experiment): Json[] {
  const proxy: Proxy = { namespace: NAMESPACE, labels: LABELS, listenerPort };
  const mark = (destination: HTTPRouteDestination) => {
    const value = steeringValue(steering, destination);
    if (value === undefined) return { request_headers_to_remove: [steering.header] };
    return { request_headers_to_add: [overwrite(steering.header, value)] };
  };
  const { virtual_hosts: hosts } = translate(virtualServices, { proxy, cluster: () => CLUSTER, mark });
  const nothing = fallback({
    request_headers_to_remove: [steering.header],
    response_headers_to_add: [overwrite(ROUTE, "-")],
  });
  const named = (route: Json): Json => {
    const [name] = ((route["name"] as string | undefined) ?? "").split(".");
    const others = (route["response_headers_to_add"] as Json[] | undefined) ?? [];
    return { ...route, response_headers_to_add: [...others, overwrite(ROUTE, name || "-")] };
  };
  return endingWith(
    hosts.map((host) => ({ ...host, routes: (host["routes"] as Json[]).map(named) })),
    nothing,
  );
}

/** The listener with native routes. */
export function nativeListener(experiment: Experiment): Listener {
  const routes = { virtual_hosts: nativeHosts(experiment), ignore_port_in_host_matching: true };
  return listener(`native-${experiment.seed}`, [], routes, experiment);
}

/** The filter's pluginConfig for an experiment. */
export function pluginConfig({ virtualServices, steering }: Experiment, joined: boolean): Json {
  return { steering, virtualServices, expose: true, ...(joined && { repeatedHeaders: "JOINED" }) };
}

/** The listener with the filter, and one route that takes everything. */
export function filterListener(experiment: Experiment, joined: boolean): Listener {
  const name = `filter-${experiment.seed}`;
  const configuration = pluginConfig(experiment, joined) as JsonObject;
  const exposed = "%FILTER_STATE(wasm.header-routing.route:PLAIN)%";
  const routes = [fallback({ response_headers_to_add: [overwrite(ROUTE, exposed)] })];
  const filter = inlineWasm(name, { module: "header-routing", configuration });
  return listener(name, [filter], { virtual_hosts: [{ name, domains: ["*"], routes }] }, experiment);
}
