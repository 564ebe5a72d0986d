/** Istio's AuthorizationPolicy (`security.istio.io/v1`), as far as an HTTP filter judges by it. */

/** `action`, as far as an HTTP filter can honour it. */
export type Action = "ALLOW" | "DENY" | "AUDIT";

/** `from[].source`; of each list any value has to fit, of `not…` none, and all lists that are there. */
export interface Source {
  principals?: string[];
  notPrincipals?: string[];
  requestPrincipals?: string[];
  notRequestPrincipals?: string[];
  namespaces?: string[];
  notNamespaces?: string[];
  serviceAccounts?: string[];
  notServiceAccounts?: string[];
  trustDomains?: string[];
  notTrustDomains?: string[];
  ipBlocks?: string[];
  notIpBlocks?: string[];
  remoteIpBlocks?: string[];
  notRemoteIpBlocks?: string[];
}

/** `to[].operation`. */
export interface Operation {
  hosts?: string[];
  notHosts?: string[];
  ports?: string[];
  notPorts?: string[];
  methods?: string[];
  notMethods?: string[];
  paths?: string[];
  notPaths?: string[];
}

/** `when[]`. */
export interface Condition {
  key: string;
  values?: string[];
  notValues?: string[];
}

/** Any source, any operation and every condition; a list that is absent asks for nothing. */
export interface Rule {
  from?: { source: Source }[];
  to?: { operation: Operation }[];
  when?: Condition[];
}

/** The resource, with of its metadata what matters. */
export interface AuthorizationPolicy {
  name: string;
  namespace: string;
  selector?: { matchLabels: Record<string, string> };
  action: Action;
  /** Istio's annotation `istio.io/dry-run`. */
  dryRun?: boolean;
  /** Absent: never matches. */
  rules?: Rule[];
}

/** All policies of a mesh, and of the mesh and the workload what decides on them. */
export interface PolicySet {
  trustDomain: string;
  trustDomainAliases: string[];
  rootNamespace: string;
  /** The workload's. */
  namespace: string;
  labels: Record<string, string>;
  policies: AuthorizationPolicy[];
}
