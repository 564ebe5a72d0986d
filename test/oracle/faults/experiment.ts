/**
 * One list of VirtualServices with faults on two listeners of one Envoy: Envoy's own fault filter, configured on routes by
 * istiod's rules, and the fault-injection filter. Both forward to the same upstream.
 */
import { inlineWasm, typed } from "../../support/envoy/index.ts";
import type { JsonObject, Listener } from "../../support/envoy/index.ts";
import { Random } from "../random.ts";
import { LABELS, NAMESPACE, PORTS } from "../routes/generate-services.ts";
import { endingWith, fallback, listener, overwrite } from "../routes/listener.ts";
import { translate } from "../routes/translate.ts";
import type { Json } from "../routes/translate-match.ts";
import type { Proxy, VirtualService } from "../routes/virtual-service.ts";
import type { Request } from "../wire.ts";
import { everyFault, generateFaultyRequest, generateFaults } from "./generate-faults.ts";
import type { FaultScope } from "./generate-faults.ts";
import { FAULT, perFilter } from "./translate-fault.ts";

/** What the requests of an experiment come by, and go on by: names of the clusters, too. */
export type Protocol = FaultScope["protocol"];

/** Fields of a cluster whose upstream speaks HTTP/2 by prior knowledge. */
export const HTTP2: JsonObject = {
  typed_extension_protocol_options: {
    "envoy.extensions.upstreams.http.v3.HttpProtocolOptions": typed(
      "envoy.extensions.upstreams.http.v3.HttpProtocolOptions",
      { explicit_http_config: { http2_protocol_options: {} } },
    ),
  },
};

/** Response headers of both listeners with which an answer says why it was given, and what native faults were in it. */
export const DETAILS = "x-details";
export const ROUTE = "x-route";
export const FLAGS = "x-flags";

export interface Experiment {
  /** Begins the names of its listeners, VirtualServices and entries. */
  name: string;
  protocol: Protocol;
  virtualServices: VirtualService[];
  /** The port that the connections were made to, as the PROXY protocol tells it. */
  listenerPort: number;
  requests: Request[];
}

/** The same for the same arguments. */
export function generateExperiment(seed: number, requests: number, scope: FaultScope): Experiment {
  const random = new Random(seed);
  const name = `s${seed}`;
  const virtualServices = generateFaults(random, scope, name);
  return {
    name,
    protocol: scope.protocol,
    virtualServices,
    listenerPort: random.pick(PORTS),
    requests: random.times(requests, requests, () => generateFaultyRequest(random, virtualServices, scope)),
  };
}

/** The experiment with every status and code. */
export function everyExperiment(protocol: Protocol): Experiment {
  const name = `every-${protocol}`;
  return { name, protocol, listenerPort: 80, ...everyFault(name, { protocol }) };
}

/** What the filter calls an entry that has no name (`filters/fault-injection/README.md`). */
function nameOf({ name }: VirtualService, index: number): string {
  return `${name}.http[${index}]`;
}

/** Every entry with its name, and its matches without, so that Envoy's name for a route is the entry's. */
function named(service: VirtualService): VirtualService {
  const http = service.http.map(({ match, ...route }, index) => ({
    name: nameOf(service, index),
    ...(match && { match: match.map(({ name: _, ...block }) => block) }),
    ...route,
  }));
  return { ...service, http };
}

const SHOWN = [
  overwrite(DETAILS, "%RESPONSE_CODE_DETAILS%"),
  overwrite(ROUTE, "%ROUTE_NAME%"),
  overwrite(FLAGS, "%RESPONSE_FLAGS%"),
] as JsonObject[];

/** Every local reply. */
const ALWAYS: JsonObject = {
  status_code_filter: { comparison: { op: "GE", value: { default_value: 100, runtime_key: "none" } } },
};

function faultListener(name: string, filter: readonly JsonObject[], hosts: readonly Json[]): Listener {
  const routes = { virtual_hosts: hosts, ignore_port_in_host_matching: true, response_headers_to_add: SHOWN };
  return listener(name, filter, routes, {
    manager: { local_reply_config: { mappers: [{ filter: ALWAYS, headers_to_add: SHOWN }] } },
  });
}

/** The name of the listener with Envoy's own fault filter, and of its statistics. */
export function nativeName({ name }: Experiment): string {
  return `native-${name}`;
}

/** The name of the listener with the filter. */
export function filterName({ name }: Experiment): string {
  return `filter-${name}`;
}

/** The listener with Envoy's own fault filter. */
export function nativeListener(experiment: Experiment): Listener {
  const { virtualServices, listenerPort, protocol } = experiment;
  const proxy: Proxy = { namespace: NAMESPACE, labels: LABELS, listenerPort };
  const all = virtualServices.map(named);
  const { virtual_hosts: hosts } = translate(all, { proxy, cluster: () => protocol, perFilter });
  // istiod puts it into every chain, empty (pilot/pkg/xds/filters/filters.go: Fault).
  const fault = { name: FAULT, typed_config: typed("envoy.extensions.filters.http.fault.v3.HTTPFault") };
  return faultListener(nativeName(experiment), [fault], endingWith(hosts, fallback({}, protocol)));
}

/** The filter's pluginConfig. */
export function pluginConfig({ virtualServices }: Experiment, joined: boolean): JsonObject {
  const all = virtualServices as unknown as JsonObject[];
  return { virtualServices: all, exempt: [], ...(joined && { repeatedHeaders: "JOINED" }) };
}

/** The listener with the filter, and one route that takes everything. */
export function filterListener(experiment: Experiment, joined: boolean): Listener {
  const name = filterName(experiment);
  const configuration = pluginConfig(experiment, joined);
  const hosts = [{ name, domains: ["*"], routes: [fallback({}, experiment.protocol)] }];
  return faultListener(name, [inlineWasm(name, { module: "fault-injection", configuration })], hosts);
}
