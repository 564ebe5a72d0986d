import { isObject, type Json, type Resource } from "../input/resource.ts";
import type { Finding } from "../finding.ts";
import { leftOut, toKnow } from "./outcome.ts";
import type { Options } from "./options.ts";

/** A VirtualService as far as it is for one gateway, or for the sidecars (`mesh`). */
export interface Scoped {
  readonly resource: Resource;
  readonly namespace: string;
  /** The entries of `http` that are for it, without `match[].gateways`. */
  readonly http: readonly Entry[];
  /** Its gateways besides. */
  readonly elsewhere: readonly string[];
}

export interface Entry {
  /** Its place in the resource. */
  readonly place: number;
  readonly route: Json;
}

/**
 * What a VirtualService says for the gateway of the options, as istiod has it: a match that names other gateways never
 * holds there, and an entry none of whose matches can hold is none. Undefined, with the reason among the findings, where
 * the VirtualService is not for it, or has parts elsewhere.
 */
export function scoped(resource: Resource, options: Options, findings: Finding[]): Scoped | undefined {
  const { spec } = resource;
  const namespace = resource.namespace ?? options.namespace;
  const whole = (name: string): string => (name === "mesh" || name.includes("/") ? name : `${namespace}/${name}`);
  const wanted = whole(options.gateway);
  const gateways = names(spec.gateways, ["mesh"]);
  if (!gateways.map(whole).includes(wanted)) {
    const bound = gateways.join(", ");
    findings.push(
      leftOut(
        resource,
        ["spec", "gateways"],
        `for ${bound}: say with --gateway for which, and with --selector whose proxies`,
      ),
    );
    return undefined;
  }
  const http: Entry[] = [];
  const all = Array.isArray(spec.http) ? spec.http : [];
  for (const [place, route] of all.entries()) {
    if (!isObject(route)) continue;
    if (route.delegate !== undefined) {
      const why = "its routes are in another resource: write them here";
      findings.push(leftOut(resource, ["spec", "http", place, "delegate"], why, `http[${place}].delegate`));
      return undefined;
    }
    const match = matchesFor(route.match, (gateway) => whole(gateway) === wanted);
    if (match === "never") continue;
    const { match: _, ...others } = route;
    http.push({ place, route: match === undefined ? others : { ...keepingName(others), match, ...others } });
  }
  if (http.length === 0) {
    findings.push(leftOut(resource, ["spec"], `it has no HTTP route for ${options.gateway}`));
    return undefined;
  }
  for (const part of ["tls", "tcp"].filter((part) => Array.isArray(spec[part]))) {
    findings.push(toKnow(resource, ["spec", part], `${part} stays in the VirtualService: a filter sees HTTP only`));
  }
  return { resource, namespace, http, elsewhere: gateways.filter((gateway) => whole(gateway) !== wanted) };
}

/** So that a route begins with its name, as people write it. */
function keepingName({ name }: Json): Json {
  return name === undefined ? {} : { name };
}

function matchesFor(match: unknown, isWanted: (gateway: string) => boolean): unknown[] | undefined | "never" {
  if (!Array.isArray(match) || match.length === 0) return undefined;
  const kept = match.filter((block) => !isObject(block) || names(block.gateways, undefined)?.some(isWanted) !== false);
  if (kept.length === 0) return "never";
  return kept.map((block) => {
    if (!isObject(block)) return block as unknown;
    const { gateways: _, statPrefix: __, ...others } = block;
    return others;
  });
}

function names<Otherwise>(list: unknown, otherwise: Otherwise): string[] | Otherwise {
  return Array.isArray(list) && list.length > 0 ? list.map(String) : otherwise;
}
