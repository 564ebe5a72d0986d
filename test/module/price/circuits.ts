import { DETECTION, LAST, lastOf, usualHeaders, type Shape } from "./shape.ts";

const HOST = `"trafficPolicy":{${DETECTION}}`;
/** As much as a request may cost with a thousand circuits, for which `SUITES=circuits make bench` measures CPU time. */
const MOST = 1.2;

const rules = (list: string): string => `{"destinationRules":[${list}]}`;
const rule = (host: string, beside = ""): string => `{"name":"${host}","host":"${host}",${HOST}${beside}}`;
const circuit = (n: number): string =>
  `{"name":"c${n}","match":[{"headers":{"x-tenant":{"exact":"tenant-${n}"}}}],${DETECTION}}`;

/** Destinations, and circuits of one destination. */
export const CIRCUIT_SHAPES: readonly Shape[] = [
  {
    filter: "circuit-breaking",
    what: "hosts",
    document: (count) => rules(lastOf(count, (n) => rule(n < LAST ? `tenant-${n}.example.com` : "reviews"))),
    request: { requestHeaders: usualHeaders("/", []) },
    most: MOST,
  },
  {
    filter: "circuit-breaking",
    what: "circuits of one host",
    document: (count) => rules(rule("reviews", `,"circuits":[${lastOf(count, circuit)}]`)),
    request: { requestHeaders: usualHeaders("/", [["x-tenant", `tenant-${LAST}`]]) },
    most: MOST,
  },
];
