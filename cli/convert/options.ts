import type { GatewayPods } from "./gateway-pods.ts";

/** What a conversion takes for granted, or is told. */
export interface Options {
  /** The namespace of resources that name none. */
  readonly namespace: string;
  /** The mesh's root namespace (MeshConfig). */
  readonly rootNamespace: string;
  /** MeshConfig's, where they are not the defaults. */
  readonly trustDomain: string | undefined;
  readonly trustDomainAliases: readonly string[];
  /** Where the plugins of VirtualServices go; undefined: where the VirtualServices apply. */
  readonly toNamespace: string | undefined;
  /** The labels of the workloads whose proxies get the plugins. */
  readonly selector: Readonly<Record<string, string>> | undefined;
  /** What the plugins see of the workloads' requests; undefined: what the resource is about. */
  readonly mode: Mode | undefined;
  /** The gateway that the plugin of a VirtualService is for: `mesh`, or one that the VirtualService names. */
  readonly gateway: string;
  /** Each gateway's pods; none: there is no gateway; undefined: the resources that are given say it. */
  readonly gatewayPods: readonly GatewayPods[] | undefined;
  /** The image: a url with `{filter}` in it; undefined: one that does not exist, for the user to replace. */
  readonly url: string | undefined;
  /** The plugins' name; undefined: the filter's, and what the plugin is made of. */
  readonly name: string | undefined;
  /** Whether what is converted is to deny nothing yet, but to count and log what it would deny. */
  readonly dryRun: boolean;
  /** The module into which all plugins go, a section each; undefined: each filter has a plugin of its own. */
  readonly module: "signalbox" | undefined;
  /** The only filter to convert to. */
  readonly filter: string | undefined;
}

/** `match[].mode` of a WasmPlugin: requests that the workload sends and that gateways take, or that the workload gets. */
export type Mode = "CLIENT" | "SERVER";
