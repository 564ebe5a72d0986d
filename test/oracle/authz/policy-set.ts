import type { JsonObject } from "../../support/envoy/index.ts";

/** What decides about one proxy: the policies of its mesh as in authz's pluginConfig, and what istiod knows of the proxy. */
export interface PolicySet {
  /** Default: cluster.local. */
  trustDomain?: string;
  trustDomainAliases?: string[];
  /** Default: istio-system. */
  rootNamespace?: string;
  /** The proxy's own. */
  namespace: string;
  /** The proxy's own. */
  labels?: Record<string, string>;
  /** The peer is known from filter state, and policies are selected as for a waypoint. Default: false. */
  waypoint?: boolean;
  /** OUTBOUND is a sidecar's outbound listener, for which Istio has no authorization. Default: INBOUND. */
  direction?: "INBOUND" | "OUTBOUND";
  /** AuthorizationPolicies' fields, with `name`, `namespace` and `dryRun` beside them. */
  policies: readonly object[];
}

/** What istiod makes of a set. */
export interface Translation {
  /** `typed_config` of the HTTP filters in istiod's order, with Envoy's field names. */
  filters: JsonObject[];
  /** What istiod's validation has against a policy, or why the set cannot be read. */
  refused?: string;
}
