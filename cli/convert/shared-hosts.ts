import type { Finding } from "../finding.ts";
import { positionOf } from "../input/position.ts";
import { isObject, type Json, type Resource } from "../input/resource.ts";
import { dependingOnCase, hasCapital } from "./capital-letters.ts";
import { MESH } from "./gateway-name.ts";
import { catchesAll, isForAnyProxy } from "./match-block.ts";
import { covers, hasOneOf, namesOf, overlap, wholeName } from "./host-names.ts";
import { leftOut, toKnow } from "./outcome.ts";
import { entriesAt, isForAllProxies, type Service } from "./scope.ts";

/** What decides for some hosts at a gateway: a VirtualService, or several that istiod merges, in its order. */
export interface Owner {
  readonly hosts: readonly string[];
  readonly services: readonly Service[];
}

/**
 * Which VirtualService istiod asks for which hosts, among all that are given. For sidecars that is the oldest of a host; at
 * another gateway, they are merged (istio `httproute.go: BuildSidecarOutboundVirtualHosts`,
 * `gateway.go: buildGatewayHTTPRouteConfig`). Where that cannot be known, all that share the host stay native and are named.
 *
 * @param services all VirtualServices of the gateway
 * @param convertible those that can be converted
 * @param gateways the Gateway resources that are given
 */
export function ownersOf(
  services: readonly Service[],
  gateway: string,
  convertible: ReadonlySet<Service>,
  gateways: readonly Resource[],
  findings: Finding[],
): Owner[] {
  const owners: Owner[] = [];
  for (const group of sharing(services, gateway)) {
    const [first] = group;
    if (first !== undefined && group.length === 1) {
      if (convertible.has(first)) owners.push({ hosts: first.hosts, services: group });
      continue;
    }
    const why = gateway === MESH ? whyNotOldest(group) : whyNotMerged(group, gateway, convertible, gateways);
    if (why !== undefined) leave(group, gateway, convertible, why, findings);
    else if (gateway === MESH) owners.push(...oldest(group.sort(byAge), convertible, findings));
    else owners.push(...merged(group.sort(byAge)));
  }
  return gateway === MESH ? withSureHosts(owners, services, findings) : owners;
}

/** The owners without hosts whose owner depends on how they are written, which are named. */
function withSureHosts(owners: readonly Owner[], services: readonly Service[], findings: Finding[]): Owner[] {
  const unsure = dependingOnCase(services);
  const left: Owner[] = [];
  for (const { hosts, services: own } of owners) {
    const [service] = own as [Service];
    const sure = hosts.filter((host) => !unsure.has(wholeName(host, service)));
    for (const host of hosts.filter((host) => !sure.includes(host))) {
      const why = unsure.get(wholeName(host, service)) as string;
      findings.push(leftOut(service.resource, ["spec", "hosts", service.hosts.indexOf(host)], why));
    }
    if (sure.length > 0) left.push({ hosts: sure, services: own });
  }
  return left;
}

/** The VirtualServices whose routes istiod merges with those of another one, at whichever gateway. */
export function mingled(services: readonly Service[]): Set<Service> {
  const gateways = new Set(services.flatMap((service) => service.gateways).filter((name) => name !== MESH));
  const groups = [...gateways].flatMap((gateway) => sharing(services, gateway));
  return new Set(groups.filter((group) => group.length > 1).flat());
}

/** Groups of VirtualServices that have a host in common, or each with a third one. */
function sharing(services: readonly Service[], gateway: string): Service[][] {
  const groups: Service[][] = [];
  for (const service of services.filter(({ gateways }) => gateways.includes(gateway))) {
    const meeting = groups.filter((group) => group.some((other) => meet(service, other, gateway)));
    const rest = groups.filter((group) => !meeting.includes(group));
    groups.splice(0, groups.length, ...rest, [...meeting.flat(), service]);
  }
  return groups;
}

/** Whether two have a host in common: by any name of it in the mesh; at a gateway also by a wildcard that has the other. */
function meet(a: Service, b: Service, gateway: string): boolean {
  if (gateway !== MESH) {
    return a.hosts.some((one) => b.hosts.some((other) => overlap(wholeName(one, a), wholeName(other, b))));
  }
  return hasOneOf(
    b,
    a.hosts.flatMap((host) => namesOf(host, a)),
  );
}

function byAge(a: Service, b: Service): number {
  const age = Date.parse(a.resource.created ?? "") - Date.parse(b.resource.created ?? "");
  return age || compare(a.resource.name, b.resource.name) || compare(a.namespace, b.namespace);
}

function compare(a: string, b: string): number {
  return a < b ? -1 : Number(a > b);
}

/** Whether the same proxies see both. */
export function isSeenAlike(a: Service, b: Service): boolean {
  const [one, other] = [a, b].map(({ resource }) => JSON.stringify(resource.spec["exportTo"] ?? ["*"]));
  return one === other;
}

function whyUnordered(group: readonly Service[]): string | undefined {
  if (group.some(({ resource }) => Number.isNaN(Date.parse(resource.created ?? "")))) {
    const how = "convert what kubectl get virtualservices --output yaml writes, or make one VirtualService of them";
    return `the older one decides, and metadata.creationTimestamp is missing: ${how}`;
  }
  return group.some((one) => !isSeenAlike(one, group[0] as Service))
    ? "some proxies see only some of them (exportTo)"
    : undefined;
}

