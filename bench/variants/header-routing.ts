import { existsSync } from "node:fs";
import { resolve } from "node:path";
import { wasmFilter, type Json } from "../measure/bootstrap.ts";
import { PROJECT } from "../../tools/project.ts";
import { FIVE_CONDITIONS, ROUTE_COUNTS, SUBSET_ROUTES, endUsers, type Skipped, type Variant } from "./variant.ts";

const MODULE = resolve(PROJECT, "build/header-routing.wasm");

/** A route of a VirtualService to a subset of reviews, with what is particular to it. */
function to(subset: string, more: { [key: string]: Json } = {}): Json {
  return { route: [{ destination: { host: "reviews", subset } }], ...more };
}

function exact(name: string, value: string): Json {
  return { headers: { [name]: { exact: value } } };
}

const FIVE_HEADERS: Json = {
  headers: {
    "end-user": { exact: "jason" },
    "x-tenant": { exact: "acme" },
    "x-region": { exact: "eu-west-1" },
    "accept-language": { exact: "en-GB" },
    "user-agent": { prefix: "Mozilla/" },
  },
};

/** Two weighted destinations of one subset, so that each request is answered alike and yet drawn. */
const WEIGHTED: Json = [
  { destination: { host: "reviews", subset: "v2", port: { number: 9080 } }, weight: 80 },
  { destination: { host: "reviews", subset: "v2", port: { number: 9081 } }, weight: 20 },
];

const RESPONSE_HEADERS: Json = {
  response: { set: { "x-served-by": "v2" }, add: { "x-seen": "1" }, remove: ["server"] },
};

function configured(name: string, title: string, reads: readonly string[], http: Json[]): Variant {
  const virtualServices: Json = [
    { name: "reviews", namespace: "default", hosts: ["reviews"], http: [...http, to("v1")] },
  ];
  const configuration: Json = { steering: { header: "x-subset", value: "{subset}" }, virtualServices };
  return {
    name,
    title,
    answer: "v2",
    reads,
    filters: [wasmFilter(name, MODULE, configuration)],
    routes: SUBSET_ROUTES,
  };
}

/** The name of the variant with a list of `count` routes. */
export function routesName(count: number): string {
  return `header-routing-${count}`;
}

/** This project's filter: one rule, five conditions, what costs more, and long lists of routes. */
export function headerRouting(): (Variant | Skipped)[] {
  const five = "header-routing, five conditions on five headers";
  const variants = [
    ...ROUTE_COUNTS.map((count) => {
      const routes = endUsers(count).map((user) =>
        to(user === "jason" ? "v2" : "v1", { match: [exact("end-user", user)] }),
      );
      const title = `header-routing, ${count} exact-header ${count === 1 ? "route" : "routes"}`;
      return configured(routesName(count), title, ["end-user"], routes);
    }),
    configured("header-routing-five", five, FIVE_CONDITIONS, [to("v2", { match: [FIVE_HEADERS] })]),
    configured(
      "header-routing-sticky",
      "header-routing, weights that stick to a header",
      ["end-user"],
      [{ match: [exact("end-user", "jason")], route: WEIGHTED, hashOn: { header: "end-user" } }],
    ),
    configured(
      "header-routing-regex",
      "header-routing, a regular expression",
      ["user-agent"],
      [to("v2", { match: [{ headers: { "user-agent": { regex: "Mozilla/\\d+\\.\\d+ \\(.*Linux.*\\) .*" } } }] })],
    ),
    configured(
      "header-routing-response",
      "header-routing, three changes to the response's headers",
      ["end-user"],
      [to("v2", { match: [exact("end-user", "jason")], headers: RESPONSE_HEADERS })],
    ),
  ];
  if (existsSync(MODULE)) return variants;
  return variants.map(({ name, title }) => ({
    name,
    title,
    reason: "build/header-routing.wasm is missing: make build",
  }));
}
