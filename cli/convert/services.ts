import type { Finding } from "../finding.ts";
import type { Json, Resource } from "../input/resource.ts";
import { FAULT_INJECTION, faultsOf, hasFaults, withoutFaults, type Faults } from "./faults.ts";
import { canLoseFaults } from "./fault-hosts.ts";
import { MESH, gatewaysMeant } from "./gateway-name.ts";
import type { Given } from "./given.ts";
import { catchesAll, proxyPart, withoutCopies } from "./match-block.ts";
import { leftOut, toKnow, type Conversion } from "./outcome.ts";
import type { Options } from "./options.ts";
import { exportedTo, placed } from "./placement.ts";
import { HEADER_ROUTING, countDestinations, routed, type Routed } from "./routes.ts";
import { entriesAt, isWhole, serviceOf, type Entry, type Service } from "./scope.ts";
import { faultPlugin, replacement, routingPlugin, type Target } from "./service-resources.ts";
import { mayShadow, shadowed } from "./shadowed-hosts.ts";
import { mingled, ownersOf, type Owner } from "./shared-hosts.ts";
import { parted, type Parted } from "./steered-service.ts";
import { steeringFor, steeringHeader } from "./steering.ts";

/**
 * Converts VirtualServices: their faults to a plugin of fault-injection, their routes to one of header-routing. Routes of a
 * VirtualService with faults are converted where there is something to decide, or where the filter is asked for.
 *
 * A VirtualService keeps its name and all its routes. In front of them stand the routes that carry out what header-routing
 * decides, for requests with the header that it writes. So everything decides as before wherever the plugin does not run:
 * before it is applied, where its image cannot be had, after it is deleted. And what is made of a VirtualService is the same
 * for each of its gateways, so that of two conversions neither undoes the other.
 *
 * @param given what else is given: Gateways say which pods and hosts they have
 */
export function convertServices(resources: readonly Resource[], options: Options, given: Given): Conversion {
  const findings: Finding[] = [];
  const all = resources.map((resource) => serviceOf(resource, options));
  const known = all.flatMap((service) => service.gateways);
  const [gateway = MESH, ...others] = gatewaysMeant(options.gateway, options.namespace, known);
  if (others.length > 0) {
    const why = `--gateway ${options.gateway} can be ${[gateway, ...others].join(" or ")}: give one of these`;
    return { made: [], findings: all.map(({ resource }) => leftOut(resource, ["spec", "gateways"], why)) };
  }
  const whole = all.filter((service) => isWhole(service, gateway, options, findings));
  const gateways = given.gateways
    .filter(({ apiVersion }) => apiVersion.startsWith("networking.istio.io/"))
    .map((resource) => ({ ...resource, namespace: resource.namespace ?? options.namespace }));
  const own = whole.filter((service) => canBeToldAt(service, gateway, findings));
  const { namespace, selector, services } = placed(own, gateway, gateways, options, findings);
  const target: Target = { gateway, namespace, selector, options };
  const ownersAmong = (convertible: ReadonlySet<Service>): Owner[] =>
    ownersOf(all, gateway, convertible, gateways, findings);

  const { faults, owners: faultOwners, after } = faultsAmong(all, services, target, ownersAmong, findings);

  const routes = new Map<Service, Routed>();
  for (const service of all) {
    const asked = services.includes(service) && isAsked(service, options, findings);
    // How a VirtualService is steered does not depend on the gateway, so all are looked at.
    const found = routed(after.get(service) ?? service, asked ? findings : []);
    if (found !== undefined) routes.set(service, { ...found, service });
  }
  const header = steeringHeader(all);
  const mixed = mingled(all);
  const isConverted = (service: Service): boolean => isAsked(service, options, []) && routes.has(service);
  const complete = all.every(isConverted) && !mayShadow(all);
  const steering = steeringFor([...routes.values()], mixed, complete);
  const asked = services.filter(isConverted);
  const owners = ownersAmong(new Set(asked));
  const parts = new Map<Service, Parted>();
  for (const one of steering.services) {
    const { resource, namespace } = one.service;
    const prefix = mixed.has(one.service) ? `${namespace}.${resource.name}.` : "";
    parts.set(one.service, parted(one, header, steering.template, prefix));
  }

  const carrying = new Set(owners.flatMap((owner) => owner.services));
  const replaced = all.filter((service) => carrying.has(service) || faults.has(service));
  const made = replaced.map((service) => {
    const part = carrying.has(service) ? parts.get(service) : undefined;
    return replacement(after.get(service) ?? service, part, header);
  });
  for (const { resource } of replaced) {
    for (const kind of ["tls", "tcp"].filter((kind) => Array.isArray(resource.spec[kind]))) {
      findings.push(toKnow(resource, ["spec", kind], `${kind} stays in the VirtualService: a filter sees HTTP only`));
    }
  }
  if (owners.length > 0) {
    const virtualServices = [
      ...owners.map((owner) => ({ owner, http: httpOf(owner, gateway, parts) })),
      // A destination without a subset is not steered to.
      ...shadowed(all, gateway, owners).map((owner) => ({
        owner,
        http: httpOfOthers(owner, gateway, { route: [{ destination: { host: owner.hosts[0] } }] }),
      })),
    ];
    made.push(routingPlugin(virtualServices, { header, value: steering.template }, target));
  }
  if (faults.size > 0) {
    const virtualServices = [
      ...faultOwners.map((owner) => ({ owner, http: httpOfFaults(owner, faults) })),
      ...shadowed(all, gateway, faultOwners).map((owner) => ({ owner, http: httpOfOthers(owner, gateway, {}) })),
    ];
    made.push(faultPlugin(virtualServices, target));
  }
  return { made, findings: onceEach(findings) };
}

