/** Metrics by which the workers of a process share the state of a circuit. */
const OF_CIRCUITS =
  /\.(consecutive_\w+|state|idle_since|transitions|assignments|requests|failures|slow_calls|self_test): /;

/** The two kinds of proxies, each a real Envoy with the listeners of all experiments that are for it. */
import type { TestContext } from "node:test";
import { createSecureContext, type SecureContext } from "node:tls";
import { Authority, cluster, Envoy, typed, until } from "../../support/envoy/index.ts";
import type { JsonObject, Listener } from "../../support/envoy/index.ts";
import type { ServerTls } from "../../support/envoy/tls.ts";
import { LABELS, NAMESPACE } from "../routes/generate-services.ts";
import { CLUSTER, fallback, listener } from "../routes/listener.ts";
import type { Counts } from "./compare.ts";
import { filtersOf, type Place, type Side } from "./configuration.ts";
import type { Experiment } from "./experiment.ts";
import { CASE } from "./generate-steps.ts";
import { HoldingUpstream } from "./upstream.ts";
import { PEERS, SERVICE_ACCOUNT } from "./vocabulary.ts";

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

/** At `inbound` and `gateway` a client may have a certificate, and need not (PeerAuthentication's `PERMISSIVE`). */
function listenerFor(experiment: Experiment, place: Place, side: Side, tls: ServerTls): Listener {
  const name = listenerName(experiment, place, side);
  const chain = filtersOf(experiment.name, experiment.configuration, place, side);
  const made = listener(name, chain, { virtual_hosts: [{ name, domains: ["*"], routes: [fallback()] }] });
  const direction = place === "inbound" ? "INBOUND" : "OUTBOUND";
  const chains = made.chains.map((chain) => ({ ...chain, accessLog: `${side} ${LOG}` }));
  const fields = { ...made.listener, traffic_direction: direction };
  if (place === "outbound") return { ...made, chains, listener: fields };
  const secure = chains.map((chain) => ({ ...chain, tls, match: { transport_protocol: "tls" } }));
  const filters = [...(made.listener?.["listener_filters"] as JsonObject[]), TLS_INSPECTOR];
  return { ...made, chains: [...secure, ...chains], listener: { ...fields, listener_filters: filters } };
}

const TLS_INSPECTOR: JsonObject = {
  name: "tls_inspector",
  typed_config: typed("envoy.extensions.filters.listener.tls_inspector.v3.TlsInspector"),
};

/** A proxy with an upstream of its own. */
export class Proxy {
  private constructor(
    readonly envoy: Envoy,
    readonly upstream: HoldingUpstream,
    /** What each client with a certificate needs for TLS. */
    readonly peers: ReadonlyMap<string, SecureContext>,
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
    const authority = await Authority.create();
    const server = await authority.issue({ uris: [`spiffe://cluster.local/ns/${NAMESPACE}/sa/${SERVICE_ACCOUNT}`] });
    const tls = { certificate: server, clientAuthority: authority.certificate, clientCertificateRequired: false };
    const peers = new Map<string, SecureContext>();
    for (const [name, id] of Object.entries(PEERS)) {
      const { certificate, key } = await authority.issue({ uris: [`spiffe://${id}`] });
      peers.set(name, createSecureContext({ cert: certificate, key }));
    }
    const listeners = experiments.flatMap((one) =>
      one.places.flatMap((place) => sides.map((side) => listenerFor(one, place, side, tls))),
    );
    const node: JsonObject = { id: NODES[kind], cluster: "test", metadata: METADATA };
    const clusters = [cluster(CLUSTER, upstream.port)];
    const envoy = await Envoy.start({ concurrency: 1, clusters, listeners, bootstrap: { node } });
    t.after(() => envoy.stop());
    return new Proxy(envoy, upstream, peers);
  }

  /** What all modules have counted, and their gauges, but for those of circuits: both sides of a comparison write these. */
  async counts(): Promise<Counts> {
    const text = await this.envoy.admin.get("/stats?filter=^wasmcustom");
    const lines = text.split("\n").filter((line) => line !== "" && !OF_CIRCUITS.test(line));
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
