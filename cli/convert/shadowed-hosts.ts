import { dependingOnCase } from "./capital-letters.ts";
import { MESH } from "./gateway-name.ts";
import { covers, hasOneOf, namesOf, wholeName } from "./host-names.ts";
import type { Service } from "./scope.ts";
import type { Owner } from "./shared-hosts.ts";

/**
 * The hosts of VirtualServices that no owner has, and a wildcard of an owner stands for: a filter that did not know them would
 * take their requests for the owner's.
 */
export function shadowed(services: readonly Service[], gateway: string, owners: readonly Owner[]): Owner[] {
  const owned = owners.flatMap(({ hosts, services: [service] }) =>
    service === undefined ? [] : hosts.map((host) => ({ host, service })),
  );
  const wildcards = owned.map(({ host, service }) => wholeName(host, service)).filter((host) => host.startsWith("*"));
  const taken = new Set(owned.flatMap(({ host, service }) => namesOf(host, service)));
  const here = services.filter(({ gateways }) => gateways.includes(gateway));
  const all = here.flatMap((service) => service.hosts.map((host) => ({ host, names: namesOf(host, service) })));
  const found = new Map<string, { hosts: string[]; services: Service[] }>();
  // What has more names first: those of another one can be among them.
  for (const { host, names } of all.sort((a, b) => b.names.length - a.names.length)) {
    if (names.some((name) => taken.has(name))) continue;
    if (!wildcards.some((wildcard) => names.some((name) => covers(wildcard, name)))) continue;
    for (const name of names) taken.add(name);
    const having = here.filter((one) => hasOneOf(one, names));
    const key = having.map((one) => here.indexOf(one)).join();
    const owner = found.get(key) ?? { hosts: [], services: having };
    owner.hosts.push(having.length > 1 ? (names[0] as string) : host);
    found.set(key, owner);
  }
  return [...found.values()];
}

/** Whether some host may be one of those, at whichever gateway. */
export function mayShadow(services: readonly Service[]): boolean {
  const inMesh = services.filter(({ gateways }) => gateways.includes(MESH));
  const isNarrower = (service: Service, other: Service): boolean =>
    service.hosts.some((host) => other.hosts.some((wide) => covers(wholeName(wide, other), wholeName(host, service))));
  return (
    dependingOnCase(inMesh).size > 0 ||
    inMesh.some((service) => inMesh.some((other) => other !== service && isNarrower(service, other)))
  );
}
