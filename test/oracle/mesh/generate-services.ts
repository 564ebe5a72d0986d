/** VirtualServices of generated meshes. */
import type { Resource } from "../converted.ts";
import type { Random } from "../random.ts";
import { GATEWAY_HOSTS, MESH_HOSTS, MIXED_CASE_GATEWAY_HOSTS, MIXED_CASE_HOSTS, RIVALS } from "./vocabulary.ts";
import { ROOT_NAMESPACE } from "./world.ts";

type Json = Record<string, unknown>;

const NAMESPACES = ["default", "default", "default", "shop", ROOT_NAMESPACE];
/** How a gateway can be named, from a VirtualService of any namespace; a bare name leads nowhere from most. */
const PUBLIC = ["istio-system/public", "istio-system/public", "public.istio-system.svc.cluster.local", "public"];
const SHOP = ["shop/shop-gateway", "shop-gateway.shop.svc.cluster.local", "shop-gateway"];

function gatewaysOf(random: Random): string[] | undefined {
  const one = (): string => random.pick(random.percent(70) ? PUBLIC : SHOP);
  const kind = random.int(100);
  if (kind < 45) return undefined;
  if (kind < 55) return ["mesh"];
  if (kind < 75) return [one()];
  return random.percent(50) ? ["mesh", one()] : [one(), "mesh"];
}

/** VirtualServices of one mesh, their names all different. */
export function generateVirtualServices(random: Random): Resource[] {
  const mixedCase = random.percent(35);
  const hosts = mixedCase && random.percent(70) ? random.some(random.pick(RIVALS), 2) : [];
  const services = [
    ...hosts.map((some, index) => virtualService(random, index, { hosts: some, namespace: "default" })),
    ...random.times(0, 4 - hosts.length, (index) => generateVirtualService(random, hosts.length + index, mixedCase)),
  ];
  const [first] = services;
  if (first === undefined || !random.percent(6)) return services;
  return [delegating(first), delegate(random), ...services.slice(1)];
}

function generateVirtualService(random: Random, index: number, mixedCase: boolean): Resource {
  const gateways = gatewaysOf(random);
  const atGateway = gateways !== undefined && !gateways.every((name) => name === "mesh");
  const namespace = random.pick(NAMESPACES);
  const [forMesh, forGateway] = mixedCase ? [MIXED_CASE_HOSTS, MIXED_CASE_GATEWAY_HOSTS] : [MESH_HOSTS, GATEWAY_HOSTS];
  const picked = random.pick(atGateway && random.percent(80) ? forGateway : forMesh);
  // istiod's validation takes the host * at gateways alone.
  const hosts = picked[0] === "*" && gateways?.includes("mesh") ? ["*.example.com"] : picked;
  return virtualService(random, index, { hosts, namespace, gateways });
}

/** Which requests a VirtualService is for. */
interface Scope {
  hosts: readonly string[];
  namespace: string;
  gateways?: string[] | undefined;
}

function virtualService(random: Random, index: number, { hosts, namespace, gateways }: Scope): Resource {
  const exportTo = random.percent(12) ? random.pick([["."], ["*"], ["shop"], ["default", "shop"]]) : undefined;
  const annotations = random.percent(10) ? { team: "shop" } : undefined;
  return {
    apiVersion: random.pick(["networking.istio.io/v1", "networking.istio.io/v1beta1"]),
    kind: "VirtualService",
    metadata: {
      name: `vs-${index}`,
      namespace,
      ...(annotations && { annotations }),
      creationTimestamp: stamp(index),
    },
    spec: {
      hosts,
      ...(gateways && { gateways }),
      ...(exportTo && { exportTo }),
      http: http(random, gateways ?? ["mesh"]),
    },
  };
}

/** One whose first entry's routes stand in another resource. */
function delegating({ spec, ...resource }: Resource): Resource {
  const entry = { match: [{ uri: { prefix: "/api" } }], delegate: { name: "delegate", namespace: "default" } };
  return { ...resource, spec: { ...spec, http: [entry, ...(spec["http"] as Json[])] } };
}

function delegate(random: Random): Resource {
  return {
    apiVersion: "networking.istio.io/v1",
    kind: "VirtualService",
    metadata: { name: "delegate", namespace: "default" },
    spec: { http: [{ match: [{ uri: { prefix: "/api/v1" } }], ...action(random) }, action(random)] },
  };
}

/** A time for each place, the first the oldest. */
function stamp(index: number): string {
  return `2026-01-0${index + 1}T00:00:00Z`;
}

function http(random: Random, gateways: readonly string[]): Json[] {
  const entries = random.times(0, 3, (index) => ({
    ...(random.percent(30) && { name: `route-${index}` }),
    match: random.times(1, 2, () => match(random, gateways)),
    ...action(random),
  }));
  const last = catchAll(random);
  if (last === undefined && entries.length > 0) return entries;
  return [...entries, { ...last, ...action(random) }];
}

