import { GATEWAY_NAME, type Labels } from "../input/gateway-labels.ts";
import type { GatewayPods } from "./gateway-pods.ts";
import { distinct, includes, targetRefsOf } from "./gateways.ts";
import type { Json } from "../input/resource.ts";
import type { Options } from "./options.ts";
import { canBeAt, canMeet, isForSidecars, selectorsOf, type Policy } from "./policy.ts";

/** The policies of one plugin, and where it is. */
export interface Group {
  readonly namespace: string;
  readonly policies: readonly Policy[];
  readonly selector: Labels | undefined;
  readonly targetRefs: readonly Json[] | undefined;
  readonly mode: string;
  /** What is added to the plugin's name, beside a policy's. */
  readonly at: readonly string[];
}

/**
 * The plugins for sidecars. Policies that can meet on a workload decide together, so each plugin has all those that can meet
 * one of its own, and is for the labels that all of them select. A filter tests each policy's own selector besides.
 */
export function sidecarGroups(policies: readonly Policy[], { rootNamespace }: Options): Group[] {
  const groups: Policy[][] = [];
  const left = new Set(policies.filter(isForSidecars));
  for (const first of left) {
    const group = [first];
    left.delete(first);
    for (const one of group) {
      for (const other of left) {
        if (!canMeet(one, other, rootNamespace)) continue;
        group.push(other);
        left.delete(other);
      }
    }
    groups.push(policies.filter((policy) => group.includes(policy)));
  }
  return groups.map((group) => ({
    namespace: namespaceOf(group, rootNamespace),
    policies: group,
    selector: sharedLabels(group),
    targetRefs: undefined,
    mode: "SERVER",
    at: [],
  }));
}

/**
 * The plugins for gateways, one for each gateway that a policy is or can be for, with all policies that can meet there: a
 * gateway found by two of them decides the same twice.
 */
export function gatewayGroups(
  policies: readonly Policy[],
  gateways: readonly GatewayPods[],
  { rootNamespace }: Options,
): Group[] {
  return distinct(gateways).flatMap((gateway): Group[] => {
    const group = policies.filter((policy) => canBeAt(policy, gateway, rootNamespace));
    // Those that find other gateways by other labels have plugins there; if the pods have these labels too, that is enough.
    const isMeant = group.some((policy) => policy.reach === "both" || isFor(policy, gateway));
    if (!isMeant) return [];
    const { labels, namespace, gateway: name } = gateway;
    if (namespace !== undefined && name !== undefined) {
      // To Istio all that a gateway takes is outbound, and all that a waypoint takes inbound; it cannot be told apart here.
      const mode = "CLIENT_AND_SERVER";
      const targetRefs = targetRefsOf(gateway);
      return [{ namespace, policies: group, selector: undefined, targetRefs, mode, at: [name] }];
    }
    const at = Object.values(labels);
    const one = { policies: group.map(bySelector), selector: labels, targetRefs: undefined, mode: "CLIENT", at };
    return [{ ...one, namespace: namespaceOf(group, rootNamespace) }];
  });
}

/** The plugins for the workloads of `--selector`. */
export function selectedGroups(
  policies: readonly Policy[],
  selector: Labels,
  mode: string,
  { rootNamespace }: Options,
): Group[] {
  return byNamespace(policies, rootNamespace).map((group) => {
    const namespace = namespaceOf(group, rootNamespace);
    // So that it is not called as the plugin for all workloads, which it would replace.
    const at = Object.values(selector);
    return { namespace, policies: group.map(bySelector), selector, targetRefs: undefined, mode, at };
  });
}

/** All in one where the root namespace has a policy, as that can meet all others; else those of each namespace. */
function byNamespace(policies: readonly Policy[], rootNamespace: string): Policy[][] {
  if (policies.some(({ namespace }) => namespace === rootNamespace)) return [[...policies]];
  const namespaces = new Set(policies.map(({ namespace }) => namespace));
  return [...namespaces].map((namespace) => policies.filter((policy) => policy.namespace === namespace));
}

/** The namespace of the plugin: theirs, or the root namespace, whose plugins are for all. */
function namespaceOf(group: readonly Policy[], rootNamespace: string): string {
  const [namespace = rootNamespace, ...others] = new Set(group.map((policy) => policy.namespace));
  return others.length === 0 ? namespace : rootNamespace;
}

/** The labels that all of the policies select. */
function sharedLabels(group: readonly Policy[]): Labels {
  const [first, ...others] = group;
  const shared = Object.entries(first?.labels ?? {});
  return Object.fromEntries(shared.filter(([key, value]) => others.every(({ labels }) => labels[key] === value)));
}

/** Whether all pods of the gateway have what the policy selects, or all that it selects are of the gateway. */
function isFor(policy: Policy, { labels }: GatewayPods): boolean {
  return selectorsOf(policy).some((selector) => includes(selector, labels) || includes(labels, selector));
}

/** Whether `bySelector` says what the policy's `targetRefs` say. */
export function hasSelector({ targets, namespace }: Policy, { rootNamespace }: Options): boolean {
  // A selector of the root namespace finds Gateways of this name in all namespaces.
  return targets === undefined || (targets.length === 1 && namespace !== rootNamespace);
}

/** A policy for a Gateway as one for the label of its pods, for a plugin that is not at this Gateway alone. */
function bySelector(policy: Policy): Policy {
  const [name] = policy.targets ?? [];
  if (name === undefined) return policy;
  return { ...policy, config: { ...policy.config, selector: { matchLabels: { [GATEWAY_NAME]: name } } } };
}
