import { execFile } from "node:child_process";
import { generateKeyPairSync, randomUUID } from "node:crypto";
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { stringify } from "yaml";
import { freePort } from "../../support/envoy/ports.ts";
import type { Programs } from "../programs/cache.ts";
import { Program } from "./program.ts";

/** A Kubernetes resource, or any other document that kubectl takes. */
export type Resource = Readonly<Record<string, unknown>>;

/** Whoever has a token for this audience is known to istiod's CA. */
const CA_AUDIENCE = "istio-ca";
const DEFAULT_NAMESPACE = ["get", "namespace", "default"];
const ISSUER = "https://kubernetes.default.svc";

/** A line for each CustomResourceDefinition: True, or nothing while it has no such condition. */
const ESTABLISHED = `{{range .items}}{{range .status.conditions}}{{if eq .type "Established"}}{{.status}}{{end}}{{end}}{{"\\n"}}{{end}}`;

/** etcd and kube-apiserver: no nodes, no controllers. Whoever has the administrator's token may do everything. */
export class Kubernetes {
  private constructor(
    private readonly programs: Programs,
    private readonly etcd: Program,
    private readonly server: Program,
    /** The file by which kubectl and istiod find the server. */
    readonly kubeconfig: string,
  ) {}

  /**
   * Starts both in `folder`, and waits until the API server is ready.
   *
   * @throws Error with the log of what does not start
   */
  static async start(programs: Programs, folder: string): Promise<Kubernetes> {
    mkdirSync(folder, { recursive: true });
    const [client, peer, api] = [await freePort(), await freePort(), await freePort()];
    const token = randomUUID();
    const kubeconfig = join(folder, "kubeconfig");
    writeFileSync(kubeconfig, stringify(kubeconfigOf(api, token)), { mode: 0o600 });
    writeFileSync(join(folder, "tokens.csv"), `${token},admin,admin,system:masters\n`, { mode: 0o600 });
    writeKeys(folder);
    const etcd = Program.start({
      name: "etcd",
      command: programs.path("etcd"),
      args: [
        ...["--data-dir", join(folder, "etcd"), "--unsafe-no-fsync", "--listen-peer-urls", `http://127.0.0.1:${peer}`],
        ...["--listen-client-urls", `http://127.0.0.1:${client}`],
        ...["--advertise-client-urls", `http://127.0.0.1:${client}`],
      ],
      folder,
    });
    const server = Program.start({
      name: "kube-apiserver",
      command: programs.path("kube-apiserver"),
      args: serverArguments(client, api),
      folder,
    });
    const kubernetes = new Kubernetes(programs, etcd, server, kubeconfig);
    try {
      await server.until("to be ready", async () => await kubernetes.isReady());
      return kubernetes;
    } catch (error) {
      await kubernetes.stop();
      throw error;
    }
  }

  /** Does what `kubectl apply -f` does. Throws with kubectl's words where the server refuses a resource. */
  async apply(...resources: readonly Resource[]): Promise<void> {
    if (resources.length > 0) await this.kubectl(["apply", "-f", "-"], yamlOf(resources));
  }

  /** The same with `--server-side`, which keeps no copy in an annotation, so that the resource may be as large as etcd takes. */
  async applyServerSide(manifest: string): Promise<void> {
    await this.kubectl(["apply", "--server-side", "--force-conflicts", "-f", "-"], manifest);
  }

  /** Changes a resource by a JSON patch (RFC 6902), which is small however large the resource is. */
  async patch({ apiVersion, kind, metadata }: Resource, operations: readonly object[]): Promise<void> {
    const { name, namespace } = metadata as { name: string; namespace: string };
    const [group, version] = String(apiVersion).split("/");
    const resource = [
      version === undefined ? String(kind) : `${String(kind)}.${group}`,
      name,
      `--namespace=${namespace}`,
    ];
    await this.kubectl(["patch", ...resource, "--type=json", `--patch=${JSON.stringify(operations)}`]);
  }

