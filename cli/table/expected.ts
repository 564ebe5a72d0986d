import { CIRCUIT_STATES, type CircuitState } from "../decision/circuits.ts";
import { SERVICE } from "../decision/decide.ts";
import type { Values } from "../decision/headers.ts";
import { milliseconds } from "../decision/duration.ts";
import type { AskedSection, SectionDecision } from "../decision/sections.ts";
import { SECTION_NAMES } from "../filter/sections.ts";
import { isObject, type Json } from "../input/resource.ts";
import { anyOf } from "../schema/problem.ts";
import type { Form, Place } from "./place.ts";

/** What a case expects; what is not named is not looked at. */
export interface Expected extends ExpectedOfOne {
  /** Of signalbox: what is expected of each section. */
  readonly sections?: Readonly<Record<string, ExpectedOfOne>>;
}

/** What is expected of a filter, or of a section. */
export interface ExpectedOfOne {
  /** `not asked` is said of sections only. */
  readonly outcome?: "forwarded" | "answered" | "not asked";
  /** The status of the filter's own answer. */
  readonly status?: number;
  /** The rule, route or entry that decides; `none`. */
  readonly rule?: string;
  /** For how long the request is held: `5s`, `1.5s`, `250ms`; `none`. */
  readonly delay?: string;
  /** Headers as the request goes on: the value, the values, `absent`, or `unchanged` from what the client sent. */
  readonly sends?: Headers;
  /** Headers of what the client gets; `unchanged` from what the service sent. */
  readonly answers?: Headers;
  /** The body of the filter's own answer. */
  readonly body?: string;
  /** Counters that go up, whichever do besides. */
  readonly counters?: readonly string[];
  /** How circuits are after the request, by their names. */
  readonly circuits?: Readonly<Record<string, CircuitState>>;
}

type Headers = Readonly<Record<string, string | string[]>>;

const isString = (value: unknown): boolean => typeof value === "string";
/** Whether something is names with a string each, or with a list of strings. */
export const isHeaders = (value: unknown): boolean =>
  isObject(value) && Object.values(value).every((one) => [one].flat().every(isString));

const isDelay = (value: unknown): boolean =>
  typeof value === "string" && (value === "none" || milliseconds(value) !== undefined);

/** How each field is to be written. */
const EXPECTATIONS: Readonly<Record<keyof Expected, Form>> = {
  outcome: ["forwarded or answered", (value) => value === "forwarded" || value === "answered"],
  status: ["a status", (value) => Number.isInteger(value)],
  rule: ["a string", isString],
  delay: ["a duration such as 5s or 250ms, or none", (value) => isDelay(value)],
  sends: ["names with strings", isHeaders],
  answers: ["names with strings", isHeaders],
  body: ["a string", isString],
  circuits: [
    `names with ${anyOf(CIRCUIT_STATES)}`,
    (value) => isObject(value) && Object.values(value).every((state) => CIRCUIT_STATES.includes(state as CircuitState)),
  ],
  counters: ["a list of names", (value) => Array.isArray(value) && value.every(isString)],
  sections: [
    `what is expected of ${SECTION_NAMES.join(", ")}`,
    (value) => isObject(value) && Object.keys(value).every((name) => SECTION_NAMES.includes(name)),
  ],
};

const { sections: _, outcome: __, ...ALIKE } = EXPECTATIONS;

/** The same for what is expected of a section. */
const SECTION_EXPECTATIONS: Readonly<Record<string, Form>> = {
  ...ALIKE,
  outcome: [
    "forwarded, answered or not asked",
    (value) => value === "forwarded" || value === "answered" || value === "not asked",
  ],
};

/**
 * Reads what is expected.
 *
 * @throws Failure if it is nothing, or not written so
 */
export function expectedOf(place: Place): Expected {
  const expected = formed(place, EXPECTATIONS);
  const sections = place.at("sections");
  for (const name of Object.keys(isObject(sections.value) ? sections.value : {})) {
    formed(sections.at(name), SECTION_EXPECTATIONS);
  }
  return expected as Expected;
}

