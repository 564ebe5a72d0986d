import { milliseconds } from "../decision/duration.ts";
import { requestOf, type Request } from "../decision/request.ts";
import { ANSWERS, type Upstream } from "../decision/upstream.ts";
import { expectedOf, type Expected } from "./expected.ts";
import type { Form, Place } from "./place.ts";
import { upstreamOf } from "./upstream.ts";

/** One or more requests of a case, what becomes of them, and what is expected of each. */
export interface Step {
  readonly request: Request;
  /** For how many milliseconds nothing happens before. */
  readonly after: number;
  /** How many such requests come one after the other. */
  readonly times: number;
  /** What becomes of those that go on. */
  readonly upstream: Upstream;
  /** What comes between the request and its response. */
  readonly meanwhile: readonly Step[];
  readonly expect: Expected;
  /** How it is called in results: `sequence[2] (line 14)`; nothing if it is all of the case. */
  readonly name: string;
}

const FIELDS = ["request", "after", "times", "upstream", "meanwhile", "expect"];

/** So many requests a test takes seconds for. */
const MAX_TIMES = 100_000;

const AFTER: Form = [
  "a duration such as 5s or 250ms",
  (value) => typeof value === "string" && milliseconds(value) !== undefined,
];
const TIMES: Form = [
  `a number from 1 to ${MAX_TIMES}`,
  (value) => Number.isInteger(value) && Number(value) >= 1 && Number(value) <= MAX_TIMES,
];

/** A case that is one request, which the service answers with 200. */
export function onlyStep(request: Request, expect: Expected): Step {
  return { request, after: 0, times: 1, upstream: ANSWERS, meanwhile: [], expect, name: "" };
}

/**
 * Reads a list of steps.
 *
 * @param name how the list is called in results
 * @throws Failure if a step is none, or nothing is expected of any
 */
export function sequenceOf(place: Place, name = "sequence"): Step[] {
  const places = place.list();
  const steps = places.map((one, at) => stepOf(one, `${name}[${at}]`));
  if (name === "sequence" && !steps.some(expectsSomething)) {
    place.fail("no step expects anything: write expect in those that matter, such as expect: {outcome: forwarded}");
  }
  return steps;
}

function expectsSomething({ expect, meanwhile }: Step): boolean {
  return Object.keys(expect).length > 0 || meanwhile.some(expectsSomething);
}

function stepOf(place: Place, name: string): Step {
  const { request = {}, after, times, meanwhile, expect } = place.object(FIELDS);
  if (after !== undefined) place.at("after").check(AFTER);
  if (times !== undefined) place.at("times").check(TIMES);
  return {
    request: requestOf(request, place.at("request").where()),
    after: after === undefined ? 0 : (milliseconds(after as string) ?? 0),
    times: (times as number | undefined) ?? 1,
    upstream: upstreamOf(place.at("upstream")),
    meanwhile: meanwhile === undefined ? [] : sequenceOf(place.at("meanwhile"), `${name}.meanwhile`),
    expect: expect === undefined ? {} : expectedOf(place.at("expect")),
    name: `${name} (line ${place.line})`,
  };
}
