/** What authz makes of a request in the emulator's proxy, which answers the host calls of a specification. */
import { resetArena } from "../../../../assembly/memory/arena";
import { Writer } from "../../../../assembly/text/writer";
import { count } from "../../count";
import { activate } from "../../activate";
import { decide } from "../../decide";
import { Plan } from "../../plan";
import { PolicyRule } from "../../policy";
import { readPlan } from "../../read-plan";
import { writeRuleId } from "../../rule-id";
import { Reason, Verdict } from "../../verdict";
import { configuration, errors } from "../../../../test/support/spec/configuration";
import { enterRoot, startRequest } from "../../../../test/support/spec/emulator";
import { openRequestFor, readingOf, wasReadWith } from "../../../../test/support/spec/readings";

/** Reads a pluginConfig as in `proxy_on_configure`; it must be without an error. */
export function configured(json: string): Plan {
  enterRoot();
  const root = configuration(json);
  const reading = readingOf(root);
  const plan = wasReadWith(readPlan(root, reading), reading);
  expect(errors(root)).toBe("", json);
  activate(plan);
  return plan;
}

/** Decides about a request with these headers, `name: value` lines. */
export function decided(plan: Plan, headers: string): Verdict {
  startRequest(headers);
  resetArena();
  openRequestFor(plan);
  return decide(plan);
}

/** The same, counted and logged as the filter does. */
export function handled(plan: Plan, headers: string): Verdict {
  const verdict = decided(plan, headers);
  count(plan, verdict);
  const log = plan.log;
  if (log != null) log.record(verdict, plan.counters.unlogged);
  return verdict;
}

/** A verdict in words: `allowed by p[0]; audited a[1]; deny dry run: d[0]; allow dry run: none`. */
export function said(verdict: Verdict): string {
  let words = verdict.allowed ? "allowed" : "denied";
  if (verdict.reason == Reason.NO_ALLOW_RULE) words += ", no rule";
  else if (verdict.reason == Reason.NO_POLICY) words += ", no policy";
  else if (verdict.reason == Reason.NO_MTLS) words += ", no mTLS";
  else if (verdict.reason == Reason.UNSURE) words += ", unsure";
  else words += " by " + named(verdict.rule);
  if (verdict.audited != null) words += "; audited " + named(verdict.audited);
  if (verdict.sawDryRunDeny) words += "; deny dry run: " + named(verdict.dryRunDeny);
  if (verdict.sawDryRunAllow) words += "; allow dry run: " + named(verdict.dryRunAllow);
  return words;
}

function named(rule: PolicyRule | null): string {
  if (rule == null) return "none";
  const writer = Writer.open();
  writeRuleId(writer, rule);
  const id = String.UTF8.decodeUnsafe(writer.start, writer.length);
  return id.replace("ns[default]-policy[", "").replace("]-rule", "");
}
