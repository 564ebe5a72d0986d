/** Generated faults that are certain: of a list of VirtualServices every request either meets one or does not. */
import type { Random } from "../random.ts";
import { generateRequest } from "../routes/generate-requests.ts";
import { generateVirtualServices } from "../routes/generate-services.ts";
import type { Scope } from "../routes/generate-services.ts";
import type { HTTPFaultInjection, HTTPRoute, VirtualService } from "../routes/virtual-service.ts";
import type { Request } from "../wire.ts";
import { GRPC_STATUSES } from "./translate-fault.ts";

type Delay = NonNullable<HTTPFaultInjection["delay"]>;
type Abort = NonNullable<HTTPFaultInjection["abort"]>;

/** What a list is generated for. */
export interface FaultScope extends Scope {
  protocol: "http1" | "http2";
}

const STATUSES: readonly number[] = [200, 201, 301, 400, 404, 429, 500, 503, 504, 599];
/** Answers with these have no body; a client of HTTP/2 breaks off what Envoy's own filter sends, which has one. */
const STATUSES_WITHOUT_BODY: readonly number[] = [204, 304];

function statuses({ protocol }: Pick<FaultScope, "protocol">): readonly number[] {
  return protocol === "http1" ? [...STATUSES, ...STATUSES_WITHOUT_BODY] : STATUSES;
}

const DELAYS = ["1ms", "2ms", "3ms", "0.005s"];
/** In bytes; the last is more than arrives at once, and less than makes Envoy stop reading. */
const BODIES = [0, 1, 1000, 100_000];

/** The ways in which Istio writes all and none. */
const ALL: readonly Partial<Delay>[] = [
  { percentage: { value: 100 } },
  { percent: 100 },
  { percent: 0, percentage: { value: 100 } },
];
const NONE: readonly Partial<Delay>[] = [
  { percentage: { value: 0 } },
  { percentage: {} },
  {},
  { percent: 0 },
  { percent: 100, percentage: {} },
];

function delay(random: Random): Delay {
  return { ...random.pick(random.percent(75) ? ALL : NONE), fixedDelay: random.pick(DELAYS) };
}

function abort(random: Random, scope: FaultScope): Abort {
  const { percentage } = random.pick(random.percent(75) ? [{ percentage: { value: 100 } }] : NONE);
  const share = percentage && { percentage };
  if (random.percent(60)) return { ...share, httpStatus: random.pick(statuses(scope)) };
  return { ...share, grpcStatus: random.pick(GRPC_STATUSES) };
}

/** A fault, or none where the entry keeps those behind it from its requests. */
function fault(random: Random, scope: FaultScope): HTTPFaultInjection | undefined {
  const kind = random.int(10);
  if (kind < 2) return undefined;
  if (kind < 5) return { delay: delay(random) };
  if (kind < 7) return { abort: abort(random, scope) };
  return { delay: delay(random), abort: abort(random, scope) };
}

/** An entry without what the filter refuses, since it has nothing to do with faults. */
function withFault(random: Random, scope: FaultScope, { name, match }: HTTPRoute, prefix: string): HTTPRoute {
  const injected = fault(random, scope);
  return {
    ...(name !== undefined && { name: `${prefix}-${name}` }),
    ...(match && { match }),
    ...(injected && { fault: injected }),
    route: [{ destination: { host: "reviews" } }],
  };
}

/** A list of VirtualServices, the names in which begin with `prefix`. */
export function generateFaults(random: Random, scope: FaultScope, prefix: string): VirtualService[] {
  return generateVirtualServices(random, scope).map(({ http, name, ...service }) => ({
    ...service,
    name: `${prefix}-${name}`,
    http: http.map((route) => withFault(random, scope, route, prefix)),
  }));
}

/** A body of random letters. */
function body(random: Random): string {
  return random.pick("abcdefgh".split("")).repeat(random.pick(BODIES));
}

/** A request aimed at the list, perhaps gRPC, perhaps with a body. */
export function generateFaultyRequest(random: Random, services: VirtualService[], scope: Scope): Request {
  const request = generateRequest(random, services, scope);
  const isBare = request.method === "CONNECT" || request.headers.some(([name]) => name === "upgrade");
  if (isBare) return request;
  const others = request.headers.filter(([name]) => name.toLowerCase() !== "content-type");
  const isGrpc = random.percent(25);
  const type: [string, string] = ["content-type", random.pick(["application/grpc", "application/grpc+proto"])];
  return {
    ...request,
    ...(random.percent(10) && { method: "HEAD" }),
    ...(isGrpc && { headers: [...others, type, ["te", "trailers"]] }),
    ...(random.percent(35) && { body: body(random) }),
  };
}

/** The kinds of requests that each fault of `everyFault` gets. */
const KINDS: readonly Partial<Request>[] = [
  {},
  { method: "HEAD" },
  { method: "POST", body: "a".repeat(1000) },
  { method: "POST", headers: [["content-type", "application/grpc"]], body: "\0\0\0\0\x01a" },
];

/** Each status and each code, without and with a delay before it, and a delay by itself; with the requests that meet them. */
export function everyFault(
  prefix: string,
  scope: Pick<FaultScope, "protocol">,
): { virtualServices: VirtualService[]; requests: Request[] } {
  const share = { percentage: { value: 100 } };
  const aborts: Abort[] = [
    ...statuses(scope).map((httpStatus) => ({ ...share, httpStatus })),
    ...GRPC_STATUSES.map((grpcStatus) => ({ ...share, grpcStatus })),
  ];
  const only = { delay: { ...share, fixedDelay: "2ms" } };
  const faults: HTTPFaultInjection[] = [only, ...aborts.flatMap((one) => [{ abort: one }, { ...only, abort: one }])];
  const http = faults.map((one, index): HTTPRoute => {
    const match = [{ uri: { exact: `/${index}` } }];
    return { name: `${prefix}-${index}`, match, fault: one, route: [{ destination: { host: "reviews" } }] };
  });
  const requests = http.flatMap((_, index) =>
    KINDS.map((kind): Request => ({ method: "GET", target: `/${index}`, authority: "reviews", headers: [], ...kind })),
  );
  return { virtualServices: [{ name: prefix, namespace: "default", hosts: ["reviews"], http }], requests };
}