/** The faults that are converted, whose they are, and each VirtualService without those of it that can be. */
function faultsAmong(
  all: readonly Service[],
  services: readonly Service[],
  { gateway, namespace, selector, options }: Target,
  ownersAmong: (convertible: ReadonlySet<Service>) => Owner[],
  findings: Finding[],
) {
  const faults = new Map<Service, Faults>();
  const after = new Map(all.map((service) => [service, service]));
  for (const service of options.filter === HEADER_ROUTING ? [] : all.filter(hasFaults)) {
    // What is left for header-routing does not depend on the gateway, so all are looked at.
    const asked = services.includes(service);
    const [own = MESH] = asked ? [gateway] : service.gateways;
    const said = asked ? findings : [];
    const isNarrow = selector !== undefined || namespace !== exportedTo(service, options.rootNamespace);
    if (asked && gateway === MESH && isNarrow) {
      const why = "its faults stay native: it is for more proxies than the plugin (--selector, --to-namespace)";
      findings.push(leftOut(service.resource, [], why));
      continue;
    }
    const found = canLoseFaults(service, all, own, said) ? faultsOf(service, own, said) : undefined;
    after.set(service, withoutFaults(service, found));
    if (asked && found !== undefined) faults.set(service, found);
  }
  const owners = ownersAmong(new Set(faults.keys()));
  for (const service of faults.keys()) {
    if (owners.some((owner) => owner.services.includes(service))) continue;
    faults.delete(service);
    after.set(service, service);
  }
  return { faults, owners, after };
}

/** At a gateway, `port` is the Gateway's, and a filter sees the one that the pod listens on. */
function canBeToldAt(service: Service, gateway: string, findings: Finding[]): boolean {
  if (gateway === MESH) return true;
  for (const { place, blocks } of entriesAt(service, gateway)) {
    const block = blocks.find(({ match }) => match["port"] !== undefined);
    if (block === undefined) continue;
    const at = ["spec", "http", place, "match", block.place, "port"];
    const why = "at a gateway this is the Gateway's port, and a filter sees the one on which the pod listens";
    findings.push(leftOut(service.resource, at, why, `http[${place}].match[${block.place}].port`));
    return false;
  }
  return true;
}

function isAsked(service: Service, { filter }: Options, findings: Finding[]): boolean {
  if (filter === FAULT_INJECTION) {
    if (!hasFaults(service)) findings.push(leftOut(service.resource, ["spec", "http"], "it has no faults"));
    return false;
  }
  return filter === HEADER_ROUTING || !hasFaults(service) || countDestinations(service) > 1;
}

/** The entries of hosts for header-routing, in the order in which istiod has their routes. */
function httpOf({ services }: Owner, gateway: string, parts: ReadonlyMap<Service, Parted>): Json[] {
  const entries = services.flatMap((service) => entriesAt(service, gateway).map((entry) => ({ service, entry })));
  // Where istiod merges several, routes that every request meets come last (istio route.go: SortVHostRoutes).
  const sorted =
    services.length === 1
      ? entries
      : [false, true].flatMap((last) =>
          entries.flatMap(({ service, entry }) => {
            const blocks = entry.blocks.filter(({ match }) => catchesAll(match) === last);
            return blocks.length > 0 ? [{ service, entry: { ...entry, blocks } satisfies Entry }] : [];
          }),
        );
  return sorted.flatMap(({ service, entry }) => parts.get(service)?.forFilter(entry) ?? []);
}

function httpOfFaults({ services }: Owner, faults: ReadonlyMap<Service, Faults>): readonly Json[] {
  return services.flatMap((service) => faults.get(service)?.http ?? []);
}

/** An entry for all requests of hosts for which the filter does nothing, where istiod makes any routes of them. */
function httpOfOthers({ services }: Owner, gateway: string, route: Json): readonly Json[] {
  const blocks = services.flatMap((service) => entriesAt(service, gateway).flatMap((entry) => entry.blocks));
  const match = withoutCopies(blocks.map((block) => proxyPart(block.match)));
  return [{ match: match.map(({ port: _, ...others }) => others), ...route }];
}

function onceEach(findings: readonly Finding[]): Finding[] {
  return [...new Map(findings.map((finding) => [JSON.stringify(finding), finding])).values()];
}
