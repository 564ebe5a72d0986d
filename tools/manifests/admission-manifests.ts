/**
 * What `manifests/admission/` has: the webhook `signalbox admission` with all that it needs (`base`), and the same with its
 * certificate from cert-manager (`cert-manager`).
 */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { NAME, NAMESPACE, REVIEW_PATH, SECRET, serviceNames, WEBHOOK } from "../../cli/admission/installation.ts";
import { PROJECT } from "../project.ts";

/** A Kubernetes resource. */
type Resource = Readonly<Record<string, unknown>>;

const { version } = JSON.parse(readFileSync(join(PROJECT, "package.json"), "utf8")) as { version: string };

/** The image as the manifests name it, until a push pins it. */
export const ADMISSION_IMAGE = `registry.example.com/signalbox/admission:${version}`;

/** Nobody's user, as in distroless images. */
const USER = 65_532;
const PORT = 8443;
const FOLDER = "/etc/signalbox/tls";
/** A namespace with this label is not looked at. */
const OPT_OUT = { key: "signalbox-admission", operator: "NotIn", values: ["disabled"] };

const SELECTOR = { "app.kubernetes.io/name": NAME };
const LABELS = { ...SELECTOR, "app.kubernetes.io/part-of": "signalbox" };

function named(apiVersion: string, kind: string, rest: object, name = NAME): Resource {
  return { apiVersion, kind, metadata: { name, namespace: NAMESPACE, labels: LABELS }, ...rest };
}

const NAMESPACE_RESOURCE: Resource = {
  apiVersion: "v1",
  kind: "Namespace",
  // No sidecar: an API server that calls a webhook is no member of the mesh.
  metadata: {
    name: NAMESPACE,
    labels: { "istio-injection": "disabled", "pod-security.kubernetes.io/enforce": "restricted" },
  },
};

const PROBE = (path: string): object => ({ httpGet: { path, port: "https", scheme: "HTTPS" }, periodSeconds: 5 });

const CONTAINER = {
  name: "admission",
  image: ADMISSION_IMAGE,
  args: ["--certificate", `${FOLDER}/tls.crt`, "--key", `${FOLDER}/tls.key`, "--port", `${PORT}`],
  ports: [{ name: "https", containerPort: PORT }],
  startupProbe: { ...PROBE("/readyz"), failureThreshold: 12 },
  readinessProbe: PROBE("/readyz"),
  livenessProbe: PROBE("/healthz"),
  // Two threads with 256 MiB each at most, and what their filters and the bodies of requests take.
  resources: { requests: { cpu: "100m", memory: "256Mi" }, limits: { memory: "1Gi" } },
  securityContext: {
    allowPrivilegeEscalation: false,
    readOnlyRootFilesystem: true,
    capabilities: { drop: ["ALL"] },
  },
  volumeMounts: [{ name: "certificate", mountPath: FOLDER, readOnly: true }],
};

const DEPLOYMENT = named("apps/v1", "Deployment", {
  spec: {
    replicas: 2,
    strategy: { rollingUpdate: { maxUnavailable: 0 } },
    selector: { matchLabels: SELECTOR },
    template: {
      metadata: { labels: { ...LABELS, "sidecar.istio.io/inject": "false" } },
      spec: {
        serviceAccountName: NAME,
        automountServiceAccountToken: false,
        enableServiceLinks: false,
        securityContext: {
          runAsNonRoot: true,
          runAsUser: USER,
          runAsGroup: USER,
          fsGroup: USER,
          seccompProfile: { type: "RuntimeDefault" },
        },
        // Longer than the drain and the last review together.
        terminationGracePeriodSeconds: 30,
        topologySpreadConstraints: [
          {
            maxSkew: 1,
            topologyKey: "kubernetes.io/hostname",
            whenUnsatisfiable: "ScheduleAnyway",
            labelSelector: { matchLabels: SELECTOR },
          },
        ],
        containers: [CONTAINER],
        // Pods wait until somebody has made it.
        volumes: [{ name: "certificate", secret: { secretName: SECRET, defaultMode: 0o440 } }],
      },
    },
  },
});

const SERVICE = named("v1", "Service", {
  spec: { selector: SELECTOR, ports: [{ name: "https", port: 443, targetPort: "https" }] },
});

const BUDGET = named("policy/v1", "PodDisruptionBudget", {
  spec: { minAvailable: 1, selector: { matchLabels: SELECTOR } },
});

