/** What policies that decide nothing would have done, as native RBAC shows it: dry runs of ALLOW and DENY, and AUDIT. */

/** The response header with it. */
export const SHADOW = "x-shadow";

const metadata = (key: string): string => `%DYNAMIC_METADATA(${key})%`;
const dryRun = (action: string): string =>
  ["engine_result", "effective_policy_id"]
    .map((what) => metadata(`envoy.filters.http.rbac:istio_dry_run_${action}_shadow_${what}`))
    .join(",");

/** Native RBAC writes it to the request's metadata. */
export const NATIVE_SHADOW = [dryRun("deny"), dryRun("allow"), metadata("envoy.common:access_log_hint")].join(",");

/** What was shown, as far as it was asked. */
export interface Shadow {
  /** Ids of rules; `none` where none of the dry run's rules holds; undefined where nothing was asked. */
  deny?: string;
  allow?: string;
  audit?: boolean;
}

/** Reads what `NATIVE_SHADOW` shows. */
export function readNativeShadow(value: string): Shadow {
  const [denyResult, denyId, allowResult, allowId, audit] = value.split(",").map((one) => (one === "-" ? "" : one));
  return {
    ...(denyResult && { deny: denyId || "none" }),
    ...(allowResult && { allow: allowId || "none" }),
    ...(audit && { audit: audit === "true" }),
  };
}
