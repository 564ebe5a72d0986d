import { isObject, type Json, type Resource } from "../input/resource.ts";
import type { Options } from "./options.ts";

export type Labels = Readonly<Record<string, string>>;

/** Pods of a gateway, as far as policies and plugins find them. */
export interface GatewayPods {
  readonly labels: Labels;
  /** Of a Gateway of Kubernetes' Gateway API: its namespace and name, by which `targetRefs` find its pods. */
  readonly resource?: { readonly namespace: string; readonly name: string };
}

/** The gateways of a mesh. */
export interface Gateways {
  readonly known: readonly GatewayPods[];
  /** Whether these are all. */
  readonly all: boolean;
  /** The Gateways that are waypoints, as `namespace/name`. */
  readonly waypoints: ReadonlySet<string>;
}

/** The label by which Istio finds the pods of a Gateway of Kubernetes' Gateway API (istio `policyattachment.go`). */
export const GATEWAY_NAME = "gateway.networking.k8s.io/gateway-name";
export const GATEWAY_GROUP = "gateway.networking.k8s.io";
const WAYPOINT_CLASS = "istio-waypoint";

/** Labels that name an application, so that pods with one are no other application's. */
const APPLICATION = ["app", "app.kubernetes.io/name", "k8s-app", "service.istio.io/canonical-name"];

/** Gateways as Istio's own charts, profiles and samples label them. */
const ISTIO_GATEWAY = /gateway|^ingress$|^egress$/;
const ISTIO_APPLICATION = /^istio-(.*gateway|ingress|egress)$/;

/** Whether labels are those of a gateway by how Istio and Kubernetes' Gateway API label them. */
export function areGatewayLabels(labels: Labels): boolean {
  if (labels[GATEWAY_NAME] !== undefined || ISTIO_GATEWAY.test(labels["istio"] ?? "")) return true;
  return APPLICATION.some((key) => ISTIO_APPLICATION.test(labels[key] ?? ""));
}

/** The gateways that the options or the given Gateways name. If either names any, these are taken for all. */
export function gatewaysOf(given: readonly Resource[], options: Options): Gateways {
  const known: GatewayPods[] = (options.gatewayPods ?? []).map((labels) => ({ labels }));
  const waypoints = new Set<string>();
  for (const gateway of given) {
    const namespace = gateway.namespace ?? options.namespace;
    if (!gateway.apiVersion.startsWith(GATEWAY_GROUP)) {
      const { selector } = gateway.spec;
      // Without a selector it is for all gateways, and says of none which pods it has.
      if (isObject(selector) && Object.keys(selector).length > 0) known.push({ labels: selector as Labels });
    } else if (gateway.spec["gatewayClassName"] === WAYPOINT_CLASS) waypoints.add(`${namespace}/${gateway.name}`);
    else known.push(podsOf(namespace, gateway.name));
  }
  return { known: distinct(known), all: options.gatewayPods !== undefined || known.length > 0, waypoints };
}

/** The pods of a Gateway of Kubernetes' Gateway API. */
export function podsOf(namespace: string, name: string): GatewayPods {
  return { labels: { [GATEWAY_NAME]: name }, resource: { namespace, name } };
}

/** `spec.targetRefs` of a plugin for the gateway; undefined if it has to be found by labels. */
export function targetRefsOf({ resource }: GatewayPods): Json[] | undefined {
  return resource && [{ group: GATEWAY_GROUP, kind: "Gateway", name: resource.name }];
}

/** Without those whose pods are all another's too. */
export function distinct(gateways: readonly GatewayPods[]): GatewayPods[] {
  return gateways.filter((one, place) => {
    return !gateways.some((other, at) => {
      if (at === place || !sameResource(one, other) || !includes(one.labels, other.labels)) return false;
      return !includes(other.labels, one.labels) || at < place;
    });
  });
}

function sameResource({ resource: a }: GatewayPods, { resource: b }: GatewayPods): boolean {
  return a?.namespace === b?.namespace && a?.name === b?.name;
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
 * selector that names an application finds a gateway only if a gateway is known by that name.
 */
export function reachOf(labels: Labels, known: readonly GatewayPods[]): Reach {
  if (areGatewayLabels(labels) || known.some((gateway) => includes(labels, gateway.labels))) return "gateways";
  const names = APPLICATION.filter((key) => labels[key] !== undefined);
  const shared = known.some((gateway) => names.some((key) => gateway.labels[key] === labels[key]));
  return names.length === 0 || shared ? "both" : "sidecars";
}

/** Whose requests a selector is about. */
export type Reach = "sidecars" | "gateways" | "both";
