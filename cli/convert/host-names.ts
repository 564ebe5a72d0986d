import type { Service } from "./scope.ts";

/** Whether some host belongs to both, of which either may be a wildcard; both in small letters. */
export function overlap(a: string, b: string): boolean {
  return a === b || covers(a, b) || covers(b, a);
}

/** Whether a wildcard stands for a host, both in small letters. */
export function covers(wildcard: string, host: string): boolean {
  return wildcard.startsWith("*") && host.endsWith(wildcard.slice(1));
}

/** A host as istiod completes it (istio `config.go: ResolveShortnameToFQDN`). */
export function wholeName(host: string, { namespace }: Pick<Service, "namespace">): string {
  return (host.includes(".") || host === "*" ? host : `${host}.${namespace}.svc.cluster.local`).toLowerCase();
}

/** The names by which the filter knows a host, and istiod the Service. */
export function namesOf(host: string, service: Service): string[] {
  const whole = wholeName(host, service);
  const [, name] = /^([^.]+\.[^.]+)\.svc\.cluster\.local$/.exec(whole) ?? [];
  return name === undefined ? [whole] : [whole, `${whole}.`, name, `${name}.svc`];
}

/** Whether a VirtualService has a host of one of these names. */
export function hasOneOf(service: Service, names: readonly string[]): boolean {
  return service.hosts.some((host) => namesOf(host, service).some((name) => names.includes(name)));
}
