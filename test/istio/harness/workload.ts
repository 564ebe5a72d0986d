import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { connect } from "node:net";
import { dirname, join } from "node:path";
import { stringify } from "yaml";
import { Admin } from "../../../envoy/admin.ts";
import { envoyBinary } from "../../../tools/envoy-binary.ts";
import { freePort } from "../../support/envoy/ports.ts";
import type { Programs } from "../programs/cache.ts";
import type { Seen } from "./application.ts";
import { call, type Answer, type Call } from "./client.ts";
import { CLUSTER_ID } from "./istiod.ts";
import { Program } from "./program.ts";

/** Who a workload is. */
export interface Identity {
  /** Of the workload alone. */
  name: string;
  /** The Service that it belongs to, and its label `app`. */
  app: string;
  version: string;
  serviceAccount: string;
  /** The Gateway (Kubernetes' Gateway API) whose proxy it is; a sidecar where not given. */
  gateway?: string;
  /** What the ConfigMap has that its pod's annotation `sidecar.istio.io/bootstrapOverride` names. */
  bootstrapOverride?: string;
}

/** Ports that are the same at every workload, each on the workload's own address. */
export interface Ports {
  /** Of every Service, and of the listener that takes what applications send. */
  service: number;
  /** Of the listener that takes what other workloads send. */
  inbound: number;
}

/** What a sidecar must know of the mesh. */
export interface Surroundings {
  programs: Programs;
  /** istiod's address. */
  discovery: string;
  /** Registries without TLS. */
  registries: readonly string[];
  ports: Ports;
}

/** A workload that can be started. */
export interface Prepared extends Identity {
  address: string;
  /** Of its ServiceAccount, for istiod's CA. */
  token: string;
}

/** The sidecar of an application, or a gateway's proxy: a real pilot-agent, which starts a stock Envoy. */
export class Workload {
  private constructor(
    readonly identity: Identity,
    private readonly agent: Program,
    private readonly address: string,
    private readonly ports: Ports,
    private readonly adminPort: number,
  ) {}

  /** Starts it in `folder`, and waits until it takes requests: a sidecar in both directions, a gateway by its Gateway. */
  static async start(surroundings: Surroundings, prepared: Prepared, folder: string): Promise<Workload> {
    const { programs, ports } = surroundings;
    const { name, address, gateway } = prepared;
    const role = gateway === undefined ? "sidecar" : "router";
    const adminPort = await freePort();
    prepareFolder(folder, prepared, programs);
    const agent = Program.start({
      name: `the proxy of ${name}`,
      ...inMountNamespace(programs.path("pilot-agent"), [
        ...["proxy", role, "--domain", "default.svc.cluster.local", "--ctrlz_port", `${await freePort()}`],
        ...["--proxyLogLevel", "warning,wasm:info", "--log_output_level", "default:info"],
      ]),
      folder,
      env: {
        POD_NAME: name,
        POD_NAMESPACE: "default",
        INSTANCE_IP: address,
        SERVICE_ACCOUNT: prepared.serviceAccount,
        TRUST_DOMAIN: "cluster.local",
        ISTIO_META_CLUSTER_ID: CLUSTER_ID,
        ISTIO_META_INTERCEPTION_MODE: "NONE",
        ISTIO_META_WORKLOAD_NAME: name,
        ISTIO_META_MESH_ID: "cluster.local",
        ENVOY_STATUS_PORT: `${await freePort()}`,
        ENVOY_PROMETHEUS_PORT: `${await freePort()}`,
        ISTIO_BOOTSTRAP: join(folder, "bootstrap.json"),
        ...(prepared.bootstrapOverride !== undefined && { ISTIO_BOOTSTRAP_OVERRIDE: join(folder, BOOTSTRAP_OVERRIDE) }),
        WASM_INSECURE_REGISTRIES: surroundings.registries.join(","),
        WASM_HTTP_REQUEST_TIMEOUT: "5s",
        PROXY_CONFIG: stringify({
          binaryPath: envoyBinary(),
          configPath: join(folder, "etc/istio/proxy"),
          discoveryAddress: surroundings.discovery,
          controlPlaneAuthPolicy: "NONE",
          proxyAdminPort: adminPort,
          // How long what a listener was is kept after a change, and so what its plugins were.
          drainDuration: "1s",
          // A change is in force as a whole once one request shows it.
          concurrency: 1,
        }),
      },
    });
    const workload = new Workload(prepared, agent, address, ports, adminPort);
    try {
      for (const port of gateway === undefined ? [ports.service, ports.inbound] : [ports.inbound])
        await agent.until(`to listen on ${address}:${port}`, async () => await listens(address, port));
      return workload;
    } catch (error) {
      await workload.stop();
      throw error;
    }
  }

