/**
 * Requests aimed at a list of VirtualServices: most are built to meet the conditions of one block of one of its routes,
 * then changed a little, so that they hit or narrowly miss; some have nothing to do with it.
 */
import type { Random } from "../random.ts";
import type { Request } from "../wire.ts";
import { resolveHost } from "./translate-hosts.ts";
import { claimPath } from "./translate-match.ts";
import type { Scope } from "./generate-services.ts";
import type { HTTPMatchRequest, StringMatch, VirtualService } from "./virtual-service.ts";
import * as words from "./vocabulary.ts";
import type { Pattern } from "./vocabulary.ts";
import { upperCase } from "../upper-case.ts";

/** A string of the configuration as it would come over the wire. */
function bytes(text: string): string {
  return Buffer.from(text, "utf8").toString("latin1");
}

const PATTERNS: readonly Pattern[] = [...words.HEADER_PATTERNS, ...words.LATIN1_PATTERNS, ...words.PATH_PATTERNS];

/** A value that should satisfy a condition, or nearly. */
function satisfying(random: Random, match: StringMatch, fallback: readonly string[]): string {
  if (match.exact !== undefined) return bytes(match.exact);
  if (match.prefix !== undefined) return bytes(match.prefix) + random.pick(["", "x", "/y", "1"]);
  const pattern = PATTERNS.find(({ regex }) => regex === match.regex);
  return pattern ? random.pick(pattern.near) : bytes(random.pick(fallback));
}

/** A value with one small change. */
function mutate(random: Random, value: string): string {
  switch (random.int(7)) {
    case 0:
      return upperCase(value);
    case 1:
      return value.slice(0, -1);
    case 2:
      return `${value}x`;
    case 3:
      return `x${value}`;
    case 4:
      return "";
    case 5:
      return `${value},${value}`;
    default:
      return value.toLowerCase();
  }
}

/** An authority that a host of a VirtualService takes, in one of its forms. */
function authorityFor(random: Random, host: string, namespace: string): string {
  const full = resolveHost(host, namespace);
  if (host === "*") return random.pick(words.NEAR_AUTHORITIES);
  if (host.startsWith("*")) return `${random.pick(["a", "a.b", "", "x-api"])}${full.slice(1)}`;
  const forms = [
    host,
    full,
    `${full}.`,
    full.replace(".svc.cluster.local", ".svc"),
    full.replace(".svc.cluster.local", ""),
  ];
  return random.pick(forms);
}

/** Without an empty host, which Envoy answers by itself. */
function authority(random: Random, services: VirtualService[]): string {
  const service = random.pick(services);
  let value = random.percent(88)
    ? authorityFor(random, random.pick(service.hosts), service.namespace)
    : random.pick(words.NEAR_AUTHORITIES);
  if (random.percent(12)) value = upperCase(value);
  if (random.percent(25)) value += random.pick([":80", ":9080", ":1"]);
  if (random.percent(3)) value += "-shadow";
  return value;
}

function query(random: Random, conditions: Record<string, StringMatch>): string {
  const parts: string[] = [];
  for (const [name, match] of Object.entries(conditions)) {
    if (random.percent(8)) continue;
    const value = satisfying(random, match, words.QUERY_VALUES);
    parts.push(random.percent(10) ? name : `${name}=${random.percent(85) ? value : mutate(random, value)}`);
    if (random.percent(12)) parts.push(`${name}=${random.pick(words.QUERY_VALUES)}`);
  }
  if (random.percent(15))
    parts.splice(random.int(parts.length + 1), 0, random.pick(["", "=", "b=", "=x", "a", "a=1=2"]));
  const separator = random.percent(95) ? "&" : ";";
  return parts.length > 0 ? `?${parts.join(separator)}` : random.percent(8) ? "?" : "";
}

