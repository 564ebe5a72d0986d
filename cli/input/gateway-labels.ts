/** How the labels of a gateway's pods look, by which a selector finds gateways, sidecars, or perhaps both. */
export type Labels = Readonly<Record<string, string>>;

/** The label by which Istio finds the pods of a Gateway of Kubernetes' Gateway API (istio `policyattachment.go`). */
export const GATEWAY_NAME = "gateway.networking.k8s.io/gateway-name";

/** Labels that name an application, so that pods with one are no other application's. */
export const APPLICATION = ["app", "app.kubernetes.io/name", "k8s-app", "service.istio.io/canonical-name"];

/** Gateways as Istio's own charts, profiles and samples label them. */
const ISTIO_GATEWAY = /gateway|^ingress$|^egress$/;
const ISTIO_APPLICATION = /^istio-(.*gateway|ingress|egress)$/;

/** Names of applications that are gateways, or that have a sidecar and are called so (Spring Cloud's gateway, say). */
const PERHAPS = /gateway|ingress|egress/;

/** Whether labels are those of a gateway by how Istio and Kubernetes' Gateway API label them. */
export function areGatewayLabels(labels: Labels): boolean {
  if (labels[GATEWAY_NAME] !== undefined || ISTIO_GATEWAY.test(labels["istio"] ?? "")) return true;
  return APPLICATION.some((key) => ISTIO_APPLICATION.test(labels[key] ?? ""));
}

/** Whether labels name an application that can be a gateway: Istio's chart calls one as its release is called. */
export function mayBeGatewayLabels(labels: Labels): boolean {
  return areGatewayLabels(labels) || APPLICATION.some((key) => PERHAPS.test(labels[key] ?? ""));
}

/**
 * Whether two sets of labels name one application. Istio's chart of gateways labels pods `app: istio-edge` and `istio: edge`, and a
 * Gateway's selector has the second alone (istio `manifests/charts/gateway/templates/_helpers.tpl`).
 */
export function nameOneApplication(labels: Labels, gateway: Labels): boolean {
  const { istio } = gateway;
  const byChart = istio === undefined ? [] : [istio, `istio-${istio}`];
  return APPLICATION.some((key) => {
    const name = labels[key];
    return name !== undefined && (name === gateway[key] || byChart.includes(name));
  });
}
