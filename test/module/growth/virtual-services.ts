import { FEW, LONGEST, dimensionsOf, letters, long, many, nth, type Dimension } from "./dimension.ts";

const FAULT = '"fault":{"abort":{"httpStatus":500,"percentage":{"value":1}}}';
const ROUTE = '"route":[{"destination":{"host":"a","subset":"b"}}]';

/** What the filters of VirtualServices have in common. */
function ofFilter(filter: string, outcome: string): Dimension[] {
  const services = (list: string): string => `{"virtualServices":[${list}]}`;
  const routes = (list: string): string => services(`{"name":"a","hosts":["a"],"http":[${list}]}`);
  const route = (match: string): string => `{"match":[{${match}}],${outcome}}`;
  const manyRoutes = (match: (n: number) => string) => (count: number) => routes(many(count, (n) => route(match(n))));
  const oneMatch = (match: (list: string) => string, entry: (n: number) => string) => (count: number) =>
    routes(route(match(many(count, entry))));
  const map = (name: string) => (entries: string) => `"${name}":{${entries}}`;
  const exact = (n: number): string => `"${nth(n)}":{"exact":"a"}`;
  return dimensionsOf(
    filter,
    {
      VirtualServices: (count) => services(many(count, (n) => `{"hosts":["${nth(n)}"],"http":[{${outcome}}]}`)),
      hosts: (count) => services(`{"hosts":[${many(count, (n) => `"${nth(n)}"`)}],"http":[{${outcome}}]}`),
      domains: (count) => services(`{"hosts":[${many(count, (n) => `"${nth(n)}.com"`)}],"http":[{${outcome}}]}`),
      wildcards: (count) => services(`{"hosts":[${many(count, (n) => `"*.${nth(n)}"`)}],"http":[{${outcome}}]}`),
      routes: (count) => routes(many(count, () => `{${outcome}}`)),
      "names of routes": (count) => routes(many(count, (n) => `{"name":"${nth(n)}",${outcome}}`)),
      matches: (count) => routes(`{"match":[${many(count, (n) => `{"uri":{"exact":"/${nth(n)}"}}`)}],${outcome}}`),
      "matches of long expressions": (count) =>
        routes(`{"match":[${many(count, (n) => `{"uri":{"regex":"${"[^ab]".repeat(200)}${nth(n)}"}}`)}],${outcome}}`),
      "exact paths": manyRoutes((n) => `"uri":{"exact":"/${nth(n)}"}`),
      "one path": manyRoutes(() => '"uri":{"exact":"/a"}'),
      "starts of paths": manyRoutes((n) => `"uri":{"prefix":"/${nth(n)}"}`),
      "lengths of starts": [1400, (count) => routes(many(count, (n) => route(`"uri":{"prefix":"/${"a".repeat(n)}"}`)))],
      "expressions of paths": manyRoutes((n) => `"uri":{"regex":".*${nth(n)}"}`),
      "expressions with a literal start": manyRoutes((n) => `"uri":{"regex":"a{${(n * 619) % 999}}"}`),
      "headers of one match": oneMatch(map("headers"), exact),
      "headers, one a route": manyRoutes((n) => `"headers":{"${nth(n)}":{"exact":"a"}}`),
      "headers that must be there": manyRoutes((n) => `"headers":{"${nth(n)}":{}}`),
      "values of one header": manyRoutes((n) => `"headers":{"a":{"exact":"${nth(n)}"}}`),
      "expressions of one match": oneMatch(map("headers"), (n) => `"${nth(n)}":{"regex":".a"}`),
      "long expressions of one match": oneMatch(
        map("headers"),
        (n) => `"${nth(n)}":{"regex":"${"[a-z]+[0-9]".repeat(90)}.a"}`,
      ),
      "long names of one match": oneMatch(map("headers"), (n) => `"${long(n)}":{"exact":"a"}`),
      "long claims of one match": oneMatch(
        map("headers"),
        (n) => `"@request.auth.claims${".a".repeat(LONGEST / 2 - 20)}${nth(n)}":{"exact":"a"}`,
      ),
      "long starts of one match": oneMatch(map("headers"), (n) => `"${nth(n)}":{"prefix":"${long(n)}"}`),
      "withoutHeaders of one match": oneMatch(map("withoutHeaders"), exact),
      "withoutHeaders, one a route": manyRoutes((n) => `"withoutHeaders":{"${nth(n)}":{}}`),
      "queryParams of one match": oneMatch(map("queryParams"), exact),
      "queryParams, one a route": manyRoutes((n) => `"queryParams":{"${nth(n)}":{"exact":"a"}}`),
      "cookies of one match": oneMatch(map("cookies"), exact),
      "cookies, one a route": manyRoutes((n) => `"cookies":{"${nth(n)}":{"exact":"a"}}`),
      "claims of one match": oneMatch(map("headers"), (n) => `"@request.auth.claims.${nth(n)}":{"exact":"a"}`),
      "claims, one a route": manyRoutes((n) => `"headers":{"@request.auth.claims.${nth(n)}":{"exact":"a"}}`),
      "principals of one match": oneMatch(
        (list) => `"principals":[${list}]`,
        (n) => `"a/ns/b/sa/${nth(n)}"`,
      ),
      "principals, one a route": manyRoutes((n) => `"principals":["a/ns/b/sa/${nth(n)}"]`),
      "labels of one match": oneMatch(map("sourceLabels"), (n) => `"${nth(n)}":"a"`),
      gateways: [
        FEW,
        (count) => services(`{"hosts":["a"],"gateways":[${many(count, () => '"mesh"')}],"http":[{${outcome}}]}`),
      ],
      ports: manyRoutes((n) => `"port":${1 + (n % 65535)}`),
    },
    {
      "hosts of a long namespace": (count) =>
        services(
          `{"hosts":[${many(count, (n) => `"${nth(n)}"`)}],"namespace":"${letters(count)}","http":[{${outcome}}]}`,
        ),
      "hosts of two VirtualServices": (count) => services(many(count, () => `{"hosts":["a"],"http":[{${outcome}}]}`)),
      "entries of a long name": (count) =>
        services(`{"name":"${letters(count * 30)}","hosts":["a"],"http":[${many(count, () => `{${outcome}}`)}]}`),
      "unknown fields of a match": oneMatch(
        (list) => list,
        (n) => `"x${nth(n)}":0`,
      ),
      "unknown fields under one long name": (count) =>
        routes(route(`"headers":{"${letters(count * 8)}":{${many(count, (n) => `"x${nth(n)}":0`)}}}`)),
      "wrong matches": (count) => routes(`{"match":[${many(count, () => "0")}],${outcome}}`),
      "wrong routes": (count) => routes(many(count, () => "0")),
      "wrong hosts": (count) => services(`{"hosts":[${many(count, () => '"."')}],"http":[{${outcome}}]}`),
      "wrong header names": oneMatch(map("headers"), (n) => `" ${nth(n)}":{}`),
      "fields that are not supported": (count) => routes(many(count, () => `{"rewrite":0,"mirror":0,${outcome}}`)),
    },
  );
}

