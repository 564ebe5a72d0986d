/** Aliases of the trust domain (istio `pilot/pkg/security/trustdomain/{bundle,util}.go`). */
import type { Configuration } from "./policy.ts";

function trustDomains({ trustDomain = "cluster.local", trustDomainAliases = [] }: Configuration): string[] {
  return [trustDomain, ...trustDomainAliases];
}

const startsAs = (text: string, pattern: string): boolean =>
  pattern.endsWith("*") && text.startsWith(pattern.slice(0, -1));
const endsAs = (text: string, pattern: string): boolean => pattern.startsWith("*") && text.endsWith(pattern.slice(1));

/** The principals that one of a policy stands for. */
export function expandPrincipal(value: string, configuration: Configuration): string[] {
  const [own = "", ...rest] = value.split("/");
  if (rest.length !== 4 || own === "*") return [value];
  const domains = trustDomains(configuration);
  const isOurs = (one: string): boolean =>
    own === one || one === "*" || startsAs(own, one) || startsAs(one, own) || endsAs(own, one) || endsAs(one, own);
  if (own !== "cluster.local" && !domains.some(isOurs)) return [value];
  return domains.map((domain) => (endsAs(domain, own) ? value : [domain, ...rest].join("/")));
}

/** The trust domains that one of a policy stands for. */
export function expandTrustDomain(value: string, configuration: Configuration): string[] {
  const domains = trustDomains(configuration);
  return domains.includes(value) ? domains : [value];
}
