import type { PropertyValue, StreamOptions } from "../../../emulator/index.ts";
import {
  DETECTION,
  EACH_LENGTH,
  LAST,
  LED,
  PATH,
  SIFTED,
  lastOf,
  tokenOf,
  usualHeaders,
  type LedShape,
} from "./shape.ts";

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

/** By what the routes ask for: a match, the request that meets the last, and how many steps more the many may cost. */
const SHAPES: Readonly<Record<string, readonly [(n: number) => string, StreamOptions, number]>> = {
  "exact paths": [(n) => `"uri":${exact(`/p${n}`)}`, request([], `/p${LAST}`), LED],
  "header names": [(n) => header(`x-${n}`, exact("a")), request([[`x-${LAST}`, "a"]]), LED],
  "query names": [
    (n) => `"queryParams":{"q${n}":${exact("a")}}`,
    request([], `${PATH}?page=2&q${LAST}=a&sort=name`),
    LED,
  ],
  "query names, presence alone": [
    (n) => `"queryParams":{"q${n}":{}}`,
    request([], `${PATH}?page=2&q${LAST}&sort=name`),
    LED,
  ],
  "cookie names": [(n) => `"cookies":{"c${n}":${exact("a")}}`, request([["cookie", `c${LAST}=a`]]), LED],
  "presence of headers": [(n) => header(`x-${n}`, "{}"), request([[`x-${LAST}`, ""]]), LED],
  claims: [(n) => claim(`c${n}`, exact("a")), request([], PATH, { iss: "a", sub: "b", [`c${LAST}`]: "a" }), LED],
  "claims within a claim": [
    (n) => claim(`roles.c${n}`, exact("a")),
    request([], PATH, { iss: "a", sub: "b", roles: { other: "b", [`c${LAST}`]: "a" } }),
    LED,
  ],
  "presence of claims": [
    (n) => claim(`c${n}`, "{}"),
    request([], PATH, { iss: "a", sub: "b", [`c${LAST}`]: "a" }),
    LED,
  ],
  "absence of one header, and a path": [
    (n) => `${without("x-canary", "{}")},"uri":${exact(`/p${n}`)}`,
    request([], `/p${LAST}`),
    LED,
  ],
  "absence of one header that is there": [
    (n) => (n < LAST ? `"withoutHeaders":{"accept":{},"x-${n}":${exact("a")}}` : EVERY),
    request([]),
    LED,
  ],
  "another value than the request's": [
    (n) => (n < LAST ? `"withoutHeaders":{"accept":${exact("*/*")},"x-${n}":${exact("a")}}` : EVERY),
    request([]),
    LED,
  ],
  "100 lengths of starts": [(n) => `"uri":{"prefix":"${long(n)}"}`, request([], `${long(LAST)}b`), EACH_LENGTH],
  "one header": [
    (n) =>
      n < LAST ? `${header("accept", exact("*/*"))},"withoutHeaders":{"x-${n}":${exact("a")},"user-agent":{}}` : EVERY,
    request([]),
    SIFTED,
  ],
  "one header, and a path": [
    (n) => (n < LAST ? `"uri":{"prefix":"/other"},${header("accept", exact("*/*"))}` : EVERY),
    request([]),
    SIFTED,
  ],
  "expressions with a literal inside": [
    (n) => header("x-tenant", regex(`.*-tenant-${n}-.*`)),
    request([["x-tenant", `eu-tenant-${LAST}-prod`]]),
    SIFTED,
  ],
  "expressions of one start": [
    (n) => `"uri":${regex(`/api/v[0-9]+/tenants/${n}/.*`)}`,
    request([], `/api/v2/tenants/${LAST}/orders`),
    SIFTED,
  ],
  "expressions that end in a literal": [
    (n) => header("x-host", regex(`[a-z]+\\\\.team-${n}\\\\.example\\\\.com`)),
    request([["x-host", `web.team-${LAST}.example.com`]]),
    SIFTED,
  ],
};

export const ROUTE_SHAPES: readonly LedShape[] = Object.entries(DOCUMENTS).flatMap(([filter, document]) =>
  Object.entries(SHAPES).map(([what, [match, stream, more]]) => ({
    filter,
    what,
    document: (count: number) => document((part) => lastOf(count, (n) => part(`"match":[{${match(n)}}]`, n))),
    request: stream,
    more,
  })),
);
