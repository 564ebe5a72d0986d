import type { Patch } from "../parts.ts";
import type { Write } from "./condition.ts";

/** A header, a pseudo-header, or `host`. */
export function writeHeader(name: string): Write {
  const lower = name.toLowerCase();
  if (lower === "host" || lower === ":authority") return writeHost;
  if (lower === ":method") return writeMethod;
  if (lower === ":path") return writePath;
  if (lower === ":scheme") return writeScheme;
  if (lower.startsWith(":")) return () => undefined;
  return (value) => ({ headers: { [lower]: value } });
}

export const writeMethod: Write = (value) => ({ method: value });
export const writeHost: Write = (value) => ({ host: value });
export const writeScheme: Write = (value) => (value === "http" || value === "https" ? { scheme: value } : undefined);
export const writeSni: Write = (value) => ({ sni: value });
export const writeRemoteIp: Write = (value) => ({ remoteIp: value });
export const writePort: Write = (value) => (value === null ? undefined : { port: Number(value) });

/** A path, and its query if it has one. */
export const writePath: Write = (value) => {
  if (value === null || value === "") return { path: "/" };
  if (!value.startsWith("/") && value !== "*") return undefined;
  return value.includes("?") || value.includes("#") ? undefined : { path: value };
};

export function writeQuery(name: string): Write {
  return (value) => (value !== null && /[&#\s]/.test(value) ? undefined : { query: { [name]: value } });
}

export function writeCookie(name: string): Write {
  return (value) => (value !== null && /[;"\s]/.test(value) ? undefined : { cookies: { [name]: value } });
}

export function writeClaim(way: readonly string[]): Write {
  const key = JSON.stringify(way);
  return (value) => ({ claims: { [key]: value } });
}

/** No identity at all: the request comes over plaintext. */
export const PLAINTEXT: Patch = { principal: null };

/** A SPIFFE ID without `spiffe://`. One of Istio's form has three parts, which other conditions can change. */
export const writePrincipal: Write = (value) => {
  if (value === null) return PLAINTEXT;
  const [, trustDomain, namespace, account] = /^([^/]+)\/ns\/([^/]+)\/sa\/([^/]+)$/.exec(value) ?? [];
  if (trustDomain === undefined || namespace === undefined || account === undefined) return { principal: value };
  return { trustDomain, namespace, account };
};

export const writeNamespace: Write = (value) => (isPart(value) ? { namespace: value } : orPlaintext(value));
export const writeTrustDomain: Write = (value) => (isPart(value) ? { trustDomain: value } : orPlaintext(value));

/** `namespace/name`, or a name in the policy's own namespace. */
export function writeServiceAccount(own: string): Write {
  return (value) => {
    if (value === null || value === "") return orPlaintext(value);
    const [first = "", second] = value.split("/");
    return second === undefined ? { namespace: own, account: first } : { namespace: first, account: second };
  };
}

function isPart(value: string | null): value is string {
  return value !== null && value !== "" && !value.includes("/");
}

function orPlaintext(value: string | null): Patch | undefined {
  return value === null ? PLAINTEXT : undefined;
}

/** `iss/sub` of a token. */
export const writeRequestPrincipal: Write = (value) => {
  if (value === null) return { claims: { '["iss"]': null, '["sub"]': null } };
  const at = value.lastIndexOf("/");
  return at < 0 ? undefined : { claims: { '["iss"]': value.slice(0, at), '["sub"]': value.slice(at + 1) } };
};

/** A time, RFC 3339. */
export const writeTime: Write = (value) => (value === null ? undefined : { at: value });
