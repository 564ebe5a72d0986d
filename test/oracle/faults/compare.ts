/** What an answer shows of a fault, and whether two answers agree. */
import { decodeSeen, SEEN } from "../echo.ts";
import { fieldsOf } from "../header-fields.ts";
import type { Fields } from "../header-fields.ts";
import type { Answer } from "./exchange.ts";
import { FLAGS, ROUTE } from "./experiment.ts";

/** The response header with which the filter tells its faults from real ones. */
export const INJECTED = "x-fault-injected";

/** What can be seen of one request's way through a listener. */
export interface Observation {
  status: number;
  body: string;
  headers: Fields;
  trailers: Fields;
  /** Method, path, headers and body at the upstream; undefined where the request did not get there. */
  upstream: { method: string; target: string; body: string; headers: Fields } | undefined;
  /** The entry that native routes chose, "-" for none. */
  entry: string;
  /** Whether the native filter delayed or aborted the request (Envoy's response flags). */
  delayed: boolean;
  aborted: boolean;
  /** The entry whose fault the filter says it injected. */
  injected: string | undefined;
}

/** Headers that are not compared: the time, what the upstream saw (in its own field), and what only one side can have. */
const OWN = new Set(["date", "x-envoy-upstream-service-time", SEEN, ROUTE, FLAGS, INJECTED]);

/** Reads an answer of either listener. */
export function observe(answer: Answer): Observation {
  const all = fieldsOf(answer.headers);
  const encoded = all[SEEN]?.[0];
  const seen = encoded === undefined ? undefined : decodeSeen(encoded);
  const flags = (all[FLAGS]?.[0] ?? "").split(",");
  return {
    status: answer.status,
    body: answer.body,
    headers: Object.fromEntries(Object.entries(all).filter(([name]) => !OWN.has(name))),
    trailers: fieldsOf(answer.trailers),
    upstream: seen && { ...seen, headers: fieldsOf(seen.headers) },
    entry: all[ROUTE]?.[0] ?? "-",
    delayed: flags.includes("DI"),
    aborted: flags.includes("FI"),
    injected: all[INJECTED]?.join(),
  };
}

/** Where two observations of one request differ: one line for each, none where they agree. */
export function disagreements(native: Observation, filter: Observation): string[] {
  const lines: string[] = [];
  const compare = (what: string, expected: unknown, actual: unknown): void => {
    const [a, b] = [JSON.stringify(expected), JSON.stringify(actual)];
    if (a !== b) lines.push(`${what}: native ${a}, filter ${b}`);
  };
  const compareFields = (where: string, expected: Fields = {}, actual: Fields = {}): void => {
    for (const name of new Set([...Object.keys(expected), ...Object.keys(actual)])) {
      compare(`${where} ${name}`, expected[name], actual[name]);
    }
  };
  compare("status", native.status, filter.status);
  compare("body", native.body, filter.body);
  compareFields("header", native.headers, filter.headers);
  compareFields("trailer", native.trailers, filter.trailers);
  compare("reached the upstream", native.upstream !== undefined, filter.upstream !== undefined);
  for (const what of ["method", "target", "body"] as const) {
    compare(`upstream's ${what}`, native.upstream?.[what], filter.upstream?.[what]);
  }
  compareFields("upstream's header", native.upstream?.headers, filter.upstream?.headers);
  const expected = native.delayed || native.aborted ? native.entry : undefined;
  compare(INJECTED, expected, filter.injected);
  return lines;
}
