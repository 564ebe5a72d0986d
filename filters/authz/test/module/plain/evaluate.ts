/** What policies say about a request, policy by policy and rule by rule: no index, and none of the filter's code. */
import { fieldMatches, full, keyMatches, keyTexts, type Scope } from "./match-value.ts";
import type { Condition, Configuration, Fields, Policy, Rule, Workload } from "./policy.ts";
import type { Request } from "./request.ts";

/** What a CEL expression comes to. */
export type Outcome = boolean | "error";

/** What comes of a request; as the decision log has it, without what is the request's own. */
export interface Judgement {
  readonly verdict: "allowed" | "denied";
  readonly reason?: string;
  readonly policy?: string;
  readonly rule?: number;
  readonly auditPolicy?: string;
  readonly auditRule?: number;
  readonly dryRun?: "allowed" | "denied";
  readonly dryRunPolicy?: string;
  readonly dryRunRule?: number;
}

/** The judgement about a request whose peer shows a well-formed identity, or none. */
export function evaluate(
  configuration: Configuration,
  workload: Workload,
  request: Request,
  outcome: (expression: string) => Outcome,
): Judgement {
  if (configuration.requireMtls === true && !request.mtls) return { verdict: "denied", reason: "no mTLS" };
  const policies = configuration.policies.filter((policy) => isFor(policy, configuration, workload));
  const of = (action: string, dryRun: boolean): Policy[] =>
    policies.filter((policy) => (policy.action ?? "ALLOW") === action && (policy.dryRun ?? false) === dryRun);
  const first = (list: readonly Policy[]): Found | undefined =>
    list
      .flatMap((policy) => (policy.rules ?? []).map((rule, index) => ({ policy, rule, index })))
      .filter(({ policy, rule }) => ruleMatches(rule, { request, configuration, workload, policy }, outcome))
      .map(({ policy, index }) => ({ policy: idOf(policy, workload), rule: index }))
      .sort(byId)[0];

  const audited = first(of("AUDIT", false));
  const denying = first(of("DENY", false));
  const allow = of("ALLOW", false);
  const allowing = denying === undefined ? first(allow) : undefined;
  const dryDeny = of("DENY", true);
  // A request that is refused never reaches the native filter for ALLOW, nor its shadow rules.
  const dryAllow = denying === undefined ? of("ALLOW", true) : [];
  const dryDenying = first(dryDeny);
  const dryAllowing = first(dryAllow);
  const dryDenied = dryDenying !== undefined || (dryAllow.length > 0 && dryAllowing === undefined);
  const dry = dryDenying ?? dryAllowing;
  const decided = denying ?? allowing;
  const allowed = denying === undefined && (allowing !== undefined || allow.length === 0);
  const reason = allowed ? "no ALLOW policy" : "no ALLOW rule matches";
  return {
    verdict: allowed ? "allowed" : "denied",
    ...(decided === undefined ? { reason } : decided),
    ...(audited !== undefined && { auditPolicy: audited.policy, auditRule: audited.rule }),
    ...((dryDenied || dryDeny.length + dryAllow.length > 0) && { dryRun: dryDenied ? "denied" : "allowed" }),
    ...(dry !== undefined && { dryRunPolicy: dry.policy, dryRunRule: dry.rule }),
  };
}

interface Found {
  readonly policy: string;
  readonly rule: number;
}

/** Whether a policy is for the workload: of its namespace or the root's, its selector met. */
function isFor(
  { namespace, selector }: Policy,
  { rootNamespace = "istio-system" }: Configuration,
  own: Workload,
): boolean {
  const labels = Object.entries(selector?.matchLabels ?? {});
  const isHere = (namespace ?? own.namespace) === own.namespace || namespace === rootNamespace;
  return isHere && labels.every(([name, value]) => own.labels[name] === value);
}

function idOf({ namespace, name }: Policy, own: Workload): string {
  return `ns[${namespace ?? own.namespace}]-policy[${name}]`;
}

/** By the bytes of the whole id, as Envoy keeps rules. */
function byId(a: Found, b: Found): number {
  return Buffer.compare(Buffer.from(`${a.policy}-rule[${a.rule}]`), Buffer.from(`${b.policy}-rule[${b.rule}]`));
}

function ruleMatches({ from, to, when }: Rule, scope: Scope, outcome: (expression: string) => Outcome): boolean {
  return (
    (to === undefined || to.some(({ operation }) => fieldsMatch(operation, scope))) &&
    (from === undefined || from.some(({ source }) => fieldsMatch(source, scope))) &&
    (when ?? []).every((condition) => conditionHolds(condition, scope, outcome))
  );
}

function fieldsMatch(fields: Fields, scope: Scope): boolean {
  return Object.entries(fields).every(([name, values]) => {
    const negated = name.startsWith("not");
    const field = negated ? name[3]!.toLowerCase() + name.slice(4) : name;
    return values.length === 0 || values.some((value) => fieldMatches(field, value, scope)) !== negated;
  });
}

function conditionHolds(condition: Condition, scope: Scope, outcome: (expression: string) => Outcome): boolean {
  const { key = "", values = [], notValues = [], regex = [], notRegex = [], expression } = condition;
  if (expression !== undefined) {
    const result = outcome(expression);
    // A policy that is unsure refuses.
    return result === "error" ? (scope.policy.action ?? "ALLOW") !== "ALLOW" : result;
  }
  const any = (list: readonly string[], patterns: readonly string[]): boolean =>
    list.some((value) => keyMatches(key, value, scope)) ||
    patterns.some((pattern) => keyTexts(key, scope).some((text) => full(pattern).test(text)));
  const asks = values.length + regex.length > 0;
  const asksNot = notValues.length + notRegex.length > 0;
  return (!asks || any(values, regex)) && (!asksNot || !any(notValues, notRegex));
}
