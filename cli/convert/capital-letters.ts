import { MESH } from "./gateway-name.ts";
import { covers, wholeName } from "./host-names.ts";
import type { Service } from "./scope.ts";

/**
 * The hosts of which the letters' case has a part in who decides for sidecars, each in small letters and completed, with the
 * reason.
 *
 * Requests are compared without case. But when istiod says which VirtualService a Service belongs to, it compares the Service's
 * name, in small letters, with the hosts as they are written (istio `sidecar.go: computeWildcardHostVirtualServiceIndex`).
 * So a wildcard with a capital letter has no Service, though it has all other hosts that end so. A name with one has its Service
 * only if it is older than each wildcard for it. Which hosts are Services, what is given does not say.
 */
export function dependingOnCase(services: readonly Service[]): ReadonlyMap<string, string> {
  const inMesh = services.filter(({ gateways }) => gateways.includes(MESH));
  const found = new Map<string, string>();
  for (const service of inMesh) {
    for (const host of service.hosts.filter(hasCapital)) {
      const whole = wholeName(host, service);
      const why = host.startsWith("*") ? ofWildcard(host) : ofName(host, whole, service, inMesh);
      if (why !== undefined && !found.has(whole)) found.set(whole, why);
    }
  }
  return found;
}

/** Whether a host is written with a capital letter. */
export function hasCapital(host: string): boolean {
  return host !== host.toLowerCase();
}

function ofWildcard(host: string): string {
  return `Istio takes ${host} for no Service, because of its capital letters: write it in lower case`;
}

function ofName(host: string, whole: string, service: Service, inMesh: readonly Service[]): string | undefined {
  for (const other of inMesh) {
    const wildcard = other === service ? undefined : other.hosts.find((one) => covers(wholeName(one, other), whole));
    if (wildcard === undefined) continue;
    const { resource, namespace } = other;
    const name = `${namespace}/${resource.name}`;
    return (
      `because of the capital letters of ${host}, Istio can take ${wildcard} of VirtualService ${name} ` +
      "to be as near: write it in lower case"
    );
  }
  return undefined;
}