function formed(place: Place, forms: Readonly<Record<string, Form>>): Json {
  const expected = place.formed(forms);
  if (Object.keys(expected).length === 0) place.fail("expected something, such as {outcome: forwarded}");
  return expected;
}

/** One thing that is otherwise than expected. */
export interface Difference {
  readonly what: string;
  readonly expected: unknown;
  readonly actual: unknown;
}

/** Where the decisions of sections differ from what is expected of them. */
export function sectionDifferences(
  { sections = {} }: Expected,
  asked: readonly AskedSection[],
  sent: Values = SERVICE,
): Difference[] {
  return Object.entries(sections).flatMap(([name, expected]) => {
    const found = asked.find(({ section }) => section.name === name);
    if (found === undefined) return [{ what: name, expected, actual: "no such section" }];
    return differences(expected, found.decision, sent).map((one) => ({ ...one, what: `${name} ${one.what}` }));
  });
}

/**
 * Where a decision differs from what is expected of it.
 *
 * @param sent the response as the service sent it
 */
export function differences(expected: ExpectedOfOne, decision: SectionDecision, sent: Values = SERVICE): Difference[] {
  const { answer } = decision;
  const found: Difference[] = [];
  const compare = (what: string, wanted: unknown, actual: unknown): void => {
    if (wanted === undefined || JSON.stringify(wanted) === JSON.stringify(actual)) return;
    found.push({ what, expected: wanted, actual });
  };
  compare("outcome", expected.outcome, decision.outcome);
  compare("status", expected.status, answer?.status ?? "none");
  compare("body", expected.body, answer?.body ?? "none");
  compare("rule", expected.rule, decision.rule);
  if (expected.delay !== undefined && delayOf(expected.delay) !== delayOf(decision.delay ?? "none")) {
    found.push({ what: "delay", expected: expected.delay, actual: decision.delay ?? "none" });
  }
  const headers = (what: string, wanted: Headers = {}, before: Values, after: Values | undefined): void => {
    for (const [name, value] of Object.entries(wanted)) {
      const key = name.toLowerCase() === "host" ? ":authority" : name.toLowerCase();
      if (after === undefined || !isMet(value, before[key], after[key])) {
        found.push({
          what: `${what} ${name}`,
          expected: value,
          actual: after === undefined ? NOT_SENT : shown(after[key]),
        });
      }
    }
  };
  headers("sends", expected.sends, decision.came, decision.sends);
  headers("answers", expected.answers, answer === undefined ? sent : {}, decision.answers);
  for (const [name, state] of Object.entries(expected.circuits ?? {})) {
    compare(`circuit ${name}`, state, decision.circuits?.[name] ?? noCircuit(decision));
  }
  const missing = (expected.counters ?? []).filter((name) => !decision.counters.includes(name));
  if (missing.length > 0) compare("counters", expected.counters, decision.counters);
  return found;
}

function noCircuit({ circuits = {} }: SectionDecision): string {
  const names = Object.keys(circuits);
  return names.length === 0 ? "no such circuit" : `no such circuit; there are ${names.join(", ")}`;
}

const NOT_SENT = "no request: the filter answered";

/** Whether a header is as expected; a list of one value is that value. */
function isMet(
  wanted: string | string[],
  before: readonly string[] | undefined,
  after: readonly string[] | undefined,
): boolean {
  const same = (one: readonly string[] | undefined): boolean => JSON.stringify(one) === JSON.stringify(after);
  if (wanted === "absent") return after === undefined;
  return wanted === "unchanged" ? same(before) : same([wanted].flat());
}

function shown(values: readonly string[] | undefined): unknown {
  if (values === undefined) return "absent";
  return values.length === 1 ? values[0] : values;
}

function delayOf(text: string): number {
  return text === "none" ? 0 : (milliseconds(text) ?? 0);
}
