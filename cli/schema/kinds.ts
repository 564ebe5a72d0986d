import { distance } from "fastest-levenshtein";
import { suggestion } from "./problem.ts";
import { isPublished, publishedKinds } from "./resource-schema.ts";

/** Why a resource that looks like one of Istio's cannot be checked. */
export interface Misnamed {
  readonly severity: "error" | "warning";
  readonly field: "apiVersion" | "kind";
  readonly message: string;
}

/** How many letters may be wrong in a group. */
const SLIPS = 2;

/** A group of Istio that is for istioctl, not for the API server. */
const FOR_ISTIOCTL = "install.istio.io";

/** Whether a resource is of a kind of Istio (`published`), of somebody else's, or neither, and then why. */
export function standingOf(apiVersion: string, kind: string): "published" | "other" | Misnamed {
  if (isPublished(apiVersion, kind)) return "published";
  const group = groupOf(apiVersion);
  const known = publishedKinds().map((id) => ({ apiVersion: id.slice(0, id.lastIndexOf("/")), kind: kindOf(id) }));
  const groups = [...new Set(known.map((one) => groupOf(one.apiVersion)))];
  const right = known.filter((one) => one.kind === kind).map((one) => one.apiVersion);
  const wrong = (field: Misnamed["field"], message: string): Misnamed => ({ severity: "error", field, message });
  if (right.length > 0 && (group === "" || groups.includes(group))) {
    return wrong("apiVersion", `no ${kind} in ${apiVersion}: write ${alternatives(right)}`);
  }
  if (groups.includes(group)) {
    const near = suggestion(kind, [...new Set(known.map((one) => one.kind))]);
    return wrong("kind", `no kind "${kind}" in ${group}${near}`);
  }
  const meant = groups.find((one) => distance(one, group) <= SLIPS);
  if (meant !== undefined) return wrong("apiVersion", `no group "${group}" (did you mean "${meant}"?)`);
  if (!group.endsWith(".istio.io") || group === FOR_ISTIOCTL) return "other";
  return { severity: "warning", field: "apiVersion", message: `not checked: ${group} is no group of today's Istio` };
}

/** `networking.istio.io/v1 (or v1beta1, v1alpha3)`. */
function alternatives([first = "", ...others]: readonly string[]): string {
  const versions = others.map((one) => one.slice(one.lastIndexOf("/") + 1)).sort();
  return first + (versions.length === 0 ? "" : ` (or ${versions.reverse().join(", ")})`);
}

/** `networking.istio.io` of `networking.istio.io/v1`; empty for Kubernetes' own `v1`. */
export function groupOf(apiVersion: string): string {
  return apiVersion.includes("/") ? apiVersion.slice(0, apiVersion.lastIndexOf("/")) : "";
}

function kindOf(id: string): string {
  return id.slice(id.lastIndexOf("/") + 1);
}
