import type { ExampleRequest } from "../../../../test/support/module/example-request.ts";

/** What an example of the README says of a request. */
export interface Decision {
  request: ExampleRequest;
  verdict: "allowed" | "denied" | "explained";
  /** The rule that decided, `ns[…]-policy[…]-rule[…]`, or `none`. */
  by: string;
  /** Response-code details of what is not allowed; `rbac_access_denied_matched_policy[<by>]` where not given. */
  details?: string;
  /** What the dry-run policies would have done, where there are any. */
  dryRun?: { verdict: "allowed" | "denied"; by: string };
  /** The AUDIT rule that matches, if one does. */
  audited?: string;
  /** The status and headers of the filter's own answer; those named, `absent` where it lacks one. */
  answers?: Record<string, string>;
  /** What is logged. */
  logs?: string[];
}

/** The proxy that the examples run in. */
export const METADATA = { NAMESPACE: "default", SERVICE_ACCOUNT: "httpbin", LABELS: { app: "httpbin" } };

/** The host of a request that names none. */
export const HOST = "httpbin";

const RULE_COUNTER = /^authz\.policy\.([^.]+)\.(.+)\.rule\.(\d+)\.(\w+)$/;

/**
 * What became of a request, as an example says it.
 *
 * @param counted the names of the counters that counted it
 * @param details the response-code details of the filter's own answer; undefined where the request went on
 */
export function outcome(counted: readonly string[], details: string | undefined): Omit<Decision, "request"> {
  const by = ruleThat(counted, "denied") ?? ruleThat(counted, "allowed") ?? "none";
  const dryRun = dryRunOf(counted);
  const audited = ruleThat(counted, "audited");
  return {
    verdict: details === undefined ? "allowed" : details === "authz_explained" ? "explained" : "denied",
    by,
    ...(details !== undefined && details !== `rbac_access_denied_matched_policy[${by}]` && { details }),
    ...(dryRun !== undefined && { dryRun }),
    ...(audited !== undefined && { audited }),
  };
}

/** Those of an answer's headers that an example names. */
export function answered(headers: ReadonlyMap<string, string>, named: Decision["answers"]): Pick<Decision, "answers"> {
  if (named === undefined) return {};
  return { answers: Object.fromEntries(Object.keys(named).map((name) => [name, headers.get(name) ?? "absent"])) };
}

/** The rule among what was counted that did that, by its id. */
function ruleThat(counted: readonly string[], did: string): string | undefined {
  for (const name of counted) {
    const [, namespace, policy, rule, effect] = RULE_COUNTER.exec(name) ?? [];
    if (effect === did) return `ns[${namespace}]-policy[${policy}]-rule[${rule}]`;
  }
  return undefined;
}

function dryRunOf(counted: readonly string[]): Decision["dryRun"] {
  const outcomes = counted.filter((name) => name.startsWith("authz.istio_dry_run_"));
  if (outcomes.length === 0) return undefined;
  const verdict = outcomes.some((name) => name.endsWith("_denied")) ? "denied" : "allowed";
  return { verdict, by: ruleThat(counted, "shadow_denied") ?? ruleThat(counted, "shadow_allowed") ?? "none" };
}
