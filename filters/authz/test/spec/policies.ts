/** Policies of authz in a specification, which plays the host with `host.ts`. */
import { Plan } from "../../plan";
import { readPlan } from "../../read-plan";
import { writeRuleId } from "../../rule-id";
import { judge } from "../../judge";
import { Writer } from "../../../../assembly/text/writer";
import { text } from "../../../../test/support/spec/bytes";
import { configuration, errors } from "../../../../test/support/spec/configuration";
import { setProperty } from "../../../../test/support/spec/host";
import { HeaderPairs } from "../../../../test/support/spec/pairs";
import { readingFor, readingOf, wasReadWith } from "../../../../test/support/spec/readings";
import { startRequest } from "../../../../test/support/spec/request";

/** Says that the proxy is one of the namespace `default`, and that requests come in. */
export function inDefaultNamespace(): void {
  setProperty("xds/node/metadata/NAMESPACE", text("default"));
}

/** Reads a pluginConfig; it must be without an error. */
export function readPolicies(json: string): Plan {
  const root = configuration(json);
  const reading = readingOf(root);
  const plan = wasReadWith(readPlan(root, reading), reading);
  expect(errors(root)).toBe("", json);
  return plan;
}

/** What is wrong with a pluginConfig, a line each. */
export function policyProblems(json: string): string {
  const root = configuration(json);
  readPlan(root, readingOf(root));
  return errors(root);
}

/** A pluginConfig with that one rule, in an ALLOW policy of the namespace `default`; `fields` stand before it. */
export function withRule(rule: string, fields: string = ""): string {
  const policies = '"policies": [{"name": "p", "namespace": "default", "rules": [' + rule + "]}]";
  return '{"direction": "INBOUND", ' + fields + policies + "}";
}

/** What is wrong with a rule, the path to it left out. */
export function ruleProblems(rule: string): string {
  return policyProblems(withRule(rule)).replaceAll("policies[0].rules[0].", "");
}

/** Whether the one rule of that pluginConfig holds for a request with these headers, and the host's properties. */
export function allows(json: string, headers: HeaderPairs): bool {
  const plan = readPolicies(json);
  startRequest(readingFor(plan).slots, headers);
  plan.source.use();
  return judge(plan).allowed;
}

/** The id of the rule that decides about a request; "none" where none does. */
export function deciding(plan: Plan, headers: HeaderPairs): string {
  startRequest(readingFor(plan).slots, headers);
  plan.source.use();
  const rule = judge(plan).rule;
  if (rule == null) return "none";
  const writer = Writer.open();
  writeRuleId(writer, rule);
  return String.UTF8.decodeUnsafe(writer.start, writer.length);
}

/** A JSON list of strings. */
export function list(values: string[]): string {
  return values.length == 0 ? "[]" : '["' + values.join('", "') + '"]';
}