/** Only what an HTTP/1 request line can carry; Envoy itself refuses the rest. */
function encode(value: string): string {
  return value.replaceAll(/[^!"$-~]/g, (byte) => `%${byte.charCodeAt(0).toString(16).padStart(2, "0")}`);
}

function path(value: string): string {
  return encode(value.startsWith("/") ? value : `/${value}`);
}

/** A method that satisfies a condition, or nearly; only the registered ones, since Envoy refuses all others. */
function method(random: Random, match: StringMatch): string {
  const start = match.exact ?? match.prefix ?? match.regex?.slice(0, 1) ?? "";
  const fit = words.METHODS.filter((candidate) => candidate.startsWith(start));
  return random.pick(fit.length > 0 && random.percent(85) ? fit : words.METHODS);
}

/** One header, sometimes repeated, in odd case, with a changed value, or missing. */
function addHeader(random: Random, headers: [string, string][], name: string, value: string): void {
  if (random.percent(8)) return;
  const spelled = random.percent(15) ? name.toUpperCase() : name;
  const others = (): void => {
    headers.push([spelled, bytes(random.pick(words.VALUES))]);
  };
  if (random.percent(10)) others();
  headers.push([spelled, random.percent(85) ? value : mutate(random, value)]);
  if (random.percent(10)) others();
}

/** Meets the block's conditions as far as one request can. */
function aimed(random: Random, match: HTTPMatchRequest, services: VirtualService[], scope: Scope): Request {
  const request: Request = { method: "GET", target: "/", authority: authority(random, services), headers: [] };
  request.target = path(
    match.uri ? satisfying(random, match.uri, words.PATHS) : random.percent(50) ? "/" : random.pick(words.PATHS),
  );
  if (match.ignoreUriCase && random.percent(60)) request.target = upperCase(request.target);
  if (random.percent(12)) request.target = path(mutate(random, request.target));
  if (match.method) request.method = method(random, match.method);
  else if (random.percent(10)) request.method = random.pick(words.METHODS);
  if (match.authority && random.percent(50)) {
    request.authority = satisfying(random, match.authority, ["reviews"]) || request.authority;
  }
  if (match.scheme && random.percent(70)) {
    const scheme = satisfying(random, match.scheme, ["https"]).toLowerCase();
    if (random.percent(50)) request.headers.push(["x-forwarded-proto", scheme]);
    else request.absolute = scheme === "https" ? "https" : "http";
  }
  for (const [name, condition] of Object.entries(match.headers ?? {})) {
    if (claimPath(name)) continue;
    const value = satisfying(random, condition, words.VALUES);
    if (name === ":path") request.target = path(value);
    else if (name === ":method") request.method = method(random, condition);
    else if (name === "host" || name === ":authority")
      request.authority = random.percent(50) ? value : request.authority;
    else if (!name.startsWith(":")) addHeader(random, request.headers, name, value);
  }
  for (const [name, condition] of Object.entries(match.withoutHeaders ?? {})) {
    if (name.startsWith(":") || name === "host" || claimPath(name) || random.percent(60)) continue;
    addHeader(
      random,
      request.headers,
      name,
      random.percent(50) ? satisfying(random, condition, words.VALUES) : "other",
    );
  }
  request.target += encode(query(random, match.queryParams ?? {}));
  if (!scope.asciiOnly && random.percent(10)) {
    request.headers.push([random.pick(["end-user", "x-canary"]), random.pick(["\xff", "jos\xe9", "josÃ©", "\xe4"])]);
  }
  return request;
}

/** Extras that no condition asks for: upgrades, gRPC, the client's own steering header, header noise, CONNECT. */
function embellish(random: Random, request: Request): Request {
  const { headers } = request;
  if (random.percent(4)) headers.push(["connection", "Upgrade"], ["upgrade", "websocket"]);
  if (random.percent(4)) headers.push(["content-type", "application/grpc"], ["te", "trailers"]);
  if (random.percent(12)) headers.push([random.pick(["x-subset", "X-Subset"]), random.pick(["v9", "", "s0"])]);
  if (random.percent(3)) headers.push(["x-subset", "again"]);
  if (random.percent(20)) headers.push(...random.times(1, 4, (i): [string, string] => [`x-noise-${i}`, "n"]));
  if (random.percent(10)) headers.push(["x-gone", "here"], ["x-twice", "own"]);
  if (random.percent(1)) return { ...request, method: "CONNECT", target: request.authority };
  return request;
}

/** One request for this list. */
export function generateRequest(random: Random, services: VirtualService[], scope: Scope): Request {
  const routes = services.flatMap((service) => service.http);
  const matches = routes.flatMap((route) => route.match ?? []);
  const match = matches.length > 0 && random.percent(90) ? random.pick(matches) : {};
  return embellish(random, aimed(random, match, services, scope));
}
