import type { Finding } from "../finding.ts";
import { nameOf, type Json, type Resource } from "../input/resource.ts";
import { FAULT_INJECTION, faultsOf, hasFaults, withoutFaults, type Faults } from "./faults.ts";
import { MESH, gatewaysMeant } from "./gateway-name.ts";
import type { Given } from "./given.ts";
import { catchesAll, proxyPart, withoutCopies } from "./match-block.ts";
import { leftOut, toKnow, type Conversion } from "./outcome.ts";
import type { Options } from "./options.ts";
import { exportedTo, placed } from "./placement.ts";
import { HEADER_ROUTING, countDestinations, routed, type Routed } from "./routes.ts";
import { entriesAt, isWhole, serviceOf, type Entry, type Service } from "./scope.ts";
import { faultPlugin, replacement, routingPlugin, type Target } from "./service-resources.ts";
import { covers, isSeenAlike, mingled, ownersOf, shadowed, type Owner } from "./shared-hosts.ts";
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
  const steering = steeringFor([...routes.values()], mixed, all.every(isConverted));
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

/** Whether the faults can be taken out of the VirtualService: they must be for the plugin's proxies and no others. */
function canLoseFaults(service: Service, all: readonly Service[], gateway: string, findings: Finding[]): boolean {
  const { resource, gateways, hosts } = service;
  if (gateways.length > 1) {
    const why = `its faults stay native: they are for ${gateways.join(", ")}; make one VirtualService for each gateway`;
    findings.push(leftOut(resource, ["spec", "gateways"], why));
    return false;
  }
  if (gateway === MESH) {
    const narrower = all.find(
      (one) => one.gateways.includes(MESH) && !isSeenAlike(one, service) && narrows(one, hosts),
    );
    if (narrower !== undefined) {
      const why = `its faults stay native: only some proxies see ${nameOf(narrower.resource)}, which shares a host with it (exportTo)`;
      findings.push(leftOut(resource, ["spec", "hosts"], why));
      return false;
    }
    const place = hosts.findIndex(coversServices);
    if (place < 0) return true;
    const why =
      "its faults stay native: this host also stands for short names of Services, and a filter knows no Services";
    findings.push(leftOut(resource, ["spec", "hosts", place], why));
    return false;
  }
  if (mingled(all).has(service)) {
    const why = "its faults stay native: Istio merges its routes with those of another VirtualService";
    findings.push(leftOut(resource, ["spec", "hosts"], why));
    return false;
  }
  const elsewhere = all.find(
    (one) => one.gateways.some((name) => name !== MESH && name !== gateway) && sharesHost(one, hosts),
  );
  if (elsewhere === undefined) return true;
  const why = `its faults stay native: ${nameOf(elsewhere.resource)} shares a host with it at another gateway, perhaps of the same pods`;
  findings.push(leftOut(resource, ["spec", "hosts"], why));
  return false;
}

/** Whether a VirtualService has a host that a wildcard among `wide` stands for. */
function narrows({ hosts }: Service, wide: readonly string[]): boolean {
  return hosts.some((host) => wide.some((one) => covers(one.toLowerCase(), host.toLowerCase())));
}

/** Whether a wildcard can be for Services: istiod then takes their short names and addresses, too. */
function coversServices(host: string): boolean {
  const suffix = host.slice(1).toLowerCase();
  return host.startsWith("*") && (suffix.endsWith(SERVICES) || SERVICES.endsWith(suffix));
}

const SERVICES = ".svc.cluster.local";

/** Whether a request can be for hosts of both, wildcards included. */
function sharesHost({ hosts }: Service, others: readonly string[]): boolean {
  const [some, more] = [hosts, others].map((all) => all.map((host) => host.toLowerCase())) as [string[], string[]];
  return some.some((host) => more.some((other) => host === other || covers(host, other) || covers(other, host)));
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