/** An API server is no pod in most clusters, so nothing says where it calls from; the webhook itself calls nobody. */
const NETWORK = named("networking.k8s.io/v1", "NetworkPolicy", {
  spec: {
    podSelector: { matchLabels: SELECTOR },
    policyTypes: ["Ingress", "Egress"],
    ingress: [{ ports: [{ port: "https", protocol: "TCP" }] }],
    egress: [],
  },
});

const ACCOUNT = named("v1", "ServiceAccount", { automountServiceAccountToken: false });

const WEBHOOKS: Resource = {
  apiVersion: "admissionregistration.k8s.io/v1",
  kind: "ValidatingWebhookConfiguration",
  metadata: { name: NAME, labels: LABELS },
  webhooks: [
    {
      name: WEBHOOK,
      admissionReviewVersions: ["v1"],
      clientConfig: { service: { name: NAME, namespace: NAMESPACE, path: REVIEW_PATH, port: 443 } },
      rules: [
        {
          apiGroups: ["extensions.istio.io"],
          apiVersions: ["v1alpha1"],
          operations: ["CREATE", "UPDATE"],
          resources: ["wasmplugins", "trafficextensions"],
          scope: "Namespaced",
        },
      ],
      namespaceSelector: { matchExpressions: [OPT_OUT] },
      matchPolicy: "Equivalent",
      failurePolicy: "Ignore",
      sideEffects: "None",
      timeoutSeconds: 10,
    },
  ],
};

/** A CA of its own, by which cert-manager signs the webhook's certificate. */
const CERTIFICATES: readonly Resource[] = [
  named("cert-manager.io/v1", "Issuer", { spec: { selfSigned: {} } }, `${NAME}-self-signed`),
  named(
    "cert-manager.io/v1",
    "Certificate",
    {
      spec: {
        isCA: true,
        commonName: `${NAME} CA`,
        duration: "87600h",
        secretName: `${NAME}-ca`,
        privateKey: { algorithm: "ECDSA", size: 256 },
        issuerRef: { name: `${NAME}-self-signed`, kind: "Issuer" },
      },
    },
    `${NAME}-ca`,
  ),
  named("cert-manager.io/v1", "Issuer", { spec: { ca: { secretName: `${NAME}-ca` } } }, `${NAME}-ca`),
  named("cert-manager.io/v1", "Certificate", {
    spec: {
      dnsNames: serviceNames(NAME, NAMESPACE),
      duration: "2160h",
      renewBefore: "720h",
      secretName: SECRET,
      privateKey: { algorithm: "ECDSA", size: 256, rotationPolicy: "Always" },
      usages: ["digital signature", "server auth"],
      issuerRef: { name: `${NAME}-ca`, kind: "Issuer" },
    },
  }),
];

/** Has cert-manager write the CA into the configuration, and again whenever it changes. */
const INJECTED: Resource = {
  apiVersion: "admissionregistration.k8s.io/v1",
  kind: "ValidatingWebhookConfiguration",
  metadata: { name: NAME, annotations: { "cert-manager.io/inject-ca-from": `${NAMESPACE}/${NAME}` } },
};

/** Every file as documents of YAML, by its path below `manifests/admission/`. */
export const ADMISSION: Readonly<Record<string, readonly Resource[]>> = {
  "base/namespace.yaml": [NAMESPACE_RESOURCE],
  "base/serviceaccount.yaml": [ACCOUNT],
  "base/deployment.yaml": [DEPLOYMENT],
  "base/service.yaml": [SERVICE],
  "base/poddisruptionbudget.yaml": [BUDGET],
  "base/networkpolicy.yaml": [NETWORK],
  "base/validatingwebhookconfiguration.yaml": [WEBHOOKS],
  "cert-manager/certificates.yaml": CERTIFICATES,
  "cert-manager/annotation.yaml": [INJECTED],
};

/** What the kustomizations have, by the same. */
export const ADMISSION_KUSTOMIZATIONS: Readonly<Record<string, { resources: string[]; patches?: object[] }>> = {
  base: {
    resources: Object.keys(ADMISSION)
      .filter((file) => file.startsWith("base/"))
      .map((file) => file.slice("base/".length)),
  },
  "cert-manager": {
    resources: ["../base", "certificates.yaml"],
    patches: [{ path: "annotation.yaml" }],
  },
};
