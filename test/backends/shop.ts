/**
 * Four services, each behind an Envoy of its own with several workers: a client asks the first, and each asks the next. There is a way
 * through all of them for each set: a filter or a tracer, and what the services pass on.
 */
import assert from "node:assert/strict";
import {
  Envoy,
  forward,
  inlineWasm,
  listener,
  type HeaderLine,
  type JsonObject,
  type Listener,
} from "../support/envoy/index.ts";
import { Caller, Service } from "../../filters/trace-propagation/test/envoy/service.ts";
import { roomy } from "../../filters/trace-propagation/test/envoy/sidecar.ts";
import { counters, INBOUND, OUTBOUND } from "../../filters/trace-propagation/test/envoy/traces.ts";

/** In the order in which they are called. */
export const SERVICES = ["frontend", "checkout", "payment", "ledger"] as const;
type Name = (typeof SERVICES)[number];

const WORKERS = 3;
/** The headers of a trace, and the request's id. */
const ALL = /^(traceparent|tracestate|b3|x-b3-.*|x-request-id)$/;

/** A way through the services. */
export interface Set {
  /** The configuration of trace-propagation; none where Envoy's tracer alone is tried. */
  filter?: JsonObject;
  /** `tracing` of the connection managers, by the service's name. */
  tracing?: (service: string) => JsonObject;
  /** Who has the filter and who the tracer, if not each service has all that is given. */
  has?: (service: Name) => "filter" | "tracing";
  /** Which headers of a request a service passes on to the next. */
  passes: (service: Name) => "all" | "x-request-id" | "nothing";
}

/** What a service saw of a request: its own span in the trace. */
export interface Visit {
  readonly service: string;
  readonly trace: string;
  /** Of the SERVER span. */
  readonly span: string;
}

/** Services and proxies that run. */
export class Shop {
  private readonly services: Service[] = [];
  private readonly envoys: Envoy[] = [];
  private readonly client = new Caller();

  private constructor(private readonly sets: Readonly<Record<string, Set>>) {}

  /** @param collectors the ports of the clusters that spans are sent to, by the clusters' names */
  static async start(
    sets: Readonly<Record<string, Set>>,
    collectors: Readonly<Record<string, number>>,
    runtime: JsonObject = {},
  ): Promise<Shop> {
    const shop = new Shop(sets);
    try {
      for (const name of [...SERVICES].reverse()) await shop.add(name, collectors, runtime);
    } catch (error) {
      await shop.stop();
      throw error;
    }
    return shop;
  }

  /** Sends a request through so many services: what each of them saw. Null if it failed, as the last one fails with `fails`. */
  async ask(set: string, services: number, fails = false): Promise<Visit[] | null> {
    const way = this.client.call<Visit[]>(this.envoys[0]!.port(`${set}:inbound`), `/${set}/${services}/${fails}`);
    return await (fails ? way.catch(() => null) : way);
  }

  /** A counter of the filter, over all proxies. */
  async counted(name: string): Promise<number> {
    const all = await Promise.all(this.envoys.map(async (envoy) => (await counters(envoy))[name] ?? 0));
    return all.reduce((sum, value) => sum + value, 0);
  }

  async stop(): Promise<void> {
    this.client.close();
    for (const envoy of this.envoys) await envoy.stop();
    for (const service of this.services) await service.stop();
  }

  private async add(name: Name, collectors: Readonly<Record<string, number>>, runtime: JsonObject): Promise<void> {
    const [next] = this.envoys;
    const callee = SERVICES[SERVICES.indexOf(name) + 1] ?? "nobody";
    const service = await Service.start(async ({ path, headers }, caller) => {
      const [, set = "", left, fails] = path.split("/");
      const [, trace = "", span = ""] = only(headers, "traceparent").split("-");
      const visit: Visit = { service: `${name}.shop`, trace, span };
      if (left === "1") {
        if (fails === "true") throw new Error("it fails on purpose");
        return [visit];
      }
      const passed = passedOn(headers, this.sets[set]!.passes(name));
      const on = `/${set}/${Number(left) - 1}/${fails}`;
      return [visit, ...(await caller.call<Visit[]>(envoy.port(`${set}:outbound`), on, passed))];
    });
    this.services.unshift(service);
    const sets = Object.entries(this.sets);
    const envoy = await Envoy.start({
      concurrency: WORKERS,
      clusters: [
        roomy("inbound|9080||", service.port),
        ...sets.map(([set]) => roomy(clusterOf(callee, set), next?.port(`${set}:inbound`) ?? service.port)),
        ...Object.entries(collectors).map(([cluster, port]) => roomy(cluster, port)),
      ],
      listeners: sets.flatMap(([set, one]) => [
        side(`${set}:inbound`, set, one, name, "inbound|9080||", INBOUND),
        side(`${set}:outbound`, set, one, name, clusterOf(callee, set), OUTBOUND),
      ]),
      bootstrap: { node: node(name), ...runtime },
    });
    this.envoys.unshift(envoy);
  }
}

/** As istiod names it; a service of its own for each set, as its proxy has a listener for each. */
function clusterOf(callee: string, set: string): string {
  return `outbound|9080|${set}|${callee}.shop.svc.cluster.local`;
}

/** What istiod's bootstrap says of a pod. */
function node(name: Name): JsonObject {
  const labels = { app: name, "service.istio.io/canonical-name": name, "service.istio.io/canonical-revision": "v1" };
  return {
    id: `sidecar~127.0.0.1~${name}-v1-0.shop~shop.svc.cluster.local`,
    cluster: `${name}.shop`,
    metadata: { NAME: `${name}-v1-0`, NAMESPACE: "shop", WORKLOAD_NAME: `${name}-v1`, LABELS: labels, MESH_ID: "mesh" },
  };
}

function side(name: string, set: string, one: Set, service: Name, to: string, direction: JsonObject): Listener {
  const has = one.has?.(service);
  const filter = has === "tracing" ? undefined : one.filter;
  const tracing = has === "filter" ? undefined : one.tracing;
  const chain = {
    filters: filter === undefined ? [] : [inlineWasm(set, { module: "trace-propagation", configuration: filter })],
    routes: [forward(to, { prefix: "/" }, { route: { cluster: to, timeout: "0s" } })],
    manager: tracing === undefined ? {} : { tracing: tracing(`${service}.shop`) },
  };
  return { ...listener(name, chain), listener: direction };
}

function passedOn(headers: readonly HeaderLine[], what: "all" | "x-request-id" | "nothing"): HeaderLine[] {
  if (what === "nothing") return [];
  return headers.filter(([name]) => (what === "all" ? ALL.test(name) : name === what));
}

function only(headers: readonly HeaderLine[], name: string): string {
  const values = headers.filter(([other]) => other === name);
  assert.equal(values.length, 1, `one ${name}: ${JSON.stringify(headers)}`);
  return values[0]![1];
}
