import type { PropertyValue, StreamOptions } from "../../../emulator/index.ts";
import { DETECTION, LAST, PATH, lastOf, tokenOf, usualHeaders, type Shape } from "./shape.ts";

/** A request with what usual ones have. */
function request(
  headers: readonly [string, string][],
  path = PATH,
  claims?: Readonly<Record<string, PropertyValue>>,
): StreamOptions {
  return {
    requestHeaders: usualHeaders(path, [["cookie", "theme=dark; session=9f86d081884c7d65"], ...headers]),
    properties: tokenOf(claims),
  };
}

/** A list of something for each of so many matches. */
type ForEach = (part: (match: string, n: number) => string) => string;

const http = (list: string): string => `{"virtualServices":[{"name":"reviews","hosts":["reviews"],"http":[${list}]}]}`;

/** What asks for matches, by filter: the last one decides otherwise than those before, and the request shows it. */
const DOCUMENTS: Readonly<Record<string, (each: ForEach) => string>> = {
  "header-routing": (each) =>
    http(each((match, n) => `{${match},"route":[{"destination":{"host":"a","subset":"s${n}"}}]}`)),
  "fault-injection": (each) =>
    http(
      each((match, n) => {
        const abort = `{"httpStatus":${n < LAST ? 503 : 599},"percentage":{"value":100}}`;
        return `{${match},"name":"r${n}","fault":{"abort":${abort}}}`;
      }),
    ),
  "trace-propagation": (each) =>
    `{"sampling":{"rules":[${each((match, n) => `{${match},"randomSamplingPercentage":${n < LAST ? 0 : 100}}`)}]}}`,
  "circuit-breaking": (each) => {
    const circuits = each(
      (match, n) => `{${match},"name":"c${n}","state":"${n < LAST ? "DISABLED" : "FORCED_OPEN"}",${DETECTION}}`,
    );
    return `{"destinationRules":[{"name":"reviews","host":"reviews","circuits":[${circuits}]}]}`;
  },
};

const header = (name: string, match: string): string => `"headers":{"${name}":${match}}`;
const claim = (name: string, match: string): string => header(`@request.auth.claims.${name}`, match);
const without = (name: string, match: string): string => `"withoutHeaders":{"${name}":${match}}`;
const exact = (value: string): string => `{"exact":"${value}"}`;
const regex = (value: string): string => `{"regex":"${value}"}`;
const EVERY = '"uri":{"prefix":"/"}';
const long = (n: number): string => `/${"a".repeat(n % 100)}/${n}/`;

/** By what the routes ask for: a match, the request that meets the last, and how much more the many may cost. */
const SHAPES: Readonly<Record<string, readonly [(n: number) => string, StreamOptions, number]>> = {
  "exact paths": [(n) => `"uri":${exact(`/p${n}`)}`, request([], `/p${LAST}`), 2],
  "header names": [(n) => header(`x-${n}`, exact("a")), request([[`x-${LAST}`, "a"]]), 2],
  "query names": [
    (n) => `"queryParams":{"q${n}":${exact("a")}}`,
    request([], `${PATH}?page=2&q${LAST}=a&sort=name`),
    2,
  ],
  "query names, presence alone": [
    (n) => `"queryParams":{"q${n}":{}}`,
    request([], `${PATH}?page=2&q${LAST}&sort=name`),
    2,
  ],
  "cookie names": [(n) => `"cookies":{"c${n}":${exact("a")}}`, request([["cookie", `c${LAST}=a`]]), 2],
  "presence of headers": [(n) => header(`x-${n}`, "{}"), request([[`x-${LAST}`, ""]]), 2],
  claims: [(n) => claim(`c${n}`, exact("a")), request([], PATH, { iss: "a", sub: "b", [`c${LAST}`]: "a" }), 2],
  "claims within a claim": [
    (n) => claim(`roles.c${n}`, exact("a")),
    request([], PATH, { iss: "a", sub: "b", roles: { other: "b", [`c${LAST}`]: "a" } }),
    2,
  ],
  "presence of claims": [(n) => claim(`c${n}`, "{}"), request([], PATH, { iss: "a", sub: "b", [`c${LAST}`]: "a" }), 2],
  "absence of one header, and a path": [
    (n) => `${without("x-canary", "{}")},"uri":${exact(`/p${n}`)}`,
    request([], `/p${LAST}`),
    2,
  ],
  "absence of one header that is there": [
    (n) => (n < LAST ? `"withoutHeaders":{"accept":{},"x-${n}":${exact("a")}}` : EVERY),
    request([]),
    2,
  ],
  "another value than the request's": [
    (n) => (n < LAST ? `"withoutHeaders":{"accept":${exact("*/*")},"x-${n}":${exact("a")}}` : EVERY),
    request([]),
    2,
  ],
  // One rule is tried as it is, and needs no index.
  "100 lengths of starts": [(n) => `"uri":{"prefix":"${long(n)}"}`, request([], `${long(LAST)}b`), 2.5],
  "one header": [
    (n) =>
      n < LAST ? `${header("accept", exact("*/*"))},"withoutHeaders":{"x-${n}":${exact("a")},"user-agent":{}}` : EVERY,
    request([]),
    10,
  ],
  "one header, and a path": [
    (n) => (n < LAST ? `"uri":{"prefix":"/other"},${header("accept", exact("*/*"))}` : EVERY),
    request([]),
    10,
  ],
  "expressions with a literal inside": [
    (n) => header("x-tenant", regex(`.*-tenant-${n}-.*`)),
    request([["x-tenant", `eu-tenant-${LAST}-prod`]]),
    10,
  ],
  "expressions of one start": [
    (n) => `"uri":${regex(`/api/v[0-9]+/tenants/${n}/.*`)}`,
    request([], `/api/v2/tenants/${LAST}/orders`),
    10,
  ],
  "expressions that end in a literal": [
    (n) => header("x-host", regex(`[a-z]+\\\\.team-${n}\\\\.example\\\\.com`)),
    request([["x-host", `web.team-${LAST}.example.com`]]),
    10,
  ],
};

export const ROUTE_SHAPES: readonly Shape[] = Object.entries(DOCUMENTS).flatMap(([filter, document]) =>
  Object.entries(SHAPES).map(([what, [match, stream, most]]) => ({
    filter,
    what,
    document: (count: number) => document((part) => lastOf(count, (n) => part(`"match":[{${match(n)}}]`, n))),
    request: stream,
    most,
  })),
);
