import type { PropertyValue, StreamOptions } from "../../../emulator/index.ts";
import { EACH_LENGTH, LAST, LED, PATH, SIFTED, lastOf, tokenOf, usualHeaders, type LedShape } from "./shape.ts";

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

/** By what the rules ask for: a rule, the request that meets the last, and how many steps more the many may cost. */
const SHAPES: Readonly<Record<string, readonly [(n: number) => string, StreamOptions, number]>> = {
  paths: [(n) => to(`"paths":["/p${n}"]`), request({ path: `/p${LAST}` }), LED],
  namespaces: [(n) => from(`"namespaces":["ns-${n}"]`), request({ namespace: `ns-${LAST}` }), LED],
  "namespaces by their start": [(n) => from(`"namespaces":["ns-${n}-*"]`), request({ namespace: `ns-${LAST}-a` }), LED],
  "namespaces by their end": [(n) => from(`"namespaces":["*-${n}"]`), request({ namespace: `ns-${LAST}` }), SIFTED],
  "presence of headers": [
    (n) => when(`request.headers[x-${n}]`, '"values":["*"]'),
    request({ headers: [[`x-${LAST}`, "a"]] }),
    LED,
  ],
  claims: [(n) => when(`request.auth.claims[c${n}]`, '"values":["a"]'), claims(`c${LAST}`, "a"), LED],
  "claims within a claim": [
    (n) => when(`request.auth.claims[roles][c${n}]`, '"values":["a"]'),
    claims("roles", { other: "b", [`c${LAST}`]: "a" }),
    LED,
  ],
  "presence of claims": [(n) => when(`request.auth.claims[c${n}]`, '"values":["*"]'), claims(`c${LAST}`, "a"), LED],
  notPaths: [(n) => (n < LAST ? to(`"notPaths":["${PATH}","/p${n}"]`) : EVERY), request({}), LED],
  notPrincipals: [
    // The last asks for the peer too: what reading it costs is no matter of how many rules there are.
    (n) => from(`"notPrincipals":[${n < LAST ? '"cluster.local/ns/default/sa/sleep",' : ""}"a/ns/b/sa/${n}"]`),
    request({}),
    LED,
  ],
  "notValues of a header": [
    (n) => (n < LAST ? when("request.headers[accept]", `"notValues":["*/*","${n}"]`) : EVERY),
    request({}),
    LED,
  ],
  "100 lengths of starts": [(n) => to(`"paths":["${long(n)}*"]`), request({ path: `${long(LAST)}b` }), EACH_LENGTH],
  "100 lengths of ends": [
    (n) => to(`"paths":["*/${n}${"a".repeat(n % 100)}"]`),
    request({ path: `/b/${LAST}${"a".repeat(LAST % 100)}` }),
    EACH_LENGTH,
  ],
  "one method": [
    (n) =>
      n < LAST
        ? both(to('"methods":["GET"]'), from(`"notPrincipals":["cluster.local/ns/default/sa/sleep","a/ns/b/sa/${n}"]`))
        : EVERY,
    request({}),
    SIFTED,
  ],
  "one method, and one principal": [
    (n) =>
      n < LAST ? both(to('"methods":["GET"]'), from('"principals":["cluster.local/ns/default/sa/other"]')) : EVERY,
    request({}),
    SIFTED,
  ],
  "namespaces with a star inside": [
    (n) => from(`"namespaces":["team-*-tenant-${n}"]`),
    request({ namespace: `team-a-tenant-${LAST}` }),
    SIFTED,
  ],
  "expressions with a literal inside": [
    (n) => when("request.headers[x-tenant]", `"regex":[".*-tenant-${n}-.*"]`),
    request({ headers: [["x-tenant", `eu-tenant-${LAST}-prod`]] }),
    SIFTED,
  ],
  "expressions of one start": [
    (n) => when("request.headers[x-tenant]", `"regex":["/api/v[0-9]+/tenants/${n}/.*"]`),
    request({ headers: [["x-tenant", `/api/v2/tenants/${LAST}/orders`]] }),
    SIFTED,
  ],
};

export const POLICY_SHAPES: readonly LedShape[] = Object.entries(SHAPES).map(([what, [rule, stream, more]]) => ({
  filter: "authz",
  what,
  document: (count: number) => `{"policies":[{"name":"a","rules":[${lastOf(count, rule)}]}]}`,
  request: stream,
  more,
}));
