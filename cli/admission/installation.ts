/** What the manifests, the certificate and the server have to agree on. */
export const NAME = "signalbox-admission";
export const NAMESPACE = "signalbox-system";
/** The Secret with the certificate, of type kubernetes.io/tls. */
export const SECRET = "signalbox-admission-tls";
/** The name of the webhook within its configuration; Kubernetes wants three parts. */
export const WEBHOOK = "plugins.admission.signalbox";
/** Where reviews are asked for. */
export const REVIEW_PATH = "/validate";

/** The names by which an API server, or somebody within the cluster, knows a Service. */
export function serviceNames(service: string, namespace: string): string[] {
  return [`${service}.${namespace}.svc`, `${service}.${namespace}.svc.cluster.local`, `${service}.${namespace}`];
}
