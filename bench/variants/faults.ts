import { directResponse, matchHeader } from "../measure/bootstrap.ts";
import type { Variant } from "./variant.ts";

/** What an aborted request gets (Envoy's fault filter, and this project's). */
export const ABORTED = "503 fault filter abort";
export const STATUS = 503;
export const BODY = "fault filter abort";

/** Requests with this `end-user` are always aborted where headers are looked at: so it can be seen that rules are. */
export const ALWAYS = "another";
/** The `end-user` of the measured request. */
export const USER = "jason";

/** What is measured of each way to inject faults. */
export interface Scenario {
  /** Short: the variants' names end in it. */
  name: string;
  title: string;
  /** What share of its requests a rule on the measured `end-user` aborts, in per cent; no such rule where absent. */
  share?: number;
  /** Instead, what share a rule without conditions does. */
  shareOfAll?: number;
}

/**
 * The share of the rules that draw: the least that Envoy and Istio know, one request in a million. What a request costs that
 * is not chosen is the same whatever the share, and with ten per cent every turn would be of both kinds.
 */
const LEAST = 0.0001;

export const SCENARIOS: readonly Scenario[] = [
  { name: "no-match", title: "no rule matches" },
  { name: "zero", title: "a rule of 0 % matches", share: 0 },
  { name: "drawn", title: "a rule matches and draws, the request is not chosen", share: LEAST },
  { name: "all-drawn", title: "the same for all requests, no header looked at", shareOfAll: LEAST },
  { name: "tenth", title: "a rule of 10 % matches, aborted requests included", share: 10 },
];

/** What is common to the variants of a scenario. */
export function scenarioVariant(scenario: Scenario): Pick<Variant, "answer" | "reads" | "otherwise" | "sometimes"> {
  const reads = scenario.shareOfAll === undefined ? ["end-user"] : [];
  return { answer: "reviews", reads, otherwise: ABORTED, sometimes: ABORTED };
}

/** The routes behind a filter. */
export const ROUTES = [directResponse(matchHeader(), "reviews")];
