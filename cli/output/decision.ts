import type { Changes, Decision } from "../decision/decide.ts";
import { paint } from "./paint.ts";

/** A decision in lines: what became of the request first, then why, then what it took. */
export function decisionLines(decision: Decision): string[] {
  const { answer, delay, rule, outcome, request, response, counters, logs, calls } = decision;
  const held = delay === undefined ? "" : `, after ${delay}`;
  const what = answer === undefined ? outcome : `answered ${answer.status} (${answer.details})`;
  return [
    `${paint.bold(what)}${held}`,
    `rule      ${rule}`,
    ...listed("request", changeLines(request)),
    ...listed("response", changeLines(response)),
    ...listed(
      "answer",
      answer === undefined ? [] : Object.entries(answer.headers).map(([name, value]) => `${name}: ${value}`),
    ),
    ...listed("counted", counters),
    ...listed("logged", logs),
    ...listed("calls", calls),
  ];
}

/** `  + name: value` where a header was set or added, `  - name` where it was removed. */
function changeLines(changes: Changes): string[] {
  return Object.entries(changes).map(([name, value]) => {
    return value === null ? `- ${name}` : `+ ${name}: ${Array.isArray(value) ? value.join(" | ") : value}`;
  });
}

function listed(title: string, lines: readonly string[]): string[] {
  return lines.map((line, at) => `${(at === 0 ? title : "").padEnd(10)}${line}`);
}
