import { directResponse, matchHeader, type Json } from "../measure/bootstrap.ts";

/** One way to make the same decision: a listener of its own in the measured Envoy. */
export interface Variant {
  /** Short, unique: the listener's name and the row's. */
  name: string;
  /** What the table says of it. */
  title: string;
  /** The body that answers the measured request: which route was taken shows that the decision was made. */
  answer: string;
  /** The headers that decide: with another value in any of them the answer is `otherwise`. */
  reads: readonly string[];
  /**
   * What `reads` speaks of, by header if it is not the same of all; "v1" where not given. An answer that is no 200 has its status
   * before its body.
   */
  otherwise?: string | Readonly<Record<string, string>>;
  filters: Json[];
  routes: Json[];
  /** Further fields of the listener's HTTP connection manager. */
  manager?: { [field: string]: Json };
  /** What of the measured requests gets another answer, such as `503 fault filter abort`; none where absent. */
  sometimes?: string;
  /** Requests of a turn, where they are to be fewer than others'. */
  requests?: number;
  /** Clusters that its routes lead to. */
  clusters?: Json[];
  /** Brings it into the state that is measured, and throws if that does not come about; `port` is the listener's. */
  prepare?: (port: number, headers: Readonly<Record<string, string>>) => Promise<void>;
}

/** A variant that this machine cannot run, with the reason that is printed in its row. */
export interface Skipped {
  name: string;
  title: string;
  reason: string;
}

/** Whether this machine cannot run it. */
export function isSkipped(variant: Variant | Skipped): variant is Skipped {
  return "reason" in variant;
}

/** The static routes behind every filter that steers by `x-subset`. */
export const SUBSET_ROUTES: Json[] = [
  directResponse(matchHeader("x-subset", "v2"), "v2"),
  directResponse(matchHeader(), "v1"),
];

/** How many routes the long lists have; in each, the last is the one that the request takes. */
export const ROUTE_COUNTS = [1, 10, 100, 200, 1000, 5000] as const;

/** The values of `end-user` that the routes of a list of `count` match, the request's own being the last. */
export function endUsers(count: number): string[] {
  return Array.from({ length: count }, (_, index) => (index === count - 1 ? "jason" : `user-${index}`));
}

/** The headers of the five conditions, each of which must hold. */
export const FIVE_CONDITIONS = ["end-user", "x-tenant", "x-region", "accept-language", "user-agent"] as const;
