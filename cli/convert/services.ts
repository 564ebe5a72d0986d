import type { Finding } from "../finding.ts";
import { type Json, type Resource } from "../input/resource.ts";
import { FAULT_INJECTION, faultsOf, hasFaults, type Faults } from "./faults.ts";
import { leftOut, toKnow, type Conversion, type Made } from "./outcome.ts";
import { metadataOf } from "./metadata.ts";
import type { Options } from "./options.ts";
import { placed } from "./placement.ts";
import { HEADER_ROUTING, countDestinations, routed, type Routed } from "./routes.ts";
import { scoped, type Scoped } from "./scope.ts";
import { parted } from "./steered-service.ts";
import { steeringFor } from "./steering.ts";
import { wasmPlugin } from "./wasm-plugin.ts";

/**
 * Converts VirtualServices: their faults to a plugin of fault-injection, their routes to one of header-routing, and what
 * stays native to VirtualServices that replace them. Routes of a VirtualService with faults are converted where there is
 * something to decide, or where the filter is asked for.
 */
export function convertServices(resources: readonly Resource[], options: Options): Conversion {
  const findings: Finding[] = [];
  const own = resources.map((resource) => scoped(resource, options, findings)).filter((one) => one !== undefined);
  const { namespace, services } = placed(own, options, findings);
  const faults = new Map<Scoped, Faults>();
  const routes: { before: Scoped; routed: Routed }[] = [];
  for (const before of services) {
    const found = options.filter !== HEADER_ROUTING && hasFaults(before) ? faultsOf(before, findings) : undefined;
    if (found !== undefined) faults.set(before, found);
    const after = withoutFaults(before, found);
    const asked = options.filter === HEADER_ROUTING || !hasFaults(before) || countDestinations(before) > 1;
    if (options.filter === FAULT_INJECTION && !hasFaults(before)) {
      findings.push(leftOut(before.resource, ["spec", "http"], "it has no faults"));
    }
    const routing = options.filter !== FAULT_INJECTION && asked ? routed(after, findings) : undefined;
    if (routing !== undefined) routes.push({ before, routed: routing });
  }
  const made: Made[] = [];
  if (faults.size > 0) {
    made.push(
      faultPlugin(
        namespace,
        [...faults.keys()].map(({ resource }) => resource),
        [...faults.values()],
        options,
      ),
    );
  }
  const native = new Map<Scoped, Made>();
  if (routes.length > 0) {
    const steering = steeringFor(routes.map((route) => route.routed));
    const parts = steering.services.map((service) => parted(service, steering));
    const from = routes.map(({ before }) => before.resource);
    made.push(routingPlugin(namespace, from, { header: steering.header, value: steering.template }, parts, options));
    for (const [at, { before }] of routes.entries()) {
      const { http = [], comment = [] } = parts[at] ?? {};
      const first = "Carries out what the plugin decides; replaces the VirtualService of this name.";
      native.set(before, replacement(before, http, [first, ...comment], options));
    }
  }
  for (const [service, { places }] of faults) {
    if (native.has(service)) continue;
    const http = (service.resource.spec.http as Json[]).map((route, place) =>
      places.includes(place) ? withoutFault(route) : route,
    );
    const comment = ["Without the faults that the plugin injects; replaces the VirtualService of this name."];
    native.set(service, replacement({ ...service, elsewhere: [] }, http, comment, options));
  }
  for (const { resource, elsewhere } of [...native.keys()].filter(({ elsewhere }) => elsewhere.length > 0)) {
    const others = elsewhere.join(", ");
    findings.push(
      toKnow(resource, ["spec", "gateways"], `converted for ${options.gateway} alone: keep one for ${others}`),
    );
  }
  return {
    made: [...made, ...services.map((service) => native.get(service)).filter((one) => one !== undefined)],
    findings,
  };
}

function withoutFaults(service: Scoped, found: Faults | undefined): Scoped {
  const http = service.http.map((entry) =>
    found?.places.includes(entry.place) === true ? { ...entry, route: withoutFault(entry.route) } : entry,
  );
  return { ...service, http };
}

function withoutFault({ fault: _, ...route }: Json): Json {
  return route;
}

function faultPlugin(namespace: string, from: readonly Resource[], faults: readonly Faults[], options: Options): Made {
  const pluginConfig = { ...identityOf(options), virtualServices: faults.map(({ config }) => config) };
  const comment = ["Injects the faults of the VirtualServices. Cap them with maxActiveFaults before you turn them up."];
  return wasmPlugin({ ...partsFor(FAULT_INJECTION, namespace, from, options), pluginConfig, comment }, options);
}

function routingPlugin(
  namespace: string,
  from: readonly Resource[],
  steering: Json,
  parts: readonly { config: Json }[],
  options: Options,
): Made {
  const pluginConfig = { ...identityOf(options), steering, virtualServices: parts.map(({ config }) => config) };
  const comment = ["Decides where requests go; the VirtualServices behind it carry that out. Apply those first."];
  return wasmPlugin({ ...partsFor(HEADER_ROUTING, namespace, from, options), pluginConfig, comment }, options);
}

function partsFor(filter: string, namespace: string, from: readonly Resource[], options: Options) {
  return {
    filter,
    namespace,
    madeOf: from.slice(0, 1).map(({ name }) => name),
    from,
    selector: options.selector,
    mode: options.mode ?? "CLIENT",
    steps: ["Apply this plugin."],
    origins: from.map((resource, place) => ({
      path: ["spec", "pluginConfig", "virtualServices", place],
      resource,
      at: ["spec"],
    })),
  };
}

function identityOf({ trustDomain }: Options): Json {
  return trustDomain === undefined ? {} : { trustDomain };
}

/** The VirtualService with other routes; for the gateway alone that they are for. */
function replacement(
  { resource, namespace, elsewhere }: Scoped,
  http: Json[],
  comment: string[],
  options: Options,
): Made {
  const { apiVersion, kind, name, spec } = resource;
  const gateways = elsewhere.length > 0 ? { gateways: [options.gateway] } : {};
  const metadata = metadataOf(name, namespace, [resource]);
  const made = { apiVersion, kind, metadata, spec: { ...spec, ...gateways, http } };
  const origins = [{ path: [], resource, at: [] }];
  return { steps: ["Apply this VirtualService."], comment, origins, resource: made };
}
