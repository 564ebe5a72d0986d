import { Failure } from "../failure.ts";
import type { Json } from "../input/resource.ts";
import { requestOf, type Request } from "../decision/request.ts";

/** A request taken apart, so that each part can be set, changed and dropped by itself. An absent part has the default of `Request`. */
export interface Parts extends Omit<Request, "path" | "headers" | "claims" | "principal"> {
  /** Without the query. */
  readonly path?: string;
  readonly query?: Named;
  readonly headers?: Named;
  readonly cookies?: Named;
  /** By the way to the claim, in JSON. */
  readonly claims?: Readonly<Record<string, unknown>>;
  /** The caller's identity as it stands, or its three parts. */
  readonly principal?: string;
  readonly trustDomain?: string;
  readonly namespace?: string;
  readonly account?: string;
}

type Named = Readonly<Record<string, string | string[]>>;

/** What to change in a request: a part and its value; null takes it away. Of headers and the like, each name by itself. */
export type Patch = {
  readonly [Part in keyof Parts]?: Parts[Part] extends Named | undefined
    ? Readonly<Record<string, string | string[] | null>>
    : Parts[Part] extends Readonly<Record<string, unknown>> | undefined
      ? Readonly<Record<string, unknown>>
      : Parts[Part] | null;
};

/** The parts that are a record of named values. */
export const NAMED_PARTS = ["query", "headers", "cookies", "claims"] as const;

const IDENTITY = ["principal", "trustDomain", "namespace", "account"] as const;

/** The parts with changes, of which the later ones win. */
export function patched(parts: Parts, ...patches: readonly Patch[]): Parts {
  const all: Record<string, unknown> = { ...parts };
  for (const patch of patches) {
    // An identity that is written as a whole has no parts, and the other way round.
    if (patch.principal !== undefined) for (const part of IDENTITY) delete all[part];
    else if (IDENTITY.some((part) => typeof patch[part] === "string")) delete all.principal;
    for (const [part, value] of Object.entries(patch)) {
      const named = (NAMED_PARTS as readonly string[]).includes(part);
      const next = named ? withoutNull({ ...(all[part] as Json), ...(value as Json) }) : value;
      if (next === null || (named && Object.keys(next as Json).length === 0)) delete all[part];
      else all[part] = next;
    }
  }
  return all as Parts;
}

function withoutNull(named: Json): Json {
  return Object.fromEntries(Object.entries(named).filter(([, value]) => value !== null));
}

/** The request that the parts make; undefined if Envoy would not let it reach a filter. */
export function requestFrom(parts: Parts): Request | undefined {
  const { query, headers, cookies, claims, principal, trustDomain, namespace, account, path, ...others } = parts;
  const search = Object.entries(query ?? {}).flatMap(([name, value]) => [value].flat().map((one) => `${name}=${one}`));
  const jar = Object.entries(cookies ?? {}).flatMap(([name, value]) => [value].flat().map((one) => `${name}=${one}`));
  const whole = search.length === 0 ? path : `${path ?? "/"}?${search.join("&")}`;
  const crumbs = [headers?.cookie ?? [], jar].flat();
  const all = { ...headers, ...(crumbs.length > 0 && { cookie: crumbs.join("; ") }) };
  const id = principal ?? identity(trustDomain, namespace, account);
  const request = {
    ...others,
    ...(whole !== undefined && { path: whole }),
    ...(Object.keys(all).length > 0 && { headers: all }),
    ...(id !== undefined && { principal: id }),
    ...(claims !== undefined && { claims: nested(claims) }),
  };
  try {
    return isSane(request) ? requestOf(request, "request") : undefined;
  } catch (error) {
    if (error instanceof Failure) return undefined;
    throw error;
  }
}

function identity(trustDomain?: string, namespace?: string, account?: string): string | undefined {
  if (trustDomain === undefined && namespace === undefined && account === undefined) return undefined;
  return `${trustDomain ?? "cluster.local"}/ns/${namespace ?? "default"}/sa/${account ?? "default"}`;
}

/** What HTTP itself asks for, which a user who writes a request is trusted with. */
function isSane({ method = "GET", host = "a", port = 80 }: Request): boolean {
  return /^[A-Z][A-Z-]*$/i.test(method) && /^[!-~]+$/.test(host) && !/[/?#@]/.test(host) && port > 0 && port < 65_536;
}

function nested(claims: Readonly<Record<string, unknown>>): Json {
  const whole: Record<string, unknown> = {};
  for (const [key, value] of Object.entries(claims)) {
    const way = JSON.parse(key) as string[];
    let at = whole;
    for (const step of way.slice(0, -1)) {
      const next = at[step];
      at = at[step] = (typeof next === "object" && next !== null ? next : {}) as Record<string, unknown>;
    }
    const last = way.at(-1);
    if (last !== undefined) at[last] = value;
  }
  return whole;
}

/** A user's request, taken apart. */
export function partsOf({ path, headers = {}, claims, ...others }: Request): Parts {
  const [before, ...search] = path?.split("?") ?? [];
  const query = Object.fromEntries(
    search
      .join("?")
      .split("&")
      .filter((one) => one !== "")
      .map((one) => {
        const [name = "", ...value] = one.split("=");
        return [name, value.join("=")] as const;
      }),
  );
  const lower = Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value] as const);
  return {
    ...others,
    ...(before !== undefined && { path: before }),
    ...(Object.keys(query).length > 0 && { query }),
    ...(lower.length > 0 && { headers: Object.fromEntries(lower) }),
    ...(claims !== undefined && { claims: Object.fromEntries(leaves(claims, [])) }),
  };
}

function leaves(value: Json, way: readonly string[]): (readonly [string, unknown])[] {
  return Object.entries(value).flatMap(([name, one]) => {
    const object = typeof one === "object" && one !== null && !Array.isArray(one);
    return object ? leaves(one as Json, [...way, name]) : [[JSON.stringify([...way, name]), one] as const];
  });
}
