import type { Workload } from "../../filter/configured.ts";
import { isObject, type Json } from "../../input/resource.ts";
import type { Decision } from "../decide.ts";
import { nearestOf, type Condition, type Rule } from "./nearest.ts";
import { objectsOf } from "./objects.ts";
import { askWith, metOf } from "./probe.ts";
import { hintAt, type Explains, type Question } from "./reasons.ts";
import { requestValue } from "./request-value.ts";

/** Explains what authz decides: which policies are for the workload, and which rules come near. */
export const POLICIES: Explains = {
  reasons(question, decision) {
    const policies = objectsOf(question.config.policies);
    const asked = askedOf(question, policies);
    const enforced = policies.filter((policy, at) => asked[at] !== false && policy.dryRun !== true);
    const answered = decision.outcome === "answered";
    const deciding = enforced.filter(({ action }) => isAllow(action) || (action === "DENY" && !answered));
    const rules = decision.rule === "none" ? deciding.flatMap((policy) => rulesOf(question, policy)) : [];
    const because = decision.rule === "none" ? becauseOf(decision, enforced, policies) : undefined;
    return {
      ...(because !== undefined && { because }),
      asked: asked.some((one) => one !== false),
      notAsked: whyNotAsked(
        question,
        policies.filter((_, at) => asked[at] === false),
      ),
      ...nearestOf(rules, (conditions) => metConditions(question, conditions)),
      unsure: decision.unevaluated.map(({ expression, reason }) => ({
        expression,
        reason,
        rules: policies.flatMap((policy) => rulesWith(expression, policy, question.workload)),
      })),
    };
  },

  nothingApplies(question) {
    const policies = objectsOf(question.config.policies);
    if (policies.length === 0 || question.config.requireMtls === true) return undefined;
    return askedOf(question, policies).includes(true) ? undefined : whyNotAsked(question, policies);
  },

  rules: ({ config, workload }) =>
    objectsOf(config.policies).flatMap((policy, at) =>
      objectsOf(policy.rules).map((_, rule) => ({
        name: ruleName(policy, rule, workload),
        path: ["policies", at, "rules", rule],
      })),
    ),
};

/** The rules of a policy that have an expression. */
function rulesWith(expression: string, policy: Json, workload: Workload): string[] {
  return objectsOf(policy.rules).flatMap((rule, at) => {
    const has = objectsOf(rule.when).some((condition) => condition.expression === expression);
    return has ? [ruleName(policy, at, workload)] : [];
  });
}

/** As istiod names a rule. */
function ruleName({ name, namespace }: Json, rule: number, workload: Workload): string {
  const own = typeof namespace === "string" && namespace !== "" ? namespace : workload.namespace;
  return `ns[${own}]-policy[${String(name)}]-rule[${rule}]`;
}

function becauseOf(
  { outcome, answer }: Decision,
  enforced: readonly Json[],
  policies: readonly Json[],
): string | undefined {
  const allows = enforced.some(({ action }) => isAllow(action));
  if (outcome === "answered") return allows && answer?.status === 403 ? "no ALLOW rule matches" : undefined;
  const denies = enforced.some(({ action }) => action === "DENY");
  const none = policies.length === 0 ? "there is no policy" : "no ALLOW policy applies to this workload";
  return denies ? `no DENY rule matches, and ${none}` : none;
}

/** Istio's default. */
function isAllow(action: unknown): boolean {
  return action === undefined || action === null || action === "ALLOW";
}

/** Which policies are for the workload: each is made to deny everything. */
function askedOf(question: Question, policies: readonly Json[]): (boolean | undefined)[] {
  return metOf(policies, (left) => {
    const deny = left.map(({ namespace, selector }, at) => ({
      ...(namespace !== undefined && { namespace }),
      ...(selector !== undefined && { selector }),
      name: `p${at}`,
      action: "DENY",
      rules: [{}],
    }));
    return policyTaken(askPolicies(question, deny)?.rule);
  });
}

