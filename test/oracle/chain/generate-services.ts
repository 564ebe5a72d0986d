/**
 * The sections of routing and faults: VirtualServices of the oracles on routes and faults, made certain (what each draws lots
 * about follows from a key that every request has), with conditions on what the filters before them write.
 */
import type { JsonObject } from "../../support/envoy/index.ts";
import { generateFaults } from "../faults/generate-faults.ts";
import type { Random } from "../random.ts";
import { generateVirtualServices } from "../routes/generate-services.ts";
import type { HTTPMatchRequest, HTTPRoute, StringMatch, VirtualService } from "../routes/virtual-service.ts";
import { PRINCIPALS, TRACE_PATTERNS } from "./vocabulary.ts";

const SCOPE = { asciiOnly: false, protocol: "http1" } as const;

/** Every request has this header and this cookie. */
export const USER_HEADER = "x-user";
export const USER_COOKIE = "user";
/** Who asks for it is delayed for longer than the step lasts that it is part of. */
export const HELD_HOST = "held.example.net";

/** What is known of every request, so that what follows from it is certain. */
export interface Known {
  /** A trace in its headers. */
  byTrace: boolean;
  /** Who its source is. */
  byPrincipal: boolean;
}

type Written = readonly [name: string, match: StringMatch];

/** Conditions on what trace-propagation writes. */
function traceCondition(random: Random): Written {
  return random.pick<Written>([
    ["traceparent", { regex: random.pick(TRACE_PATTERNS) }],
    ["traceparent", {}],
    ["tracestate", {}],
    ["tracestate", { prefix: "signalbox=" }],
    ["b3", {}],
    ["x-b3-sampled", { exact: "1" }],
  ]);
}

/** Conditions on what header-routing writes. */
export function routeCondition(random: Random): Written {
  return random.pick<Written>([
    ["x-subset", { exact: random.pick(["s0", "s1", "s2"]) }],
    ["x-subset", {}],
    ["x-subset", { regex: "s[0-9]+(\\..*)?" }],
    ["x-added", { exact: "one" }],
    ["x-added", {}],
    ["X-Twice", { exact: "two" }],
    [USER_HEADER, { regex: "u[1-4]" }],
    ["x-canary", {}],
    ["end-user", { exact: "one" }],
  ]);
}

/** Asks some of the entries for what `condition` makes. */
function ask(random: Random, http: readonly HTTPRoute[], condition: (random: Random) => Written): void {
  for (const route of http) {
    if (!random.percent(35)) continue;
    const [name, match] = condition(random);
    const field = random.percent(80) ? "headers" : "withoutHeaders";
    // An entry that asks for nothing else is one that requests meet.
    if (route.match === undefined || random.percent(50)) {
      (route.match ??= []).push({ [field]: { [name]: match } });
      continue;
    }
    for (const block of route.match) block[field] = { ...block[field], [name]: match };
  }
}

function principals(random: Random, http: readonly HTTPRoute[]): void {
  for (const { match = [] } of http) {
    if (match.length === 0 || !random.percent(10)) continue;
    Object.assign(random.pick<HTTPMatchRequest>(match), { principals: [random.pick(PRINCIPALS)] });
  }
}

/** What lots follow from. */
function key(random: Random, { byPrincipal }: Known): JsonObject | string {
  if (byPrincipal && random.percent(40)) return "principal";
  return random.percent(60) ? { header: USER_HEADER } : { cookie: USER_COOKIE };
}

/** Names begin with the experiment's, since counters are the proxy's. */
function named(prefix: string, services: readonly VirtualService[]): VirtualService[] {
  return services.map(({ http, name, ...service }) => ({
    ...service,
    name: `${prefix}-${name}`,
    http: http.map((route) => (route.name === undefined ? route : { ...route, name: `${prefix}-${route.name}` })),
  }));
}

function meshOnly(random: Random, services: readonly VirtualService[]): void {
  for (const service of services) if (random.percent(8)) Object.assign(service, { gateways: ["mesh"] });
}

/** The section `headerRouting`. */
export function generateRouting(
  random: Random,
  prefix: string,
  known: Known,
): { section: JsonObject; services: VirtualService[] } {
  const services = named(prefix, generateVirtualServices(random, SCOPE));
  meshOnly(random, services);
  for (const { http } of services) {
    ask(random, http, traceCondition);
    principals(random, http);
    for (const route of http) {
      if (route.route.length > 1) Object.assign(route, { hashOn: key(random, known) });
      if (random.percent(12)) writes(random, route);
    }
  }
  const steering = random.pick<JsonObject>([
    {},
    { steering: { value: "{subset}.{host}" } },
    { steering: { header: "x-subset", value: "p{port}-{subset}" } },
    { steering: { header: ":authority", value: random.pick(["{host}", "{host}:{port}", "ratings"]) } },
  ]);
  return {
    section: { ...steering, virtualServices: services, expose: random.percent(70) } as unknown as JsonObject,
    services,
  };
}