const routesTo = (list: string, beside = ""): string =>
  `{"virtualServices":[{"hosts":["a"],"http":[{${beside}"route":[${list}]}]}]}`;
const destination = (host: string, beside = ""): string => `{"destination":{"host":"${host}"},"weight":1${beside}}`;
const headers = (direction: string, list: string): string => `"headers":{"${direction}":{${list}}}`;

export const ROUTING_GROWTH: readonly Dimension[] = [
  ...ofFilter("header-routing", ROUTE),
  ...dimensionsOf(
    "header-routing",
    {
      "destinations of a route": [1000, (count) => routesTo(many(count, (n) => destination(nth(n))))],
      "headers of many destinations": [
        1000,
        (count) =>
          routesTo(
            many(count, (n) =>
              destination("a", `,${headers("request", `"set":{${many(40, (m) => `"${nth(n * 40 + m)}":"a"`)}}`)}`),
            ),
          ),
      ],
      "headers of a destination and its route in all ways": [
        FEW,
        (count) => {
          const map = `{${many(count, (n) => `"${nth(n)}":"a"`)}}`;
          const ways = `{"set":${map},"add":${map},"remove":[${many(count, (n) => `"${nth(n)}"`)}]}`;
          const all = `"headers":{"request":${ways},"response":${ways}}`;
          return routesTo(destination("a", `,${all}`), `${all},`);
        },
      ],
      "routes of 1,000 destinations": (count) => {
        const all = many(1000, () => destination("a"));
        return `{"virtualServices":[{"hosts":["a"],"http":[${many(count, () => `{"match":[{"method":{"exact":"a"}}],"route":[${all}]}`)}]}]}`;
      },
      "headers that are set": [
        FEW,
        (count) =>
          routesTo(destination("a"), `${headers("request", `"set":{${many(count, (n) => `"${nth(n)}":"a"`)}}`)},`),
      ],
      "headers that are added": [
        FEW,
        (count) =>
          routesTo(destination("a"), `${headers("response", `"add":{${many(count, (n) => `"${nth(n)}":"a"`)}}`)},`),
      ],
      "headers that are removed": [
        FEW,
        (count) =>
          routesTo(destination("a"), `${headers("response", `"remove":[${many(count, (n) => `"${nth(n)}"`)}]`)},`),
      ],
      "headers of a destination and its route": [
        FEW,
        (count) => {
          const set = headers("response", `"set":{${many(count, (n) => `"${nth(n)}":"a"`)}}`);
          return routesTo(destination("a", `,${set}`), `${set},`);
        },
      ],
      hashOn: (count) =>
        `{"virtualServices":[{"hosts":["a"],"http":[${many(count, (n) => `{"match":[{"method":{"exact":"a"}}],"hashOn":{"header":"${nth(n)}"},${ROUTE}}`)}]}]}`,
    },
    {
      "destinations of a long template": (count) =>
        `{"steering":{"value":"${letters(count + 1024)}"},${routesTo(many(Math.min(count, 1000), () => destination("a"))).slice(1)}`,
      "wrong destinations": [1000, (count) => routesTo(many(count, () => "{}"))],
      "wrong headers": [
        FEW,
        (count) =>
          routesTo(destination("a"), `${headers("request", `"set":{${many(count, (n) => `":${nth(n)}":"a"`)}}`)},`),
      ],
      "too many headers": (count) =>
        routesTo(destination("a"), `${headers("request", `"set":{${many(FEW + count, (n) => `"${nth(n)}":"a"`)}}`)},`),
    },
  ),
];

