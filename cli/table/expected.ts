import type { Changes, Decision } from "../decision/decide.ts";
import { isObject } from "../input/resource.ts";

/** What a case expects; what is not named is not looked at. */
export interface Expected {
  readonly outcome?: "forwarded" | "answered";
  /** The status of the filter's own answer. */
  readonly status?: number;
  /** The rule, route or entry that decides; `none`. */
  readonly rule?: string;
  /** For how long the request is held: `5s`, `250ms`; `none`. */
  readonly delay?: string;
  /** Headers as the request goes on: the value, the values, `absent`, or `unchanged`. */
  readonly sends?: Headers;
  /** Headers of what the client gets. */
  readonly answers?: Headers;
  /** Counters that go up, whichever do besides. */
  readonly counters?: readonly string[];
}

type Headers = Readonly<Record<string, string | string[]>>;

const isString = (value: unknown): boolean => typeof value === "string";
const isHeaders = (value: unknown): boolean =>
  isObject(value) && Object.values(value).every((one) => [one].flat().every(isString));

/** How each field is to be written. */
export const EXPECTATIONS: Readonly<Record<keyof Expected, [what: string, fits: (value: unknown) => boolean]>> = {
  outcome: ["forwarded or answered", (value) => value === "forwarded" || value === "answered"],
  status: ["a status", (value) => Number.isInteger(value)],
  rule: ["a string", isString],
  delay: ["a duration such as 5s or 250ms, or none", (value) => /^(none|\d+m?s)$/.test(String(value))],
  sends: ["names with strings", isHeaders],
  answers: ["names with strings", isHeaders],
  counters: ["a list of names", (value) => Array.isArray(value) && value.every(isString)],
};

/** One thing that is otherwise than expected. */
export interface Difference {
  readonly what: string;
  readonly expected: unknown;
  readonly actual: unknown;
}

/** Where a decision differs from what is expected of it. */
export function differences(expected: Expected, decision: Decision): Difference[] {
  const { answer } = decision;
  const found: Difference[] = [];
  const compare = (what: string, wanted: unknown, actual: unknown): void => {
    if (wanted === undefined || JSON.stringify(wanted) === JSON.stringify(actual)) return;
    found.push({ what, expected: wanted, actual });
  };
  compare("outcome", expected.outcome, decision.outcome);
  compare("status", expected.status, answer?.status ?? "none");
  compare("rule", expected.rule, decision.rule);
  compare("delay", expected.delay, decision.delay ?? "none");
  for (const [name, value] of Object.entries(expected.sends ?? {})) {
    compare(`sends ${name}`, value, changed(decision.request, name));
  }
  for (const [name, value] of Object.entries(expected.answers ?? {})) {
    const actual = answer === undefined ? changed(decision.response, name) : (answer.headers[name] ?? "absent");
    compare(`answers ${name}`, value, actual);
  }
  const missing = (expected.counters ?? []).filter((name) => !decision.counters.includes(name));
  if (missing.length > 0) compare("counters", expected.counters, decision.counters);
  return found;
}

function changed(changes: Changes, name: string): unknown {
  return Object.hasOwn(changes, name) ? (changes[name] ?? "absent") : "unchanged";
}
