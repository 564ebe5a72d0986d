/**
 * Whether one value of a policy matches a request, field by field, as istiod's generators say it (istio
 * `pilot/pkg/security/authz/model/generator.go`, `authz/matcher`): with istiod's own expressions where it writes some, and
 * with nothing of the filter.
 */
import { blockHolds } from "./address.ts";
import type { Configuration, Policy, Workload } from "./policy.ts";
import type { Claims, Request } from "./request.ts";
import { expandPrincipal, expandTrustDomain } from "./trust-domains.ts";

/** What a value is judged by. */
export interface Scope {
  readonly request: Request;
  readonly configuration: Configuration;
  readonly workload: Workload;
  readonly policy: Policy;
}

type Match = (value: string, scope: Scope) => boolean;

/** A header, a claim or a metadata entry matches in the way of its kind, given its name. */
type NamedMatch = (name: string, value: string, scope: Scope) => boolean;

const expressions = new Map<string, RegExp>();
const templates = new Map<string, string>();

/** An expression that the whole text must match; `.` is every byte but the line feed, as in RE2. */
export function full(pattern: string): RegExp {
  let expression = expressions.get(pattern);
  if (expression === undefined) expressions.set(pattern, (expression = new RegExp(`^(?:${pattern})$`)));
  return expression;
}

function quoted(literal: string): string {
  return literal.replace(/[.*+?^${}()|[\]\\/-]/g, "\\$&");
}

/** `*`, `*x`, `x*` or the text itself; `any` is what `*` stands for. */
function isMatch(value: string, text: string, any: (text: string) => boolean = isSome): boolean {
  if (value === "*") return any(text);
  if (value.startsWith("*")) return text.endsWith(value.slice(1));
  if (value.endsWith("*")) return text.startsWith(value.slice(0, -1));
  return text === value;
}

/** `.+` */
function isSome(text: string): boolean {
  return full("[^\\n]+").test(text);
}

function isThere(): boolean {
  return true;
}

/** The source's identity with its scheme; undefined where there is none. */
export function identityOf({ request, configuration, workload }: Scope): string | undefined {
  const { kind, listener, namespace, serviceAccount } = workload;
  const said = configuration.direction ?? (kind === "sidecar" && listener === 2 ? "OUTBOUND" : "INBOUND");
  const forwarded = request.forwarded === "-" ? undefined : request.forwarded;
  if (kind === "waypoint") return request.san;
  if (said === "INBOUND") return request.san ?? forwarded;
  return `spiffe://${configuration.trustDomain ?? "cluster.local"}/ns/${namespace}/sa/${serviceAccount}`;
}

function onIdentity(pattern: (value: string, scope: Scope) => string): Match {
  return (value, scope) => {
    const identity = identityOf(scope);
    return identity !== undefined && full(pattern(value, scope)).test(identity);
  };
}

function principalPattern(value: string): string {
  if (value === "*") return ".+";
  if (value.startsWith("*")) return `spiffe://.*${quoted(value.slice(1))}`;
  if (value.endsWith("*")) return `spiffe://${quoted(value.slice(0, -1))}.*`;
  return `spiffe://${quoted(value)}`;
}

function serviceAccountPattern(value: string, { policy, workload }: Scope): string {
  const slash = value.indexOf("/");
  const namespace = slash < 0 ? (policy.namespace ?? workload.namespace) : value.slice(0, slash);
  return `spiffe://.+/ns/${quoted(namespace)}/(.+/|)sa/${quoted(value.slice(slash + 1))}(/.+)?`;
}

function trustDomainPattern(value: string): string {
  return value === "*" ? "spiffe://.*" : `spiffe://${value.split("*").map(quoted).join("[^/]*")}/.*`;
}

/** The values that a header has, `host` being `:authority`; a repeated one's are one where they are JOINED. */
function headerValues(written: string, { request, configuration }: Scope): string[] {
  const lower = written.toLowerCase();
  const name = lower === "host" ? ":authority" : lower;
  const values = request.headers.filter(([key]) => key === name).map(([, value]) => value);
  return configuration.repeatedHeaders === "JOINED" && values.length > 0 ? [values.join(",")] : values;
}

function onHeader(name: string, value: string, scope: Scope): boolean {
  return headerValues(name, scope).some((one) => isMatch(value, one, isThere));
}