export const FAULT_GROWTH: readonly Dimension[] = [
  ...ofFilter("fault-injection", FAULT),
  ...dimensionsOf(
    "fault-injection",
    {
      "headers of an abort": [
        FEW,
        (count) =>
          `{"virtualServices":[{"hosts":["a"],"http":[{"fault":{"abort":{"httpStatus":500,"headers":{${many(count, (n) => `"${nth(n)}":"a"`)}}}}}]}]}`,
      ],
      "principals that may send its headers": [
        FEW,
        (count) =>
          `{"virtualServices":[],"headerControl":{"principals":[${many(count, (n) => `"a/ns/b/sa/${nth(n)}"`)}]}}`,
      ],
      "principals that are exempt": (count) =>
        `{"virtualServices":[],"exempt":[{"principals":[${many(count, (n) => `"a/ns/b/sa/${nth(n)}"`)}]}]}`,
      "headers that are exempt": (count) =>
        `{"virtualServices":[],"exempt":[{"headers":{${many(count, (n) => `"${nth(n)}":{"exact":"a"}`)}}}]}`,
      "matches that are exempt": (count) =>
        `{"virtualServices":[],"exempt":[${many(count, (n) => `{"headers":{"${nth(n)}":{"exact":"a"}}}`)}]}`,
    },
    {},
  ),
];