  /**
   * Waits until the server serves all custom resources that it was told of. `kubectl wait` does not: it fails for a definition
   * that has no conditions yet.
   */
  async untilEstablished(): Promise<void> {
    await this.server.until("to serve all custom resources", async () => {
      const lines = (await this.kubectl(["get", "crd", `--output=go-template=${ESTABLISHED}`]))
        .split("\n")
        .slice(0, -1);
      return lines.every((line) => line === "True");
    });
  }

  /** Removes resources, which need not be there. */
  async remove(...resources: readonly Resource[]): Promise<void> {
    if (resources.length > 0) await this.kubectl(["delete", "--ignore-not-found", "-f", "-"], yamlOf(resources));
  }

  /** A token of a ServiceAccount, which is made first, as a pod has it mounted for istiod's CA. */
  async token(serviceAccount: string): Promise<string> {
    const metadata = { name: serviceAccount, namespace: "default" };
    await this.apply({ apiVersion: "v1", kind: "ServiceAccount", metadata });
    return await this.kubectl(["create", "token", serviceAccount, `--audience=${CA_AUDIENCE}`]);
  }

  /** Runs kubectl with `input` on its standard input, and gives what it prints. Throws with its words where it fails. */
  async kubectl(words: readonly string[], input = ""): Promise<string> {
    return await new Promise((resolve, reject) => {
      const env = { ...process.env, KUBECONFIG: this.kubeconfig };
      const all = [`--cache-dir=${this.kubeconfig}.cache`, ...words];
      const child = execFile(this.programs.path("kubectl"), all, { env }, (error, stdout, stderr) => {
        if (error === null) resolve(stdout);
        else reject(new Error(`kubectl ${words.join(" ")}: ${stderr || error.message}`));
      });
      child.stdin?.on("error", () => {}); // where it ends without having read all of it, its status says so
      child.stdin?.end(input);
    });
  }

  async stop(): Promise<void> {
    await this.server.stop();
    await this.etcd.stop();
  }

  private async isReady(): Promise<boolean> {
    try {
      // It makes the namespace itself, a moment after it is ready.
      return (await this.kubectl(["get", "--raw", "/readyz"])) === "ok" && !!(await this.kubectl(DEFAULT_NAMESPACE));
    } catch {
      return false;
    }
  }
}

function yamlOf(resources: readonly Resource[]): string {
  return resources.map((resource) => stringify(resource)).join("---\n");
}

function writeKeys(folder: string): void {
  const { publicKey, privateKey } = generateKeyPairSync("rsa", { modulusLength: 2048 });
  const key = privateKey.export({ type: "pkcs1", format: "pem" });
  writeFileSync(join(folder, "service-accounts.key"), key, { mode: 0o600 });
  writeFileSync(join(folder, "service-accounts.pub"), publicKey.export({ type: "spki", format: "pem" }));
}

function serverArguments(etcd: number, port: number): string[] {
  return [
    `--etcd-servers=http://127.0.0.1:${etcd}`,
    "--bind-address=127.0.0.1",
    "--advertise-address=127.0.0.1",
    `--secure-port=${port}`,
    "--cert-dir=certificates",
    `--service-account-issuer=${ISSUER}`,
    "--service-account-key-file=service-accounts.pub",
    "--service-account-signing-key-file=service-accounts.key",
    `--api-audiences=${CA_AUDIENCE},${ISSUER}`,
    "--token-auth-file=tokens.csv",
    "--authorization-mode=AlwaysAllow",
    "--service-cluster-ip-range=10.96.0.0/16",
    // Pods and their endpoints are never made.
    "--disable-admission-plugins=ServiceAccount",
    "--endpoint-reconciler-type=none",
  ];
}

function kubeconfigOf(port: number, token: string): Resource {
  const cluster = { server: `https://127.0.0.1:${port}`, "insecure-skip-tls-verify": true };
  return {
    apiVersion: "v1",
    kind: "Config",
    clusters: [{ name: "test", cluster }],
    users: [{ name: "admin", user: { token } }],
    contexts: [{ name: "test", context: { cluster: "test", user: "admin" } }],
    "current-context": "test",
  };
}