  /** Sends a request as its application would: through its sidecar, to a Service of the mesh. */
  async send(what: Call): Promise<Answer> {
    return await call(this.address, this.ports.service, what);
  }

  /** Sends a request to its proxy in plaintext, as somebody without a sidecar would. */
  async receive(what: Omit<Call, "host">, host = this.identity.app): Promise<Answer> {
    return await call(this.address, this.ports.inbound, { host, ...what });
  }

  /** Everything that pilot-agent and Envoy logged so far. */
  log(): string {
    return this.agent.log();
  }

  /** Waits until `text` is in the log, after its first `from` characters. */
  async logged(text: string, from = 0): Promise<void> {
    await this.agent.logged(text, from);
  }

  /** Envoy's admin page. */
  get admin(): Admin {
    return new Admin(`127.0.0.1:${this.adminPort}`);
  }

  async stop(): Promise<void> {
    await this.agent.stop();
  }
}

/** What the application saw of a request that reached it. Throws where it did not. */
export function seen({ status, body }: Answer): Seen {
  if (status !== 200) throw new Error(`no application answered, but ${status} ${body}`);
  return JSON.parse(body) as Seen;
}

/** Where Istio's injector mounts the ConfigMap (`files/injection-template.yaml`). */
const BOOTSTRAP_OVERRIDE = "etc/istio/custom-bootstrap/custom_bootstrap.json";

/** What a pod has mounted, by paths relative to where the agent runs. */
function prepareFolder(folder: string, prepared: Prepared, programs: Programs): void {
  const { app, version, gateway, token, bootstrapOverride } = prepared;
  const pod = join(folder, "etc/istio/pod");
  const tokens = join(folder, "var/run/secrets/tokens");
  for (const each of [pod, tokens, join(folder, "etc/istio/proxy")]) mkdirSync(each, { recursive: true });
  // The agent's own status server would listen on all interfaces; this turns it off.
  writeFileSync(join(pod, "annotations"), `status.sidecar.istio.io/port="0"\n`);
  const labels = { app, version, ...(gateway !== undefined && { "gateway.networking.k8s.io/gateway-name": gateway }) };
  const lines = Object.entries(labels).map(([label, value]) => `${label}="${value}"\n`);
  writeFileSync(join(pod, "labels"), lines.join(""));
  writeFileSync(join(tokens, "istio-token"), token, { mode: 0o600 });
  if (bootstrapOverride !== undefined) {
    mkdirSync(dirname(join(folder, BOOTSTRAP_OVERRIDE)), { recursive: true });
    writeFileSync(join(folder, BOOTSTRAP_OVERRIDE), bootstrapOverride);
  }
  const bootstrap = readFileSync(programs.path("envoy_bootstrap.json"), "utf8");
  writeFileSync(join(folder, "bootstrap.json"), bootstrap.replaceAll("{{ .wildcard }}", "127.0.0.1"));
}

/** Modules are kept in /var/lib/istio/data, whatever anybody says: a file system in memory that only this process sees. */
function inMountNamespace(command: string, args: readonly string[]): { command: string; args: string[] } {
  const script = 'mount -t tmpfs none /var/lib && mkdir -p /var/lib/istio/data && exec "$0" "$@"';
  return {
    command: "unshare",
    args: ["--user", "--map-root-user", "--mount", "sh", "-c", script, command, ...args],
  };
}

async function listens(host: string, port: number): Promise<boolean> {
  return await new Promise((resolve) => {
    const socket = connect(port, host);
    socket.on("connect", () => resolve(true));
    socket.on("error", () => resolve(false));
    socket.on("connect", () => socket.destroy());
  });
}