function onPath(value: string, scope: Scope): boolean {
  const path = headerValues(":path", scope)[0]?.split(/[?#]/)[0];
  if (path === undefined) return false;
  return value.includes("{*") ? full(templatePattern(value)).test(path) : isMatch(value, path);
}

/** The expression that Envoy makes of a template (`source/extensions/path/uri_template_lib`). */
function templatePattern(value: string): string {
  let pattern = templates.get(value);
  if (pattern === undefined) {
    const one = "[a-zA-Z0-9._~%!$&'()*+,;:@=-]+";
    const any = "[a-zA-Z0-9._~%!$&'()*+,;:@=/-]*";
    const parts = value.split(/(\{\*\*?\})/);
    pattern = parts.map((part) => (part === "{*}" ? one : part === "{**}" ? any : quoted(part))).join("");
    templates.set(value, pattern);
  }
  return pattern;
}

/** A string that matches, or a list with one. */
function onClaim(path: readonly string[], value: string, { request }: Scope): boolean {
  let at: unknown = request.claims;
  for (const name of path) at = isObject(at) ? at[name] : undefined;
  const items = Array.isArray(at) ? (at as unknown[]) : [at];
  return items.some((item) => typeof item === "string" && isMatch(value, item));
}

function isObject(value: unknown): value is Claims {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** `iss/sub`, parted at the last slash. */
function onRequestPrincipal(value: string, { request: { claims } }: Scope): boolean {
  const iss = claims?.["iss"];
  const sub = claims?.["sub"];
  if (typeof iss !== "string" || typeof sub !== "string") return false;
  const slash = value.lastIndexOf("/");
  const [issuer, subject] = slash < 0 ? [value, ""] : [value.slice(0, slash), value.slice(slash + 1)];
  if (value.startsWith("*")) {
    return slash < 0 ? isSome(iss) && isMatch(value, sub) : isMatch(issuer, iss) && sub === subject;
  }
  if (value.endsWith("*")) {
    if (slash < 0) return iss.startsWith(value.slice(0, -1)) && isSome(sub);
    return iss === issuer && (subject === "*" ? isSome(sub) : sub.startsWith(subject.slice(0, -1)));
  }
  return iss === issuer && sub === subject;
}

/** `[v]` asks for a list, everything else for a string. */
function onMetadata(filter: string, key: string, value: string, { request }: Scope): boolean {
  const found = request.metadata[filter]?.[key];
  if (!value.startsWith("[") || !value.endsWith("]")) return typeof found === "string" && isMatch(value, found);
  const item = value.replace(/^[[\]]+|[[\]]+$/g, "");
  return Array.isArray(found) && found.some((one) => typeof one === "string" && isMatch(item, one));
}

function onAddress(address: (scope: Scope) => string): Match {
  return (value, scope) => blockHolds(value, address(scope));
}

/** The values of a source's and an operation's fields. */
const FIELDS: Readonly<Record<string, Match>> = {
  principals: (value, scope) =>
    expandPrincipal(value, scope.configuration).some((one) => onIdentity(principalPattern)(one, scope)),
  namespaces: onIdentity((value) => `.*/ns/${value.split("*").map(quoted).join(".*")}/.*`),
  serviceAccounts: onIdentity(serviceAccountPattern),
  trustDomains: (value, scope) =>
    expandTrustDomain(value, scope.configuration).some((one) => onIdentity(trustDomainPattern)(one, scope)),
  requestPrincipals: onRequestPrincipal,
  ipBlocks: onAddress(({ request }) => request.direct),
  remoteIpBlocks: onAddress(({ request }) => request.remote),
  hosts: (value, scope) =>
    headerValues(":authority", scope).some((host) => isMatch(value.toLowerCase(), host.toLowerCase(), isThere)),
  methods: (value, scope) => onHeader(":method", value, scope),
  paths: onPath,
  ports: (value, { request }) => Number(value) === request.port,
};

const onSni: Match = (value, { request: { serverName } }) => serverName !== "" && isMatch(value, serverName);

/** The keys of `when` that stand for one fact each. */
const KEYS: Readonly<Record<string, Match>> = {
  "source.principal": FIELDS["principals"]!,
  "source.namespace": FIELDS["namespaces"]!,
  "source.serviceAccount": FIELDS["serviceAccounts"]!,
  "source.trustDomain": FIELDS["trustDomains"]!,
  "source.ip": FIELDS["ipBlocks"]!,
  "remote.ip": FIELDS["remoteIpBlocks"]!,
  "destination.ip": onAddress(({ request }) => request.local),
  "destination.port": FIELDS["ports"]!,
  "request.auth.principal": onRequestPrincipal,
  "request.auth.audiences": (value, scope) => onClaim(["aud"], value, scope),
  "request.auth.presenter": (value, scope) => onClaim(["azp"], value, scope),
  "connection.sni": onSni,
};

const NAMED: readonly (readonly [form: RegExp, NamedMatch])[] = [
  [/^request\.headers\[(.+)\]$/, onHeader],
  [/^request\.auth\.claims\[(.+)\]$/, (name, value, scope) => onClaim(name.split("]["), value, scope)],
  [
    /^experimental\.(envoy\.filters\..+\[.+)\]$/,
    (name, value, scope) => {
      const open = name.indexOf("[");
      return onMetadata(name.slice(0, open), name.slice(open + 1), value, scope);
    },
  ],
];

/** Whether one value of a field matches, by the field's name without its `not`. */
export function fieldMatches(field: string, value: string, scope: Scope): boolean {
  const match = FIELDS[field];
  if (match === undefined) throw new Error(`no field ${field}`);
  return match(value, scope);
}

/** Whether one value of a condition matches. */
export function keyMatches(key: string, value: string, scope: Scope): boolean {
  const own = KEYS[key];
  if (own !== undefined) return own(value, scope);
  for (const [form, match] of NAMED) {
    const name = form.exec(key)?.[1];
    if (name !== undefined) return match(name, value, scope);
  }
  throw new Error(`no key ${key}`);
}

/** The texts that a condition's own expressions are matched against. */
export function keyTexts(key: string, scope: Scope): string[] {
  const header = /^request\.headers\[(.+)\]$/.exec(key)?.[1];
  if (header !== undefined) return headerValues(header, scope);
  if (key === "source.principal")
    return [identityOf(scope)?.slice("spiffe://".length)].filter((one) => one !== undefined);
  throw new Error(`the plain evaluation has no expressions on ${key}`);
}
