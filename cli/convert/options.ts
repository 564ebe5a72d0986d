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
  readonly mode: "CLIENT" | "SERVER" | undefined;
  /** The gateway that the plugin of a VirtualService is for: `mesh`, or one that the VirtualService names. */
  readonly gateway: string;
  /** The image: a url with `{filter}` in it. */
  readonly url: string;
  /** The only filter to convert to. */
  readonly filter: string | undefined;
}
