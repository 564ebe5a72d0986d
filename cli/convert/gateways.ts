import {
  APPLICATION,
  GATEWAY_NAME,
  areGatewayLabels,
  mayBeGatewayLabels,
  nameOneApplication,
  type Labels,
} from "../input/gateway-labels.ts";
import { isObject, type Json, type Resource } from "../input/resource.ts";
import type { GatewayPods } from "./gateway-pods.ts";
import type { Options } from "./options.ts";

/** The gateways of a mesh. */
export interface Gateways {
  readonly known: readonly GatewayPods[];
  /** Whether these are all. */
  readonly all: boolean;
  /** The Gateways that are waypoints, as `namespace/name`. */
  readonly waypoints: ReadonlySet<string>;
}

export const GATEWAY_GROUP = "gateway.networking.k8s.io";
const WAYPOINT_CLASS = "istio-waypoint";

/**
 * The gateways that the options, or Gateways and Deployments among the given resources, name. If any is named, these are
 * taken for all.
 */
export function gatewaysOf(given: readonly Resource[], options: Options): Gateways {
  const pods: GatewayPods[] = [...(options.gatewayPods ?? [])];
  const selectors: GatewayPods[] = [];
  const waypoints = new Set<string>();
  for (const { kind, apiVersion, name, spec, namespace = options.namespace } of given) {
    const labels = isObject(spec.selector) ? spec.selector : {};
    if (kind !== "Gateway") pods.push({ labels: labels.matchLabels as Labels, namespace });
    else if (!apiVersion.startsWith(GATEWAY_GROUP)) {
      // Without a selector it is for all gateways, and does not say which pods these have.
      if (Object.keys(labels).length > 0) selectors.push({ labels: labels as Labels });
    } else if (spec["gatewayClassName"] === WAYPOINT_CLASS) waypoints.add(`${namespace}/${name}`);
    else pods.push(podsOf(namespace, name));
  }
  const unknown = selectors.filter(({ labels }) => !pods.some((one) => includes(one.labels, labels)));
  const known = distinct([...pods, ...unknown]);
  return { known, all: options.gatewayPods !== undefined || known.length > 0, waypoints };
}

/**
 * Whether a Deployment is of a gateway: its proxy is injected by the template `gateway`, or its container runs one as a router
 * (istio `manifests/charts/gateway` and `gateways`).
 */
export function isGatewayDeployment({ kind, spec }: Resource): boolean {
  if (kind !== "Deployment" && kind !== "DaemonSet") return false;
  const { template, selector } = spec;
  if (!isObject(template) || !isObject(selector) || !isObject(selector.matchLabels)) return false;
  const annotations = isObject(template.metadata) ? template.metadata.annotations : undefined;
  const templates = isObject(annotations) ? annotations["inject.istio.io/templates"] : undefined;
  if (typeof templates === "string" && templates.split(",").includes("gateway")) return true;
  const containers = isObject(template.spec) ? template.spec.containers : undefined;
  return (
    Array.isArray(containers) && containers.some(({ args }: Json) => Array.isArray(args) && args.includes("router"))
  );
}

/** The pods of a Gateway of Kubernetes' Gateway API. */
export function podsOf(namespace: string, gateway: string): GatewayPods {
  return { labels: { [GATEWAY_NAME]: gateway }, namespace, gateway };
}

/** `spec.targetRefs` of a plugin for the gateway; undefined if it has to be found by labels. */
export function targetRefsOf({ gateway }: GatewayPods): Json[] | undefined {
  return gateway === undefined ? undefined : [{ group: GATEWAY_GROUP, kind: "Gateway", name: gateway }];
}

/** Without those whose pods are all another's too. */
export function distinct(gateways: readonly GatewayPods[]): GatewayPods[] {
  const covers = (one: GatewayPods, other: GatewayPods): boolean =>
    one.gateway === other.gateway &&
    (one.namespace ?? other.namespace) === other.namespace &&
    includes(other.labels, one.labels);
  return gateways.filter((one, place) => {
    return !gateways.some((other, at) => at !== place && covers(other, one) && (!covers(one, other) || at < place));
  });
}

/** Whether pods with these labels can have the others too. */
export function compatible(a: Labels, b: Labels): boolean {
  return Object.entries(a).every(([key, value]) => (b[key] ?? value) === value);
}

/** Whether pods with these labels have the others too. */
export function includes(labels: Labels, others: Labels): boolean {
  return Object.entries(others).every(([key, value]) => labels[key] === value);
}

/**
 * Whether a selector can find pods of gateways (`gateways` if it finds no others), or finds workloads with sidecars alone. A
 * selector that names an application finds a gateway only if a gateway is known by that name, or if the name sounds like one.
 */
export function reachOf(labels: Labels, known: readonly GatewayPods[]): Reach {
  if (areGatewayLabels(labels) || known.some((gateway) => includes(labels, gateway.labels))) return "gateways";
  const isNamed = APPLICATION.some((key) => labels[key] !== undefined);
  const shared = known.some((gateway) => nameOneApplication(labels, gateway.labels));
  return !isNamed || shared || mayBeGatewayLabels(labels) ? "both" : "sidecars";
}

/** Whose requests a selector is about. */
export type Reach = "sidecars" | "gateways" | "both";
