/** The meshes that generated sets are of, and the workload that they decide about. */
import type { PolicySet } from "./policy.ts";

/** Of the workload, as the node's metadata has it; the same for all sets. */
export const NAMESPACE = "default";
export const LABELS: Record<string, string> = { app: "httpbin", version: "v1" };

/** A mesh's trust domains. */
export type Mesh = Pick<PolicySet, "trustDomain" | "trustDomainAliases">;
/** Those to which cluster.local belongs. */
export const MESHES_OF_CLUSTER_LOCAL: readonly Mesh[] = [
  { trustDomain: "cluster.local", trustDomainAliases: [] },
  { trustDomain: "cluster.local", trustDomainAliases: ["old-td"] },
  { trustDomain: "td1.example", trustDomainAliases: ["cluster.local"] },
];
/** Those that it only points to, and one with a star. */
export const OTHER_MESHES: readonly Mesh[] = [
  { trustDomain: "cluster.local", trustDomainAliases: ["*-td"] },
  { trustDomain: "td1.example", trustDomainAliases: [] },
  { trustDomain: "new-td", trustDomainAliases: ["old-td", "td1.example"] },
];
/** All of them. */
export const MESHES: readonly Mesh[] = [...MESHES_OF_CLUSTER_LOCAL, ...OTHER_MESHES];
