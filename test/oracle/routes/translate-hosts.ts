/**
 * The domains of the virtual hosts that istiod makes of `hosts` for a sidecar's outbound listener.
 * Sources: istio/istio pilot/pkg/model/config.go, ResolveShortnameToFQDN; pilot/pkg/networking/core/httproute.go,
 * generateVirtualHostDomains, GenerateAltVirtualHosts, generateAltVirtualHostsForKubernetesService, dedupeDomains.
 */
import { isIP } from "node:net";

/** The mesh's domain; istiod's default. */
const CLUSTER_DOMAIN = "cluster.local";
const SERVICE_SUFFIX = `.svc.${CLUSTER_DOMAIN}`;

/** A host without a dot is a Service of the VirtualService's namespace (ResolveShortnameToFQDN). */
export function resolveHost(host: string, namespace: string): string {
  if (host === "*" || host.includes(".") || isIP(host) !== 0) return host;
  return `${host}.${namespace}${SERVICE_SUFFIX}`;
}

/**
 * Whether the service registry is taken to know this host: every `<name>.<namespace>.svc.cluster.local`. A real istiod
 * looks it up; without its registry the form of the name is all there is, for this translator as for the filter.
 */
export function isService(host: string): boolean {
  const labels = host.slice(0, -SERVICE_SUFFIX.length).split(".");
  return host.endsWith(SERVICE_SUFFIX) && !host.startsWith("*") && labels.length === 2 && labels.every((l) => l !== "");
}

/**
 * The domains of one resolved, lower-cased host, without ports, since istiod sets `ignore_port_in_host_matching`.
 * A Service gets its absolute name with the final dot and its short forms; the bare name only in its own namespace.
 */
export function domainsOf(host: string, proxyNamespace: string): string[] {
  if (!isService(host)) return [isIP(host) === 6 ? `[${host}]` : host];
  const withoutDomain = host.slice(0, -SERVICE_SUFFIX.length);
  const [name, namespace] = withoutDomain.split(".");
  if (namespace !== proxyNamespace) return [host, `${host}.`, withoutDomain, `${withoutDomain}.svc`];
  return [host, `${host}.`, name as string, `${withoutDomain}.svc`, withoutDomain];
}

/** A virtual host of the RouteConfiguration without its routes. */
export interface Domains {
  name: string;
  domains: string[];
}

/**
 * Gives each VirtualService its virtual hosts, in the order of the list; of two that claim one domain, the first has
 * it. As in istiod, all hosts that are no Services come first within one VirtualService, and one of two VirtualServices
 * with the same host loses this host altogether.
 */
export class DomainTable {
  readonly #names = new Set<string>();
  readonly #domains = new Set<string>();
  readonly #proxyNamespace: string;
  readonly #port: number;

  constructor(proxyNamespace: string, port: number) {
    this.#proxyNamespace = proxyNamespace;
    this.#port = port;
  }

  claim(hosts: string[], namespace: string): Domains[] {
    const resolved = hosts.map((host) => resolveHost(host, namespace).toLowerCase());
    const ordered = [...resolved.filter((host) => !isService(host)), ...resolved.filter(isService)];
    const claimed: Domains[] = [];
    for (const host of ordered) {
      const name = `${host.includes(":") ? `[${host}]` : host}:${this.#port}`;
      if (this.#names.has(name)) continue;
      this.#names.add(name);
      const domains = domainsOf(host, this.#proxyNamespace).filter((domain) => !this.#domains.has(domain));
      for (const domain of domains) this.#domains.add(domain);
      if (domains.length > 0) claimed.push({ name, domains });
    }
    return claimed;
  }
}
