/**
 * AdmissionReviews as Kubernetes documents them
 * (https://kubernetes.io/docs/reference/access-authn-authz/extensible-admission-controllers/#request).
 */

/** A Kubernetes object. */
export type Object = Readonly<Record<string, unknown>>;

export const UID = "705ab4f5-6393-11e8-b7cc-42010a800002";

/** A WasmPlugin as an API server sends it, with what it adds. */
export function wasmPlugin(spec: object, metadata: object = {}): Object {
  return {
    apiVersion: "extensions.istio.io/v1alpha1",
    kind: "WasmPlugin",
    metadata: {
      name: "guard",
      namespace: "default",
      uid: "8ad0a7b8-5a5a-4f0e-9d3c-0b0c2e9d5f11",
      generation: 1,
      creationTimestamp: "2026-01-02T03:04:05Z",
      managedFields: [
        { manager: "kubectl", operation: "Apply", apiVersion: "extensions.istio.io/v1alpha1", fieldsType: "FieldsV1" },
      ],
      ...metadata,
    },
    spec,
  };
}

/** The same as a TrafficExtension. */
export function trafficExtension(wasm: object): Object {
  return { ...wasmPlugin({ match: [{ mode: "SERVER" }], wasm }), kind: "TrafficExtension" };
}

/** A review, with every field that the documentation shows. */
export function review(request: object, object: Object | null, oldObject: Object | null = null): Object {
  const kind = { group: "extensions.istio.io", version: "v1alpha1", kind: (object ?? oldObject)?.kind ?? "WasmPlugin" };
  const resource = { group: "extensions.istio.io", version: "v1alpha1", resource: "wasmplugins" };
  return {
    apiVersion: "admission.k8s.io/v1",
    kind: "AdmissionReview",
    request: {
      uid: UID,
      kind,
      resource,
      requestKind: kind,
      requestResource: resource,
      name: "guard",
      namespace: "default",
      operation: "CREATE",
      userInfo: { username: "admin", uid: "014fbff9a07c", groups: ["system:authenticated", "my-admin-group"] },
      object,
      oldObject,
      options: { apiVersion: "meta.k8s.io/v1", kind: "CreateOptions" },
      dryRun: false,
      ...request,
    },
  };
}

/** A spec without a mistake and without a warning. */
export const GOOD = {
  selector: { matchLabels: { app: "httpbin" } },
  phase: "AUTHZ",
  url: "oci://registry.local/signalbox/authz:0.1.0",
  failStrategy: "FAIL_CLOSE",
  pluginConfig: {
    policies: [{ name: "get", rules: [{ to: [{ operation: { methods: ["GET"] } }] }] }],
  },
};
