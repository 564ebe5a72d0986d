import { DETECTION, LAST, lastOf, usualHeaders, type LedShape } from "./shape.ts";

const HOST = `"trafficPolicy":{${DETECTION}}`;
/** A look-up is all that lies between one circuit and many; what a thousand cost in CPU time is measured by `SUITES=circuits make bench`. */
const MORE = 20;

/** As many as fit the 32 KiB that a list of ports may have. */
const MOST_PORTS = 400;

const rules = (list: string): string => `{"destinationRules":[${list}]}`;
/** Its circuits refuse everything, so that the outcome names the one that a request belongs to. */
const rule = (host: string, beside = "", policy = HOST): string =>
  `{"name":"${host}","host":"${host}","state":"FORCED_OPEN",${policy}${beside}}`;
const circuit = (n: number): string =>
  `{"name":"c${n}","match":[{"headers":{"x-tenant":{"exact":"tenant-${n}"}}}],${DETECTION}}`;

const subsets = (count: number): string => `"subsets":[${lastOf(count, (n) => `{"name":"v${n}"}`)}]`;
/** A configuration of so many subsets, of which the steering header says `value`. */
const steered = (count: number, value: string): string =>
  `{"steering":{"value":"${value}"},"destinationRules":[${rule("reviews", `,${subsets(count)}`)}]}`;

/** Destinations, and circuits, subsets and ports of one destination. */
export const CIRCUIT_SHAPES: readonly LedShape[] = [
  {
    filter: "circuit-breaking",
    what: "hosts",
    document: (count) => rules(lastOf(count, (n) => rule(n < LAST ? `tenant-${n}.example.com` : "reviews"))),
    request: { requestHeaders: usualHeaders("/", []) },
    more: MORE,
  },
  {
    filter: "circuit-breaking",
    what: "circuits of one host",
    document: (count) => rules(rule("reviews", `,"circuits":[${lastOf(count, circuit)}]`)),
    request: { requestHeaders: usualHeaders("/", [["x-tenant", `tenant-${LAST}`]]) },
    more: MORE,
  },
  {
    filter: "circuit-breaking",
    what: "subsets of one host",
    document: (count) => steered(count, "{subset}"),
    request: { requestHeaders: usualHeaders("/", [["x-subset", `v${LAST}`]]) },
    more: MORE,
  },
  {
    filter: "circuit-breaking",
    what: "subsets of one host, behind a port",
    document: (count) => steered(count, "{port}|{subset}"),
    request: { requestHeaders: usualHeaders("/", [["x-subset", `8080|v${LAST}`]]) },
    more: MORE,
  },
  {
    filter: "circuit-breaking",
    what: "subsets of one host, before a port",
    document: (count) => steered(count, "{subset}|{port}"),
    request: { requestHeaders: usualHeaders("/", [["x-subset", `v${LAST}|8080`]]) },
    more: MORE,
  },
  {
    filter: "circuit-breaking",
    what: "ports of one host",
    document: (count) => {
      const ports = lastOf(Math.min(count, MOST_PORTS), (n) => `{"port":{"number":${n + 1}},${DETECTION}}`);
      return rules(rule("reviews", "", `"trafficPolicy":{${DETECTION},"portLevelSettings":[${ports}]}`));
    },
    request: {
      requestHeaders: usualHeaders("/", []),
      properties: { destination: { port: BigInt(LAST + 1) } },
    },
    more: MORE,
  },
];