/** Writes what faults are drawn by. */
function writes(random: Random, route: HTTPRoute): void {
  const set = random.pick<Record<string, string>>([
    { [USER_HEADER]: "u9" },
    { traceparent: "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01" },
    { "x-envoy-fault-abort-request": "418" },
  ]);
  route.headers = { ...route.headers, request: { ...route.headers?.request, set } };
}

/** An entry whose faults follow from a key, and with what Istio's faults have not. */
function certain(random: Random, { fault, ...route }: HTTPRoute, known: Known): JsonObject {
  if (fault === undefined) return route as unknown as JsonObject;
  const { delay, abort } = fault;
  const drawn = random.percent(50) && { percentage: { value: 50 } };
  const by = known.byTrace && random.percent(60) ? "traceId" : key(random, known);
  const reply = random.percent(30) && { headers: { "Retry-After": "5", "x-added": "abort" }, body: "as it is" };
  const lost = random.percent(25) && { on: "response" };
  return {
    ...route,
    fault: {
      ...(delay && { delay: { ...delay, ...drawn } }),
      ...(abort && { abort: { ...abort, ...drawn, ...reply, ...lost } }),
      ...(drawn && { consistentBy: by }),
    },
  } as unknown as JsonObject;
}

/**
 * Gives the faults the hosts of the routes, with an entry for all that no other takes, and routes for all that no other takes, which
 * change the response: so that many requests meet both.
 */
function meet(random: Random, faults: VirtualService[], routing: readonly VirtualService[]): void {
  faults.splice(routing.length);
  for (const [index, service] of faults.entries()) {
    const { name, hosts, namespace, http } = routing[index]!;
    Object.assign(service, { hosts, namespace });
    const abort = { percentage: { value: 100 }, httpStatus: 503 };
    const delay = { percentage: { value: 100 }, fixedDelay: "1ms" };
    const fault = random.percent(50) ? { abort } : { delay, abort };
    service.http.push({ name: `${service.name}-all`, fault, route: [{ destination: { host: "reviews" } }] });
    const headers = { response: { set: { "x-up": "routed" }, add: { "x-keep": "routed" } } };
    http.push({ name: `${name}-all`, headers, route: [{ destination: { host: "reviews", subset: "s0" } }] });
  }
}

/** The section `faultInjection`. */
export function generateInjection(
  random: Random,
  prefix: string,
  known: Known,
  routing: readonly VirtualService[],
): { section: JsonObject; services: VirtualService[] } {
  const services = generateFaults(random, SCOPE, prefix);
  if (random.percent(70)) meet(random, services, routing);
  meshOnly(random, services);
  for (const { http } of services) {
    ask(random, http, traceCondition);
    ask(random, http, routeCondition);
    principals(random, http);
  }
  const made = services.map(({ http, ...service }) => ({
    ...service,
    http: http.map((route) => certain(random, route, known)),
  }));
  const held = { delay: { percentage: { value: 100 }, fixedDelay: "600s" } };
  const section: JsonObject = {
    virtualServices: [
      { name: `${prefix}-held`, hosts: [HELD_HOST], http: [{ name: `${prefix}-held`, fault: held }] },
      ...(made as unknown as JsonObject[]),
    ],
    ...(random.percent(60) && { exempt: exempt(random) }),
    ...(random.percent(35) && { maxActiveFaults: random.pick([0, 1, 1, 1]) }),
    ...(random.percent(12) && { budget: { maxPercent: 0 } }),
    ...(random.percent(45) && {
      headerControl: { principals: [random.percent(50) ? "*" : random.pick(PRINCIPALS)], maxDelay: "5ms" },
    }),
    ...(random.percent(8) && {
      window: random.pick([{ until: "2026-01-01T00:00:00Z" }, { from: "2026-01-01T00:00:00Z" }]),
    }),
  };
  return { section, services };
}

function exempt(random: Random): JsonObject[] {
  if (random.percent(50)) return [];
  const [name, match] = random.percent(50) ? traceCondition(random) : routeCondition(random);
  return [{ headers: { [name]: match } } as unknown as JsonObject];
}
