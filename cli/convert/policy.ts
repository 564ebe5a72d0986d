import type { Finding } from "../finding.ts";
import { isObject, type Json, type Resource } from "../input/resource.ts";
import { GATEWAY_NAME, areGatewayLabels, type Labels } from "../input/gateway-labels.ts";
import type { GatewayPods } from "./gateway-pods.ts";
import { GATEWAY_GROUP, compatible, podsOf, reachOf, type Gateways, type Reach } from "./gateways.ts";
import type { Options } from "./options.ts";
import { leftOut } from "./outcome.ts";

const DRY_RUN = "istio.io/dry-run";

/** An AuthorizationPolicy as the filter takes it. */
export interface Policy {
  readonly resource: Resource;
  readonly namespace: string;
  readonly labels: Labels;
  /** The Gateways that it names in `targetRefs`, in place of labels. */
  readonly targets: readonly string[] | undefined;
  readonly reach: Reach;
  readonly config: Json;
  /** Whether it is an ALLOW policy that is enforced, so that what no such policy allows is denied. */
  readonly allows: boolean;
  /** Whether it has to stay native, whatever the filter says; the reason is among the findings. */
  readonly native: boolean;
}

/** Reads an AuthorizationPolicy. What has to stay native goes to `findings`. */
export function policyOf(resource: Resource, gateways: Gateways, options: Options, findings: Finding[]): Policy {
  const { name, spec, annotations } = resource;
  const namespace = resource.namespace ?? options.namespace;
  let native = false;
  const leave = (path: readonly (string | number)[], why: string): void => {
    native = true;
    findings.push(leftOut(resource, path, why));
  };
  const dryRun = parsedBool(annotations[DRY_RUN]);
  if (dryRun === undefined) {
    const got = JSON.stringify(annotations[DRY_RUN]);
    leave(
      ["metadata", "annotations", DRY_RUN],
      `${DRY_RUN}: Istio does not read ${got} as a boolean; write "true" or "false"`,
    );
  }
  const { selector, targetRef, targetRefs, ...others } = spec;
  const labels = (isObject(selector) && isObject(selector.matchLabels) ? selector.matchLabels : {}) as Labels;
  const refs = [
    ...(Array.isArray(targetRefs) ? targetRefs : []),
    ...(isObject(targetRef) ? [targetRef] : []),
  ] as Json[];
  for (const [place, { group, kind, name: target }] of refs.entries()) {
    const path = ["spec", ...(isObject(targetRef) ? ["targetRef"] : ["targetRefs", place])];
    if (kind !== "Gateway" || group !== GATEWAY_GROUP) {
      leave(path, `it is for a ${String(kind)}, so for a waypoint: authz has not been tried there`);
    } else if (gateways.waypoints.has(`${namespace}/${String(target)}`)) {
      leave(path, `${String(target)} is a waypoint: authz has not been tried there`);
    }
  }
  const targets = refs.length > 0 ? [...new Set(refs.map((ref) => String(ref.name)))] : undefined;
  // An AUDIT policy enforces nothing as it is.
  const tried = dryRun === true || (options.dryRun && spec.action !== "AUDIT");
  return {
    resource,
    namespace,
    labels,
    targets,
    reach: targets === undefined ? reachOf(labels, gateways.known) : "gateways",
    config: { name, namespace, ...(selector !== undefined && { selector }), ...others, ...(tried && { dryRun: true }) },
    allows: dryRun !== true && (spec.action === undefined || spec.action === "ALLOW"),
    native,
  };
}

/** A boolean as Go reads it (`strconv.ParseBool`), which is what istiod does (istio `builder.go: isDryRun`); absent: false. */
function parsedBool(text: string | undefined): boolean | undefined {
  if (text === undefined) return false;
  if (["1", "t", "T", "TRUE", "true", "True"].includes(String(text))) return true;
  return ["0", "f", "F", "FALSE", "false", "False"].includes(String(text)) ? false : undefined;
}

/** The gateways that the policies themselves name. */
export function gatewaysIn(policies: readonly Policy[], { rootNamespace }: Options): GatewayPods[] {
  return policies.flatMap(({ namespace, labels, targets }) => {
    if (targets !== undefined) return targets.map((name) => podsOf(namespace, name));
    if (!areGatewayLabels(labels)) return [];
    const name = labels[GATEWAY_NAME];
    const byName = name !== undefined && Object.keys(labels).length === 1 && namespace !== rootNamespace;
    return byName ? [podsOf(namespace, name)] : [{ labels }];
  });
}

/** Whether there can be a workload that both are for. */
export function canMeet(a: Policy, b: Policy, rootNamespace: string): boolean {
  if (a.namespace !== b.namespace && a.namespace !== rootNamespace && b.namespace !== rootNamespace) return false;
  if ([a.reach, b.reach].includes("sidecars") && [a.reach, b.reach].includes("gateways")) return false;
  return selectorsOf(a).some((one) => selectorsOf(b).some((other) => compatible(one, other)));
}

/** Whether it can be for a workload with sidecars. */
export function isForSidecars({ reach }: Policy): boolean {
  return reach !== "gateways";
}

/** Whether it can be for the pods of a gateway. */
export function canBeAt(policy: Policy, { labels, namespace }: GatewayPods, rootNamespace: string): boolean {
  if (policy.reach === "sidecars") return false;
  const elsewhere = namespace !== undefined && policy.namespace !== namespace;
  if (elsewhere && (policy.targets !== undefined || policy.namespace !== rootNamespace)) return false;
  return selectorsOf(policy).some((selector) => compatible(selector, labels));
}

/** What selects its workloads: labels, or for each of its Gateways the label that the pods of one have. */
export function selectorsOf({ labels, targets }: Policy): Labels[] {
  return targets === undefined ? [labels] : targets.map((name) => ({ [GATEWAY_NAME]: name }));
}