function whyNotOldest(group: readonly Service[]): string | undefined {
  const why = whyUnordered(group);
  if (why !== undefined) return why;
  if (new Set(group.map(({ namespace }) => namespace)).size > 1) return "they are in different namespaces";
  const spellings = new Map(
    group.flatMap((one) => one.hosts.map((host) => [wholeName(host, one), namesOf(host, one)])),
  );
  for (const [whole, names] of spellings) {
    if (names.some((name) => name !== whole && spellings.has(name))) return "they write it in two ways";
  }
  const conditional = group.find((one) => !isForAllProxies(one, MESH));
  return conditional && "which of them is asked depends on the proxy (sourceLabels, sourceNamespace, port)";
}

function whyNotMerged(
  group: readonly Service[],
  gateway: string,
  convertible: ReadonlySet<Service>,
  gateways: readonly Resource[],
): string | undefined {
  if (group.some((one) => !convertible.has(one))) return "Istio merges them, and not all of them can be converted";
  const why = whyUnordered(group);
  if (why !== undefined) return why;
  if (group.some(({ hosts }) => hosts.some(hasCapital))) {
    return "Istio compares them with the Gateway's hosts letter by letter: write them in lower case";
  }
  if (group.some((one) => isConditionallyLast(one, gateway))) {
    return "in which order Istio merges them depends on the proxy (sourceLabels, sourceNamespace)";
  }
  const hosts = [...new Set(group.flatMap((one) => one.hosts.map((host) => wholeName(host, one))))];
  const wide = hosts.filter((host) => hosts.some((other) => other !== host && covers(host, other)));
  if (wide.length === 0) return undefined;
  const servers = serverHosts(gateways, gateway);
  if (servers === undefined) return `whether Istio merges them depends on the Gateway ${gateway}: give it too`;
  const narrow = servers.some((server) => wide.some((host) => server !== host && covers(host, server)));
  return narrow ? `the Gateway ${gateway} has a host that several of them are for` : undefined;
}

/** Whether some proxies have a route that every request meets, which Istio puts last, and others do not have it. */
function isConditionallyLast(service: Service, gateway: string): boolean {
  const blocks = entriesAt(service, gateway).flatMap((entry) => entry.blocks);
  return blocks.some(({ match }) => catchesAll(match) && !isForAnyProxy(match));
}

/** The hosts of a Gateway's servers, without the namespaces before them; undefined where it is not given. */
function serverHosts(gateways: readonly Resource[], gateway: string): string[] | undefined {
  const found = gateways.find(({ namespace = "", name }) => `${namespace}/${name}` === gateway);
  if (found === undefined) return undefined;
  const servers = Array.isArray(found.spec["servers"]) ? found.spec["servers"].filter(isObject) : [];
  const hosts = servers.flatMap((server: Json) => (Array.isArray(server["hosts"]) ? server["hosts"].map(String) : []));
  return hosts.map((host) => host.replace(/^.*\//, "").toLowerCase());
}

function leave(
  group: readonly Service[],
  gateway: string,
  convertible: ReadonlySet<Service>,
  why: string,
  findings: Finding[],
): void {
  for (const service of group.filter((one) => convertible.has(one))) {
    const others = group.filter((other) => other !== service && meet(service, other, gateway));
    const place = service.hosts.findIndex((host) =>
      others.some((other) => meet({ ...service, hosts: [host] }, other, gateway)),
    );
    const message = `${others.map(placed).join(" and ")} has this host too: ${why}`;
    findings.push(leftOut(service.resource, ["spec", "hosts", place], message));
  }
}

/** Hosts go to the oldest that has them; younger ones keep what is left. */
function oldest(group: readonly Service[], convertible: ReadonlySet<Service>, findings: Finding[]): Owner[] {
  const taken = new Map<string, Service>();
  const owners: Owner[] = [];
  for (const service of group) {
    const own = service.hosts.filter((host) => (taken.get(wholeName(host, service)) ?? service) === service);
    for (const host of own) taken.set(wholeName(host, service), service);
    if (!convertible.has(service)) continue;
    for (const [place, host] of service.hosts.entries()) {
      const owner = taken.get(wholeName(host, service)) as Service;
      if (owner === service) continue;
      const message = `not in force for ${host}: ${placed(owner)} has this host too and is older`;
      findings.push(toKnow(service.resource, ["spec", "hosts", place], message));
    }
    if (own.length > 0) owners.push({ hosts: own, services: [service] });
  }
  return owners;
}

/** For each host the VirtualServices that have it; hosts with the same ones together. */
function merged(group: readonly Service[]): Owner[] {
  const owners = new Map<string, { hosts: string[]; services: Service[] }>();
  for (const host of new Set(group.flatMap((one) => one.hosts.map((host) => wholeName(host, one))))) {
    const services = group.filter((one) => one.hosts.some((other) => wholeName(other, one) === host));
    const key = services.map((one) => group.indexOf(one)).join();
    const owner = owners.get(key) ?? { hosts: [], services };
    owner.hosts.push(host);
    owners.set(key, owner);
  }
  return [...owners.values()];
}

function placed({ resource, namespace }: Service): string {
  const { file, line } = positionOf(resource.source, resource.at);
  return `VirtualService ${namespace}/${resource.name} (${file}:${line})`;
}
