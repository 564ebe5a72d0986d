/** What istiod's own code makes of meshes: the configuration of each proxy, as far as it decides about HTTP. */
import type { JsonObject } from "../../support/envoy/index.ts";
import type { Resource } from "../converted.ts";
import { runProgram } from "../go-program.ts";
import type { Program } from "../go-program.ts";
import { istiodProgram } from "./istiod-program.ts";

/** A Service of Kubernetes. */
export interface MeshService {
  name: string;
  namespace: string;
  /** Its cluster IP. */
  address: string;
  /** Ports of the service, and the pod's ports behind them. */
  ports: { number: number; target: number }[];
  endpoints: Omit<MeshProxy, "name" | "type">[];
}

/** A workload's proxy. */
export interface MeshProxy {
  name: string;
  type: "sidecar" | "router";
  namespace: string;
  labels: Record<string, string>;
  serviceAccount: string;
  address: string;
}

/** What istiod knows of a mesh. */
export interface Mesh {
  resources: readonly Resource[];
  services: readonly MeshService[];
  proxies: readonly MeshProxy[];
}

/** A filter chain with an HTTP connection manager; all JSON has Envoy's field names. */
export interface Chain {
  listener: string;
  direction: string;
  /** `envoy.config.listener.v3.FilterChainMatch`; null for a chain that takes everything. */
  match: { destination_port?: number; transport_protocol?: string; application_protocols?: string[] } | null;
  manager: JsonObject;
}

/** What a proxy is configured with. */
export interface Configuration {
  chains: Chain[];
  /** The route configurations that managers name. */
  routes: Record<string, JsonObject>;
  clusters: string[];
  /** The configurations of filters that managers name (ECDS). */
  extensions: Record<string, JsonObject>;
}

/** What istiod makes of a mesh. */
export interface Translation {
  proxies: Record<string, Configuration> | null;
  /** Why istiod does not take a resource. */
  refused?: string;
}

let program: Promise<Program> | undefined;

/** Why there is no translation; undefined if istiod's code can be asked. */
export async function whyNone(): Promise<string | undefined> {
  program ??= istiodProgram();
  const found = await program;
  return "missing" in found ? found.missing : undefined;
}

/** Translates all meshes in one go, in their order. Rejects if there is no istiod (`whyNone`). */
export async function translateMeshes(meshes: readonly Mesh[]): Promise<Translation[]> {
  program ??= istiodProgram();
  const found = await program;
  if ("missing" in found) throw new Error(found.missing);
  const { code, stdout, stderr } = await runProgram(found.binary, [], JSON.stringify(meshes));
  if (code !== 0) throw new Error(`istiod's generator ended with ${code}: ${stderr.trim()}`);
  return JSON.parse(stdout) as Translation[];
}
