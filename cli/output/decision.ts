import type { Changes } from "../decision/headers.ts";
import type { Explanation, SectionExplanation } from "../decision/explain.ts";
import type { FailedCondition, NearRule } from "../decision/why/reasons.ts";
import { circuitLines } from "./circuit.ts";
import { headerLines, listed } from "./lines.ts";
import { paint } from "./paint.ts";

/** How many of what was not asked are shown, unless all is asked for. */
const SHOWN = 5;

/**
 * A decision in lines: what became of the request first, then why, then what it took.
 *
 * @param verbose whether the filter's host calls are shown, and all of what was not asked
 */
export function decisionLines(explanation: Explanation, verbose = false): string[] {
  const { sections, assumed } = explanation;
  if (sections === undefined) return linesOf({ ...explanation, assumed }, verbose);
  // What was counted and logged stands at the section that did so.
  const whole = linesOf({ ...explanation, assumed, counters: [], logs: [] }, verbose, false);
  return [...whole, ...sections.flatMap((section) => ["", ...sectionLines(section, verbose)])];
}

function sectionLines(section: SectionExplanation, verbose: boolean): string[] {
  const { outcome, because } = section;
  const title = paint.dim(`${section.section}: `);
  if (outcome === "not asked") return [`${title}${paint.bold(outcome)}: ${because ?? ""}`];
  const [first = "", ...others] = linesOf({ ...section, assumed: [] }, verbose);
  return [title + first, ...others];
}

type Told = Omit<SectionExplanation, "section"> & Pick<Explanation, "assumed">;

function linesOf(explanation: Told, verbose: boolean, withRule = true): string[] {
  const { answer, delay, rule, outcome, because, assumed, notAsked, nearest, notCompared } = explanation;
  const { unsure, circuit, request, response, counters, logs, calls } = explanation;
  const held = delay === undefined ? "" : `, after ${delay}`;
  const what = answer === undefined ? outcome : `answered ${answer.status} (${answer.details})`;
  const more = notAsked.length - SHOWN;
  const skipped = verbose || more <= 0 ? notAsked : [...notAsked.slice(0, SHOWN), `and ${more} more (--verbose)`];
  const near = nearest.map(nearLine);
  if (notCompared > 0) near.push(`${notCompared} more rules were not compared`);
  return [
    `${paint.bold(what)}${held}${because === undefined ? "" : `: ${because}`}`,
    ...listed("rule", withRule ? [rule] : []),
    ...(circuit === undefined ? [] : circuitLines(circuit)),
    ...listed("assumed", assumed),
    ...listed("not asked", skipped),
    ...listed("nearest", near),
    ...listed(
      "unsure",
      unsure.map(
        ({ rules, expression, reason }) =>
          `${rules.join(", ")}: its expression could not be evaluated: ${expression} (${reason})`,
      ),
    ),
    ...listed("request", changeLines(request)),
    ...listed("response", changeLines(response)),
    ...listed("answer", answer === undefined ? [] : headerLines(answer)),
    ...listed("counted", counters),
    ...listed("logged", logs),
    ...listed("calls", verbose ? calls : []),
  ];
}

function nearLine({ rule, failed }: NearRule): string {
  return `${rule}: ${failed.map(conditionText).join("; ")}`;
}

/** `paths: /ip is none of /admin*`, `headers[end-user]: nothing is not {exact: jason}`. */
function conditionText({ field, wanted, has }: FailedCondition): string {
  const about = has === undefined ? `${field}:` : `${field}: ${has}`;
  if (field === "expression") return `expression: not true: ${String(wanted)}`;
  if (Array.isArray(wanted)) {
    const negative = /^not[A-Z]/.test(field);
    const list = short(wanted.map(String).join(", "));
    if (has === undefined) return `${about} not met: ${list}`;
    if (wanted.length === 1) return `${about} is ${negative ? "" : "not "}${list}`;
    return `${about} is ${negative ? "one" : "none"} of ${list}`;
  }
  const shown = short(flow(wanted));
  if (has === undefined) return `${about} not met: ${shown}`;
  return field.startsWith("without") ? `${about} is ${shown}` : `${about} is not ${shown}`;
}

/** A value as YAML writes it in one line. */
function flow(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(flow).join(", ")}]`;
  if (typeof value !== "object" || value === null) return String(value);
  return `{${Object.entries(value)
    .map(([name, one]) => `${name}: ${flow(one)}`)
    .join(", ")}}`;
}

/** How much of what a condition asks for is shown, in characters. */
const WIDE = 100;

function short(text: string): string {
  return text.length > WIDE ? `${text.slice(0, WIDE)}…` : text;
}

/** `+ name: value` where a header was set or added, `- name` where it was removed. */
function changeLines(changes: Changes): string[] {
  return Object.entries(changes).map(([name, value]) => {
    return value === null ? `- ${name}` : `+ ${name}: ${Array.isArray(value) ? value.join(" | ") : value}`;
  });
}
