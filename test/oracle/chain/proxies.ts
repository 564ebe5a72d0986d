/** The two kinds of proxies, each a real Envoy with the listeners of all experiments that are for it. */
import type { TestContext } from "node:test";
import { cluster, Envoy, until } from "../../real-envoy/harness/index.ts";
import type { JsonObject, Listener } from "../../real-envoy/harness/index.ts";
import { LABELS, NAMESPACE } from "../routes/generate-services.ts";
import { CLUSTER, fallback, listener } from "../routes/listener.ts";
import type { Counts } from "./compare.ts";
import { filtersOf, type Place, type Side } from "./configuration.ts";
import type { Experiment } from "./experiment.ts";
import { CASE } from "./generate-steps.ts";
import { HoldingUpstream } from "./upstream.ts";
import { SERVICE_ACCOUNT } from "./vocabulary.ts";

/** Node ids by which the filters know what they run in (istio `pkg/model/proxy.go`: `ServiceNode`). */
const NODES: Readonly<Record<"sidecar" | "gateway", string>> = {
  sidecar: "sidecar~10.0.0.1~sleep-1.default~default.svc.cluster.local",
  gateway: "router~10.0.0.2~gateway-1.istio-system~istio-system.svc.cluster.local",
};
const METADATA = { NAMESPACE, LABELS, SERVICE_ACCOUNT };

export function listenerName({ name }: Experiment, place: Place, side: Side): string {
  return `${side}-${name}-${place}`;
}

/** A line of the access log: the side, the request, and what is only there. */
const LOG = `%REQ(${CASE})% %RESPONSE_CODE% %RESPONSE_CODE_DETAILS% %RESPONSE_FLAGS% %FILTER_STATE(wasm.header-routing.route:PLAIN)%`;

function listenerFor(experiment: Experiment, place: Place, side: Side): Listener {
  const name = listenerName(experiment, place, side);
  const filters = filtersOf(experiment.name, experiment.configuration, place, side);
  const made = listener(name, filters, { virtual_hosts: [{ name, domains: ["*"], routes: [fallback()] }] });
  const direction = place === "inbound" ? "INBOUND" : "OUTBOUND";
  return {
    ...made,
    chains: made.chains.map((chain) => ({ ...chain, accessLog: `${side} ${LOG}` })),
    listener: { ...made.listener, traffic_direction: direction },
  };
}

/** A proxy with an upstream of its own. */
export class Proxy {
  private constructor(
    readonly envoy: Envoy,
    readonly upstream: HoldingUpstream,
  ) {}

  /** One for the experiments, all of which are for that kind; it ends with the test. */
  static async start(
    t: TestContext,
    kind: "sidecar" | "gateway",
    experiments: readonly Experiment[],
    sides: readonly Side[],
  ): Promise<Proxy> {
    const upstream = await HoldingUpstream.start();
    t.after(() => upstream.stop());
    const listeners = experiments.flatMap((one) =>
      one.places.flatMap((place) => sides.map((side) => listenerFor(one, place, side))),
    );
    const node: JsonObject = { id: NODES[kind], cluster: "test", metadata: METADATA };
    const clusters = [cluster(CLUSTER, upstream.port)];
    const envoy = await Envoy.start({ concurrency: 1, clusters, listeners, bootstrap: { node } });
    t.after(() => envoy.stop());
    return new Proxy(envoy, upstream);
  }

  /** What all modules have counted, and their gauges. */
  async counts(): Promise<Counts> {
    const text = await this.envoy.admin.get("/stats?filter=^wasmcustom");
    const lines = text.split("\n").filter((line) => line !== "");
    return new Map(lines.map((line) => line.split(": ")).map(([name = "", value]) => [name, Number(value)]));
  }

  /** Waits until no fault is active any more. */
  async idle(): Promise<void> {
    await until("faults to end", async () => !(await this.counts()).get("wasmcustom.fault_injection.active_faults"));
  }

  /** The lines of the access log by side and request, when `count` requests have ended. */
  async log(count: number): Promise<Map<string, string>> {
    const lines = (await this.envoy.accessLog(count)).map((line) => line.split(" "));
    return new Map(lines.map(([side, name, ...what]) => [`${side} ${name}`, what.join(" ")]));
  }
}
