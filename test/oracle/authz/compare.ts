/** What a response shows of a decision, and whether two decisions agree. */
import type { Answer } from "../../support/envoy/index.ts";
import type { Experiment } from "./experiment.ts";
import { probeResults, PROBES } from "./leaf-probes.ts";
import { DETAILS, REACHED } from "./listeners.ts";
import { isStrict } from "./peers.ts";
import { leavesOf } from "./rule-plan.ts";
import { readNativeShadow, SHADOW } from "./shadow.ts";
import type { Shadow } from "./shadow.ts";
import { isForWorkload } from "./verdict.ts";

/** What can be seen of one request's way through a listener. */
export interface Observation {
  status: number;
  body: string;
  /** Why Envoy answered by itself; undefined where the upstream answered. */
  details: string | undefined;
  /** What reached the upstream. */
  reached: string | undefined;
  /** gRPC's own status, of calls that are answered in its manner. */
  grpc: string | undefined;
}

/** What native RBAC shows beyond the decision. */
export interface Native extends Observation {
  shadow: Shadow;
  /** Of each leaf, in the order of `probes`, whether it held. */
  probes: boolean[] | undefined;
}

function value({ headers }: Answer, name: string): string | undefined {
  return headers.find(([key]) => key.toLowerCase() === name)?.[1];
}

/** Reads a response of either listener. */
export function observe(answer: Answer): Observation {
  const details = value(answer, DETAILS);
  return {
    status: answer.status,
    body: answer.body,
    details: details === "-" ? undefined : details,
    reached: value(answer, REACHED),
    grpc: value(answer, "grpc-status"),
  };
}

/** Reads a response of a native listener with so many probes. */
export function observeNative(answer: Answer, count: number): Native {
  const observation = observe(answer);
  const wasAsked = observation.reached !== undefined || isDenial(observation);
  return {
    ...observation,
    shadow: readNativeShadow(value(answer, SHADOW) ?? ""),
    probes: wasAsked ? probeResults(value(answer, PROBES) ?? "", count) : undefined,
  };
}

/** Where two observations of one request differ: one line for each, none where they agree. */
export function disagreements(native: Observation, filter: Observation): string[] {
  const lines: string[] = [];
  for (const key of ["status", "body", "details", "reached", "grpc"] as const) {
    if (native[key] !== filter[key]) {
      lines.push(`${key}: native ${JSON.stringify(native[key])}, filter ${JSON.stringify(filter[key])}`);
    }
  }
  return lines;
}

/** Whether a rule that decides asks who the peer is. */
export function asksForIdentity({ set }: Experiment): boolean {
  const deciding = set.policies.filter((one) => !one.dryRun && one.action !== "AUDIT" && isForWorkload(one, set));
  return deciding.some(({ plans }) => plans.flatMap(leavesOf).some(({ cell }) => cell.field.ofIdentity));
}

/** Whether the filter may turn a peer away that native RBAC takes: its certificate has no strict SPIFFE ID. */
export function mayDeny(experiment: Experiment, peer: string): boolean {
  return !isStrict(peer) && asksForIdentity(experiment);
}

/** Whether an observation is a denial by policy; `authz_unsure` are the filter's details where it cannot decide. */
export function isDenial({ details = "", reached }: Observation): boolean {
  return reached === undefined && (details.startsWith("rbac_access_denied") || details === "authz_unsure");
}
