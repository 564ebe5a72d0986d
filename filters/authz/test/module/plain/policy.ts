/** What pluginConfig of the filter holds, as far as the plain evaluation goes. */

/** The lists of a source or an operation, by their names: `principals`, `notPaths`, … */
export type Fields = Readonly<Record<string, readonly string[]>>;

/** A condition of `when`; `regex`, `notRegex` and `expression` are the filter's own. */
export interface Condition {
  readonly key?: string;
  readonly values?: readonly string[];
  readonly notValues?: readonly string[];
  readonly regex?: readonly string[];
  readonly notRegex?: readonly string[];
  readonly expression?: string;
}

export interface Rule {
  readonly from?: readonly { readonly source: Fields }[];
  readonly to?: readonly { readonly operation: Fields }[];
  readonly when?: readonly Condition[];
}

export interface Policy {
  readonly name: string;
  readonly namespace?: string;
  readonly selector?: { readonly matchLabels?: Readonly<Record<string, string>> };
  readonly action?: "ALLOW" | "DENY" | "AUDIT";
  readonly dryRun?: boolean;
  readonly rules?: readonly Rule[];
}

export interface Configuration {
  readonly trustDomain?: string;
  readonly trustDomainAliases?: readonly string[];
  readonly rootNamespace?: string;
  readonly direction?: "INBOUND" | "OUTBOUND";
  readonly repeatedHeaders?: "EACH" | "JOINED";
  readonly requireMtls?: boolean;
  readonly directRemoteIp?: { readonly filterState: string };
  readonly policies: readonly Policy[];
}

/** The workload whose proxy it is. */
export interface Workload {
  readonly namespace: string;
  readonly serviceAccount: string;
  readonly labels: Readonly<Record<string, string>>;
  /** As istiod's nodes are: a waypoint learns the peer from filter state alone, a router's listeners are all outbound. */
  readonly kind: "sidecar" | "router" | "waypoint";
  /** The direction that the listener says: 0 none, 1 inbound, 2 outbound (Envoy's `core.v3.TrafficDirection`). */
  readonly listener: 0 | 1 | 2;
}
