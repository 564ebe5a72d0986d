import type { PropertyValue, StreamOptions } from "../../../emulator/index.ts";
import { LAST, PATH, lastOf, tokenOf, usualHeaders, type Shape } from "./shape.ts";

interface Parts {
  readonly path?: string;
  readonly headers?: readonly [string, string][];
  readonly claims?: Readonly<Record<string, PropertyValue>>;
  readonly namespace?: string;
}

/** A request with what usual ones have, of a peer with an identity. */
function request({ path = PATH, headers = [], claims, namespace = "default" }: Parts): StreamOptions {
  return {
    requestHeaders: usualHeaders(path, headers),
    properties: {
      connection: { mtls: true, uri_san_peer_certificate: `spiffe://cluster.local/ns/${namespace}/sa/sleep` },
      xds: { listener_direction: 1n },
      ...tokenOf(claims),
    },
  };
}

const from = (source: string): string => `{"from":[{"source":{${source}}}]}`;
const to = (operation: string): string => `{"to":[{"operation":{${operation}}}]}`;
const when = (key: string, values: string): string => `{"when":[{"key":"${key}",${values}}]}`;
const both = (one: string, other: string): string => `${one.slice(0, -1)},${other.slice(1)}`;
const EVERY = to('"paths":["/*"]');
const long = (n: number): string => `/${"a".repeat(n % 100)}/${n}/`;
const claims = (name: string, value: PropertyValue): StreamOptions =>
  request({ claims: { iss: "a", sub: "b", aud: ["c", "d"], [name]: value } });

/** By what the rules ask for: a rule, the request that meets the last, and how much more the many may cost. */
const SHAPES: Readonly<Record<string, readonly [(n: number) => string, StreamOptions, number]>> = {
  paths: [(n) => to(`"paths":["/p${n}"]`), request({ path: `/p${LAST}` }), 2],
  namespaces: [(n) => from(`"namespaces":["ns-${n}"]`), request({ namespace: `ns-${LAST}` }), 2],
  "namespaces by their start": [(n) => from(`"namespaces":["ns-${n}-*"]`), request({ namespace: `ns-${LAST}-a` }), 2],
  "namespaces by their end": [(n) => from(`"namespaces":["*-${n}"]`), request({ namespace: `ns-${LAST}` }), 10],
  "presence of headers": [
    (n) => when(`request.headers[x-${n}]`, '"values":["*"]'),
    request({ headers: [[`x-${LAST}`, "a"]] }),
    2,
  ],
  claims: [(n) => when(`request.auth.claims[c${n}]`, '"values":["a"]'), claims(`c${LAST}`, "a"), 2],
  "claims within a claim": [
    (n) => when(`request.auth.claims[roles][c${n}]`, '"values":["a"]'),
    claims("roles", { other: "b", [`c${LAST}`]: "a" }),
    2,
  ],
  "presence of claims": [(n) => when(`request.auth.claims[c${n}]`, '"values":["*"]'), claims(`c${LAST}`, "a"), 2],
  notPaths: [(n) => (n < LAST ? to(`"notPaths":["${PATH}","/p${n}"]`) : EVERY), request({}), 2],
  notPrincipals: [
    // The last asks for the peer too: what reading it costs is no matter of how many rules there are.
    (n) => from(`"notPrincipals":[${n < LAST ? '"cluster.local/ns/default/sa/sleep",' : ""}"a/ns/b/sa/${n}"]`),
    request({}),
    2,
  ],
  "notValues of a header": [
    (n) => (n < LAST ? when("request.headers[accept]", `"notValues":["*/*","${n}"]`) : EVERY),
    request({}),
    2,
  ],
  // One rule is tried as it is, and needs no index.
  "100 lengths of starts": [(n) => to(`"paths":["${long(n)}*"]`), request({ path: `${long(LAST)}b` }), 2.6],
  "100 lengths of ends": [
    (n) => to(`"paths":["*/${n}${"a".repeat(n % 100)}"]`),
    request({ path: `/b/${LAST}${"a".repeat(LAST % 100)}` }),
    2.85,
  ],
  "one method": [
    (n) =>
      n < LAST
        ? both(to('"methods":["GET"]'), from(`"notPrincipals":["cluster.local/ns/default/sa/sleep","a/ns/b/sa/${n}"]`))
        : EVERY,
    request({}),
    10,
  ],
  "one method, and one principal": [
    (n) =>
      n < LAST ? both(to('"methods":["GET"]'), from('"principals":["cluster.local/ns/default/sa/other"]')) : EVERY,
    request({}),
    10,
  ],
  "namespaces with a star inside": [
    (n) => from(`"namespaces":["team-*-tenant-${n}"]`),
    request({ namespace: `team-a-tenant-${LAST}` }),
    10,
  ],
  "expressions with a literal inside": [
    (n) => when("request.headers[x-tenant]", `"regex":[".*-tenant-${n}-.*"]`),
    request({ headers: [["x-tenant", `eu-tenant-${LAST}-prod`]] }),
    10,
  ],
  "expressions of one start": [
    (n) => when("request.headers[x-tenant]", `"regex":["/api/v[0-9]+/tenants/${n}/.*"]`),
    request({ headers: [["x-tenant", `/api/v2/tenants/${LAST}/orders`]] }),
    10,
  ],
};

export const POLICY_SHAPES: readonly Shape[] = Object.entries(SHAPES).map(([what, [rule, stream, most]]) => ({
  filter: "authz",
  what,
  document: (count: number) => `{"policies":[{"name":"a","rules":[${lastOf(count, rule)}]}]}`,
  request: stream,
  most,
}));