/** The condition of the last entry, which often takes everything; undefined if there is to be no such entry. */
function catchAll(random: Random): Json | undefined {
  const kind = random.int(100);
  if (kind < 55) return {};
  if (kind < 70) return { match: [{ uri: { prefix: "/" } }] };
  if (kind < 75) return { match: [{ uri: { regex: ".*" } }] };
  if (kind < 80) return { match: [{ headers: { "end-user": { exact: "jason" } } }, { uri: { prefix: "/" } }] };
  if (kind < 85) return { match: [{ port: random.pick([80, 9080]) }] };
  return undefined;
}

const CONDITIONS: ((random: Random) => Json)[] = [
  () => ({ uri: { prefix: "/api" } }),
  () => ({ uri: { exact: "/admin" } }),
  () => ({ uri: { prefix: "/admin" }, ignoreUriCase: true }),
  () => ({ uri: { regex: "/a.*" } }),
  () => ({ headers: { "end-user": { exact: "jason" } } }),
  () => ({ headers: { "end-user": { prefix: "ja" } } }),
  () => ({ headers: { "end-user": {} } }),
  () => ({ headers: { "x-group": { regex: "admin|dev" } } }),
  () => ({ withoutHeaders: { "x-group": { exact: "admin" } } }),
  () => ({ method: { exact: "GET" } }),
  () => ({ queryParams: { user: { exact: "jason" } } }),
  () => ({ authority: { prefix: "shop" } }),
  () => ({ sourceLabels: { app: "sleep" } }),
  () => ({ sourceLabels: { version: "v2" } }),
  () => ({ sourceNamespace: "default" }),
  () => ({ sourceNamespace: "shop" }),
  () => ({ port: 80 }),
  () => ({ port: 9080 }),
];

function match(random: Random, gateways: readonly string[]): Json {
  const parts = random.some(CONDITIONS, random.percent(70) ? 1 : 2).map((condition) => condition(random));
  const bound = random.percent(20) ? { gateways: [random.pick(gateways)] } : {};
  return { ...Object.assign({}, ...parts), ...bound } as Json;
}

const DESTINATIONS: Json[] = [
  { host: "reviews.default.svc.cluster.local", subset: "v1", port: { number: 9080 } },
  { host: "reviews.default.svc.cluster.local", subset: "v2", port: { number: 80 } },
  { host: "reviews.default.svc.cluster.local", subset: "v3", port: { number: 80 } },
  { host: "reviews.default.svc.cluster.local", port: { number: 80 } },
  { host: "web.shop.svc.cluster.local", subset: "v1" },
  { host: "web.shop.svc.cluster.local", subset: "v2" },
  { host: "ratings.default.svc.cluster.local" },
  { host: "reviews.default.svc.cluster.local", subset: "none", port: { number: 80 } },
];

function action(random: Random): Json {
  const kind = random.int(100);
  if (kind < 6) return { redirect: { uri: "/new", ...(random.percent(50) && { authority: "new.example.com" }) } };
  if (kind < 10) return { directResponse: { status: 451, body: { string: "no" } } };
  const destination = random.pick(DESTINATIONS);
  const route: Json[] = [{ destination, ...(random.percent(10) && { weight: 100 }) }];
  if (random.percent(8)) route.push({ destination: random.pick(DESTINATIONS), weight: 0 });
  if (random.percent(10)) route[0] = { ...route[0], headers: headers(random) };
  return {
    ...(random.percent(10) && { rewrite: { uri: "/rewritten" } }),
    ...(random.percent(10) && { timeout: "3s" }),
    ...(random.percent(5) && { retries: { attempts: 1, perTryTimeout: "1s" } }),
    ...(random.percent(20) && { headers: headers(random) }),
    ...(random.percent(20) && { fault: fault(random) }),
    ...(random.percent(4) && { corsPolicy: { allowOrigins: [{ exact: "https://a.example" }] } }),
    route: route.length > 1 ? [{ ...route[0], weight: 100 }, route[1]] : route,
  };
}

function headers(random: Random): Json {
  const request = random.pick<Json>([
    { set: { "x-set": "1" } },
    { add: { "x-group": "added" } },
    { remove: ["x-group"] },
    { remove: ["x-forwarded-proto"] },
    { set: { "x-envoy-upstream-rq-timeout-ms": "5000" } },
    { set: { "x-forwarded-proto": "http" } },
  ]);
  const response = random.pick<Json>([{ set: { "x-up": "set" } }, { add: { "x-added": "1" } }, { remove: ["x-keep"] }]);
  return random.pick([{ request }, { response }, { request, response }]);
}

function fault(random: Random): Json {
  const percentage = { value: random.pick([0, 100, 100]) };
  return random.pick<Json>([
    { abort: { percentage, httpStatus: 418 } },
    { abort: { percentage, httpStatus: 503 } },
    { delay: { percentage, fixedDelay: "0.001s" } },
    { delay: { percentage, fixedDelay: "0.001s" }, abort: { percentage, httpStatus: 418 } },
  ]);
}
