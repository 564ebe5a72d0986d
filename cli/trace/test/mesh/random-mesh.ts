/** Meshes of any form, in which nothing is wrong: each service is called, and calls have no circles. */
import type { Random } from "../../../../test/oracle/random.ts";
import { mesh, pod, service, type Call, type Mesh, type Service, type Tracer } from "./mesh.ts";

const TRACERS: readonly Tracer[] = ["signalbox", "envoy-opentelemetry", "envoy-zipkin"];
const METHODS = ["GET", "GET", "GET", "POST", "PUT"];

/** A healthy mesh: a gateway, three to nine services, perhaps jobs, hosts outside, failures, and applications with spans. */
export function randomMesh(random: Random): Mesh {
  const count = 3 + random.int(7);
  const names = Array.from({ length: count }, (_, at) => `s${at}`);
  const made = names.map((name, at) => randomService(random, name, at, names));
  const called = new Set(made.flatMap(({ calls }) => calls.map(({ to }) => to)));
  // Each service but the first is called by one before it, the first by the gateway.
  for (let at = 1; at < count; at++) {
    if (!called.has(`s${at}`)) (made[random.int(at)] as Service).calls.push(randomCall(random, `s${at}`));
  }
  const gateway = service("istio-ingressgateway", [randomCall(random, "s0", 100)], { kind: "gateway" });
  const outside = service("api.example.com", [], { kind: "external" });
  return mesh([gateway, ...made, outside], {
    tracer: random.pick(TRACERS),
    gap: random.pick([3_000, 20_000, 100_000]),
  });
}

function randomService(random: Random, name: string, at: number, names: readonly string[]): Service {
  const later = names.slice(at + 1);
  const namespace = random.pick(["default", "default", "shop"]);
  const calls = random.some(later, random.int(3)).map((to) => randomCall(random, to));
  if (random.percent(15)) calls.push(randomCall(random, "api.example.com"));
  const target = random.pick([...later, "api.example.com"]);
  return service(name, calls, {
    namespace,
    pods: random.times(1, 3, (replica) => pod(name, namespace, replica + 1)),
    failing: random.percent(30) ? random.int(5) : 0,
    jobs: random.percent(25) ? [{ every: random.pick([100_000, 400_000]), call: randomCall(random, target) }] : [],
    ...(random.percent(20) ? { own: { reported: true, understands: true } } : {}),
  });
}

function randomCall(random: Random, to: string, percent = random.pick([100, 100, 100, 60])): Call {
  const method = random.pick(METHODS);
  const path = `/${to}/${random.pick(["list", "items", "search"])}`;
  return { to, method, path, percent, protocol: random.percent(20) ? "grpc" : "http" };
}
