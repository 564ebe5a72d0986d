import type { Finding } from "../finding.ts";
import { nameOf } from "../input/resource.ts";
import { dependingOnCase } from "./capital-letters.ts";
import { MESH } from "./gateway-name.ts";
import { covers, overlap, wholeName } from "./host-names.ts";
import { leftOut } from "./outcome.ts";
import type { Service } from "./scope.ts";
import { isSeenAlike, mingled } from "./shared-hosts.ts";

/** Whether the faults can be taken out of the VirtualService: they must be for the plugin's proxies and no others. */
export function canLoseFaults(
  service: Service,
  all: readonly Service[],
  gateway: string,
  findings: Finding[],
): boolean {
  const { resource, gateways } = service;
  if (gateways.length > 1) {
    const why = `its faults stay native: they are for ${gateways.join(", ")}; make one VirtualService for each gateway`;
    findings.push(leftOut(resource, ["spec", "gateways"], why));
    return false;
  }
  if (gateway === MESH) {
    const narrower = all.find(
      (one) => one.gateways.includes(MESH) && !isSeenAlike(one, service) && narrows(one, service),
    );
    if (narrower !== undefined) {
      const why = `its faults stay native: only some proxies see ${nameOf(narrower.resource)}, which shares a host with it (exportTo)`;
      findings.push(leftOut(resource, ["spec", "hosts"], why));
      return false;
    }
    for (const [host, why] of dependingOnCase(all)) {
      const place = wholeNames(service).findIndex((own) => own === host || covers(own, host));
      if (place < 0) continue;
      findings.push(leftOut(resource, ["spec", "hosts", place], `its faults stay native: ${why}`));
      return false;
    }
    const place = wholeNames(service).findIndex(coversServices);
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
    (one) => one.gateways.some((name) => name !== MESH && name !== gateway) && sharesHost(one, service),
  );
  if (elsewhere === undefined) return true;
  const why = `its faults stay native: ${nameOf(elsewhere.resource)} shares a host with it at another gateway, perhaps of the same pods`;
  findings.push(leftOut(resource, ["spec", "hosts"], why));
  return false;
}

/** Whether a VirtualService has a host that a wildcard of another one stands for. */
function narrows(service: Service, wide: Service): boolean {
  return wholeNames(service).some((host) => wholeNames(wide).some((one) => covers(one, host)));
}

/** Whether a wildcard, in small letters and completed, can be for Services: istiod then takes their short names and addresses, too. */
export function coversServices(host: string): boolean {
  const suffix = host.slice(1);
  return host.startsWith("*") && (suffix.endsWith(SERVICES) || SERVICES.endsWith(suffix));
}

const SERVICES = ".svc.cluster.local";

/** Whether a request can be for hosts of both, wildcards included. */
function sharesHost(service: Service, other: Service): boolean {
  return wholeNames(service).some((host) => wholeNames(other).some((one) => overlap(host, one)));
}

function wholeNames(service: Service): string[] {
  return service.hosts.map((host) => wholeName(host, service));
}
