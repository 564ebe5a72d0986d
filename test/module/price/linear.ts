import { LAST, PATH, lastOf, usualHeaders, type Shape } from "./shape.ts";

/** No four bytes in a row stand in all that it matches, and none of it is the header's value. */
const loose = (n: number): string => `[a-z]{1,${(n % 50) + 1}}|[0-9]+`;
/** The same, and it matches the header's value. */
const matching = (n: number): string => `[a-z]{1,${(n % 50) + 1}}|-+`;
const when = (fields: string): string => `{"when":[{"key":"request.headers[x-tenant]",${fields}}]}`;
const EVERY_RULE = '{"to":[{"operation":{"paths":["/*"]}}]}';
const rulesOf = (rules: string): string => `{"policies":[{"name":"a","rules":[${rules}]}]}`;

/** By what the rules of authz ask for: all of them, so many with the last that every request meets. */
const POLICIES: Readonly<Record<string, (count: number) => string>> = {
  "expressions without bytes in a row": (count) =>
    lastOf(count, (n) => (n < LAST ? when(`"regex":["${loose(n)}"]`) : EVERY_RULE)),
  "notRegex alone": (count) => lastOf(count, (n) => (n < LAST ? when(`"notRegex":["${matching(n)}"]`) : EVERY_RULE)),
  "values of one rule": (count) => `${when(`"regex":[${lastOf(count, (n) => `"${loose(n)}"`)}]`)},${EVERY_RULE}`,
  "values of one notRegex": (count) =>
    `${when(`"notRegex":[${lastOf(count, (n) => `"${n < LAST ? loose(n) : "-+"}"`)}]`)},${EVERY_RULE}`,
};

/** By what the routes ask for: the match of one. */
const ROUTES: Readonly<Record<string, (n: number) => string>> = {
  "expressions without bytes in a row": (n) => `"headers":{"x-tenant":{"regex":"${loose(n)}"}}`,
  "withoutHeaders by expressions alone": (n) => `"withoutHeaders":{"x-tenant":{"regex":"${matching(n)}"}}`,
};

const request = { requestHeaders: usualHeaders(PATH, [["x-tenant", "--"]]) };

/** Shapes of rules, all of which, or values, a request tries one by one: these no index leads to. */
export const LINEAR_SHAPES: readonly Shape[] = [
  ...Object.entries(POLICIES).map(([what, rules]) => ({
    filter: "authz",
    what,
    document: (count: number) => rulesOf(rules(count)),
    request,
  })),
  ...Object.entries(ROUTES).map(([what, match]) => ({
    filter: "header-routing",
    what,
    document: (count: number) => {
      const route = (n: number): string =>
        `{"match":[{${n < LAST ? match(n) : '"uri":{"prefix":"/"}'}}],"route":[{"destination":{"host":"a","subset":"s${n}"}}]}`;
      return `{"virtualServices":[{"name":"reviews","hosts":["reviews"],"http":[${lastOf(count, route)}]}]}`;
    },
    request,
  })),
];
