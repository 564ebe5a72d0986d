import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { stringify } from "yaml";
import { freePort } from "../../support/envoy/ports.ts";
import type { Programs } from "../programs/cache.ts";
import type { Kubernetes } from "./kubernetes.ts";
import { Program } from "./program.ts";

/** The namespace whose resources are for the whole mesh. */
export const ROOT_NAMESPACE = "istio-system";
/** Of istiod and of every workload; they have to agree. */
export const CLUSTER_ID = "Kubernetes";
/** A tracing provider that Telemetry can name; none is used until one does. */
export const TRACER = "tracer";
/**
 * The Service that its spans are sent to, as Istio's addon has it: nobody is behind it until `Mesh.startCollector`. It lacks the port that
 * gives strategies for sampling.
 */
export const COLLECTOR = { app: "jaeger-collector", namespace: ROOT_NAMESPACE, port: 4318, sampling: 5778 } as const;
/** Its name in the mesh. */
export const COLLECTOR_HOST = `${COLLECTOR.app}.${COLLECTOR.namespace}.svc.cluster.local`;
/** pilot-agent speaks TLS to any other. */
const PLAINTEXT_PORT = 15010;

/** istiod, the control plane, with a CA of its own. */
export class Istiod {
  private constructor(
    private readonly program: Program,
    /** Host and port of its discovery service and CA, in plaintext. */
    readonly address: string,
    /** Port of its HTTP server, with the debug pages. */
    readonly httpPort: number,
    private readonly monitoringPort: number,
  ) {}

  /**
   * Gives the API server Istio's resource definitions, starts istiod in `folder`, and waits until it answers.
   *
   * @param host an address of the loopback network that no other istiod has
   */
  static async start(programs: Programs, kubernetes: Kubernetes, folder: string, host: string): Promise<Istiod> {
    await kubernetes.kubectl(["apply", "--server-side", "-f", programs.path("crd-all.gen.yaml")]);
    await kubernetes.kubectl(["apply", "--server-side", "-f", programs.path("standard")]);
    await kubernetes.untilEstablished();
    await kubernetes.apply({ apiVersion: "v1", kind: "Namespace", metadata: { name: ROOT_NAMESPACE } });
    mkdirSync(folder, { recursive: true });
    const [http, monitoring, introspection] = [await freePort(), await freePort(), await freePort()];
    const address = `${host}:${PLAINTEXT_PORT}`;
    writeFileSync(join(folder, "mesh.yaml"), stringify(meshConfig(address)));
    const program = Program.start({
      name: "istiod",
      command: programs.path("pilot-discovery"),
      args: [
        ...["discovery", "--registries=Kubernetes", "--kubeconfig", kubernetes.kubeconfig],
        ...["--meshConfig", "mesh.yaml", "--networksConfig", "/dev/null"],
        ...["--grpcAddr", address, "--httpAddr", `127.0.0.1:${http}`, "--monitoringAddr", `127.0.0.1:${monitoring}`],
        ...["--secureGRPCAddr", "", "--httpsAddr", ""],
        ...["--ctrlz_address", "127.0.0.1", "--ctrlz_port", `${introspection}`],
      ],
      folder,
      env: {
        POD_NAME: "istiod",
        POD_NAMESPACE: ROOT_NAMESPACE,
        CLUSTER_ID,
        REVISION: "default",
        // Its own certificate would be for TLS, which loopback does without; workloads authenticate by their tokens.
        PILOT_CERT_PROVIDER: "none",
        XDS_AUTH_PLAINTEXT: "true",
        // Both are filters that only Istio's build of Envoy has.
        PILOT_ENABLE_METADATA_EXCHANGE: "false",
        PILOT_ENABLE_ALPN_FILTER: "false",
        PILOT_ENABLE_STATUS: "false",
        PILOT_ENABLE_ANALYSIS: "false",
        // It would make Deployments for Gateways, and nobody is there to run them.
        PILOT_ENABLE_GATEWAY_API_DEPLOYMENT_CONTROLLER: "false",
        PILOT_DEBOUNCE_AFTER: "50ms",
        UNSAFE_ENABLE_ADMIN_ENDPOINTS: "true",
      },
    });
    const istiod = new Istiod(program, address, http, monitoring);
    try {
      await program.until("to be ready", async () => await istiod.isReady());
      return istiod;
    } catch (error) {
      await istiod.stop();
      throw error;
    }
  }

  /** Everything that it logged so far. */
  log(): string {
    return this.program.log();
  }

  /** What it counts, as Prometheus is given it: values by `name{label="value"}`. */
  async metrics(): Promise<Map<string, number>> {
    const text = await (await fetch(`http://127.0.0.1:${this.monitoringPort}/metrics`)).text();
    return new Map([...text.matchAll(/^([^#\s]\S*) (\S+)$/gm)].map(([, name = "", value]) => [name, Number(value)]));
  }

  /** Waits until `text` is in the log, after its first `from` characters. */
  async logged(text: string, from = 0): Promise<void> {
    await this.program.logged(text, from);
  }

  async stop(): Promise<void> {
    await this.program.stop();
  }

  private async isReady(): Promise<boolean> {
    return await fetch(`http://127.0.0.1:${this.httpPort}/ready`).then(
      ({ ok }) => ok,
      () => false,
    );
  }
}

function meshConfig(discoveryAddress: string): object {
  return {
    trustDomain: "cluster.local",
    rootNamespace: ROOT_NAMESPACE,
    enableAutoMtls: true,
    enablePrometheusMerge: false,
    accessLogFile: "",
    defaultConfig: { discoveryAddress, controlPlaneAuthPolicy: "NONE" },
    extensionProviders: [
      {
        name: TRACER,
        opentelemetry: { service: COLLECTOR_HOST, port: COLLECTOR.port, http: { path: "/v1/traces", timeout: "10s" } },
      },
    ],
  };
}
