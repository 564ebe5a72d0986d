/** WasmPlugin resources. */
import { shownSpec } from "../../../tools/manifests/shown-plugin.ts";
import type { Resource } from "./kubernetes.ts";

/** The fields of a WasmPlugin that tests set, as Istio names them. */
export interface PluginSpec {
  url: string;
  /** What it is for where that is no workload: Istio's `PolicyTargetReference`. */
  targetRefs?: readonly { group: string; kind: string; name: string }[];
  selector?: { matchLabels: Readonly<Record<string, string>> };
  match?: readonly { mode: "CLIENT" | "SERVER" | "CLIENT_AND_SERVER" }[];
  phase?: "AUTHN" | "AUTHZ" | "STATS";
  failStrategy?: "FAIL_CLOSE" | "FAIL_OPEN";
  /** Of the module for http, of the manifest for oci. */
  sha256?: string;
  pluginConfig?: object;
}

/** A WasmPlugin of the namespace `default`. */
export function wasmPlugin(name: string, spec: PluginSpec): Resource {
  return {
    apiVersion: "extensions.istio.io/v1alpha1",
    kind: "WasmPlugin",
    metadata: { name, namespace: "default" },
    spec,
  };
}

/** Selects the workloads of an application, or one version of them. */
export function selecting(app: string, version?: string): { matchLabels: Record<string, string> } {
  return { matchLabels: { app, ...(version !== undefined && { version }) } };
}

/** The first WasmPlugin that a filter's folder shows, with some fields changed; its image is published nowhere. */
export function shownPlugin(filter: string, name: string, changed: PluginSpec): Resource {
  return wasmPlugin(name, { ...shownSpec<PluginSpec>(filter), ...changed });
}

/**
 * Whether a piece of a sidecar's configuration names a plugin, as istiod does: `<namespace>.<name>`, and behind it a mark of what the
 * resource was, from Istio 1.31 on where that is a WasmPlugin (`pilot/pkg/config/kube/extensions/translate.go`).
 */
export function namesPlugin(configuration: string, namespace: string, name: string): boolean {
  return [`"`, "~"].some((end) => configuration.includes(`${namespace}.${name}${end}`));
}