/** The number in a rule's name, of a policy that is called by its number. */
function policyTaken(rule = "none"): number | undefined {
  const place = /-policy\[p(\d+)\]-rule/.exec(rule)?.[1];
  return place === undefined ? undefined : Number(place);
}

/** Asks about other policies, with all else that says how conditions are read. */
function askPolicies(question: Question, policies: readonly unknown[]) {
  const { trustDomain, trustDomainAliases, rootNamespace, repeatedHeaders, direction, directRemoteIp } =
    question.config;
  const kept = { trustDomain, trustDomainAliases, rootNamespace, repeatedHeaders, direction, directRemoteIp };
  return askWith(question, { ...kept, policies });
}

function whyNotAsked(question: Question, policies: readonly Json[]): string[] {
  const everywhere = policies.map(({ selector: _, ...policy }) => policy);
  const ofNamespace = askedOf(question, everywhere);
  const { namespace, labels } = question.workload;
  const own = Object.entries(labels).map(([name, value]) => `${name}=${value}`);
  const has = own.length === 0 ? "no labels" : own.join(",");
  return policies.map((policy, at) => {
    const name = `policy ${String(policy.name)}`;
    if (ofNamespace[at] === false) {
      return `${name} (of namespace ${String(policy.namespace)}; the workload is in ${namespace}: ${hintAt(question, "namespace")})`;
    }
    const selector = isObject(policy.selector) ? policy.selector.matchLabels : {};
    const wanted = Object.entries(isObject(selector) ? selector : {}).map(
      ([label, value]) => `${label}=${String(value)}`,
    );
    return `${name} (for ${wanted.join(",")}; the workload has ${has}: ${hintAt(question, "labels")})`;
  });
}

/** Which conditions the request meets: each is a rule of its own. */
function metConditions(question: Question, conditions: readonly Condition[]): (boolean | undefined)[] {
  const met = new Map<string, boolean | undefined>();
  for (const action of ["ALLOW", "DENY"]) {
    const own = conditions.filter(({ key }) => key.startsWith(action));
    const outcomes = metOf(own, (left) => {
      const rules = left.map(({ key }) => JSON.parse(key.slice(action.length)) as Json);
      const rule = askPolicies(question, [{ name: "p", namespace: question.workload.namespace, action, rules }])?.rule;
      const place = /-rule\[(\d+)\]$/.exec(rule ?? "")?.[1];
      return place === undefined ? undefined : Number(place);
    });
    own.forEach(({ key }, place) => met.set(key, outcomes[place]));
  }
  return conditions.map(({ key }) => met.get(key));
}

/** A policy's rules as groups of conditions. */
function rulesOf({ request, workload }: Question, policy: Json): Rule[] {
  const action = policy.action === "DENY" ? "DENY" : "ALLOW";
  const condition = (rule: Json, field: string, wanted: unknown): Condition => {
    const has = requestValue(field, request);
    return { key: action + JSON.stringify(rule), field, wanted, ...(has !== undefined && { has }) };
  };
  const fields = (list: unknown, kind: "from" | "to", name: "source" | "operation"): Condition[][] =>
    objectsOf(list).map((one) =>
      Object.entries(isObject(one[name]) ? one[name] : {}).map(([field, wanted]) =>
        condition({ [kind]: [{ [name]: { [field]: wanted } }] }, field, wanted),
      ),
    );
  return objectsOf(policy.rules).map((rule, at) => {
    const when = objectsOf(rule.when).map((one) => {
      const { key, expression, ...values } = one;
      return condition({ when: [one] }, String(key ?? "expression"), expression ?? values);
    });
    const groups = [fields(rule.from, "from", "source"), fields(rule.to, "to", "operation"), [when]];
    return { name: ruleName(policy, at, workload), groups: groups.filter((group) => group.length > 0) };
  });
}
