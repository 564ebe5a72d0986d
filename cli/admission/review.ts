import { isObject, type Json } from "../input/resource.ts";

/** The only version of AdmissionReview that is understood, which Kubernetes has had since 1.16. */
export const REVIEW_VERSION = "admission.k8s.io/v1";

const OPERATIONS = ["CREATE", "UPDATE", "DELETE", "CONNECT"] as const;

/** What is asked: the fields of `AdmissionReview.request` (k8s.io/api/admission/v1) that matter here. */
export interface ReviewRequest {
  readonly uid: string;
  readonly operation: (typeof OPERATIONS)[number];
  readonly kind: string;
  readonly name: string;
  readonly namespace: string;
  /** Who asks; empty if the API server does not say. */
  readonly user: string;
  readonly subResource: string;
  /** The object as it would be; undefined for DELETE, or if it is missing. */
  readonly object: Json | undefined;
  /** The object as it is, for UPDATE and DELETE. */
  readonly oldObject: Json | undefined;
}

/** A request that is no AdmissionReview, so that no answer can name its uid. The message says what was expected. */
export class MalformedReview extends Error {}

/**
 * Reads the body of a request.
 *
 * @throws MalformedReview if it is no AdmissionReview of `REVIEW_VERSION` with a request
 */
export function readReview(body: Uint8Array): ReviewRequest {
  const review = parsed(textOf(body));
  if (!isObject(review)) throw new MalformedReview("expected an AdmissionReview, which is an object");
  const { apiVersion, kind, request } = review;
  if (kind !== "AdmissionReview") throw new MalformedReview(`kind: expected "AdmissionReview"${got(kind)}`);
  if (apiVersion !== REVIEW_VERSION) {
    const remedy = "set admissionReviewVersions: [v1] in the ValidatingWebhookConfiguration";
    throw new MalformedReview(`apiVersion: expected "${REVIEW_VERSION}"${got(apiVersion)}; ${remedy}`);
  }
  if (!isObject(request)) throw new MalformedReview("request: required, and missing");
  const { uid, operation, kind: asked, userInfo, object, oldObject } = request;
  if (typeof uid !== "string" || uid === "") throw new MalformedReview("request.uid: required, and missing");
  const known = OPERATIONS.find((one) => one === operation);
  if (known === undefined) {
    throw new MalformedReview(`request.operation: expected ${OPERATIONS.join(", ")}${got(operation)}`);
  }
  return {
    uid,
    operation: known,
    kind: textIn(asked, "kind"),
    name: textIn(request, "name"),
    namespace: textIn(request, "namespace"),
    user: textIn(userInfo, "username"),
    subResource: textIn(request, "subResource"),
    object: isObject(object) ? object : undefined,
    oldObject: isObject(oldObject) ? oldObject : undefined,
  };
}

function textOf(body: Uint8Array): string {
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(body);
  } catch {
    throw new MalformedReview("not UTF-8");
  }
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new MalformedReview(`not JSON: ${(error as Error).message}`);
  }
}

function textIn(object: unknown, field: string): string {
  const value = isObject(object) ? object[field] : undefined;
  return typeof value === "string" ? value : "";
}

/** How much of a wrong value a message shows, in characters. */
const SHOWN = 80;

function got(value: unknown): string {
  if (value === undefined) return ", which is missing";
  return `, got ${typeof value === "string" ? JSON.stringify(value).slice(0, SHOWN) : typeof value}`;
}
