/** What can be seen of a request on its way through one side, and where two sides differ. */
import { decodeSeen, SEEN } from "../echo.ts";
import type { Response } from "../wire.ts";
import type { Ids } from "./ids.ts";

type Lines = readonly (readonly [string, string])[];

export interface Observation {
  /** Undefined where the client hung up before there was an answer. */
  response: Response | undefined;
  /** How far it came if the client went on only then: the upstream, a fault that holds it, an answer. */
  stage: "answered" | "upstream" | "held";
}

/** Headers that say the time, or (`SEEN`) what is compared in its own right. */
const OWN = new Set([SEEN, "date", "x-envoy-upstream-service-time"]);

/** One line for each difference; none where both sides agree. */
export function disagreements(ids: Ids, a: Observation, b: Observation): string[] {
  const lines: string[] = [];
  const compare = (what: string, one: unknown, other: unknown): void => {
    const [first, second] = [JSON.stringify(one), JSON.stringify(other)];
    if (first !== second) lines.push(`${what}: ${first} and ${second}`);
  };
  const compareLines = (what: string, one: Lines, other: Lines): void => {
    const same = one.length === other.length && one.every((line, at) => sameLine(ids, line, other[at]!));
    if (!same) lines.push(`${what}:\n    ${JSON.stringify(one)}\n    ${JSON.stringify(other)}`);
  };
  compare("came to", a.stage, b.stage);
  compare("answered", a.response !== undefined, b.response !== undefined);
  if (a.response === undefined || b.response === undefined) return lines;
  compare("status", a.response.status, b.response.status);
  compare("body", a.response.body, b.response.body);
  compareLines("response headers", shownOf(a.response), shownOf(b.response));
  const [seen, other] = [seenBy(a.response), seenBy(b.response)];
  compare("reached the upstream", seen !== undefined, other !== undefined);
  compare("upstream's method, target and body", headOf(seen), headOf(other));
  compareLines("upstream's headers", seen?.headers ?? [], other?.headers ?? []);
  return lines;
}

function sameLine(ids: Ids, [name, value]: readonly [string, string], other: readonly [string, string]): boolean {
  return name === other[0] && ids.same(name, value, other[1]);
}

function shownOf({ headers }: Response): Lines {
  return headers.filter(([name]) => !OWN.has(name.toLowerCase()));
}

function seenBy({ headers }: Response): ReturnType<typeof decodeSeen> | undefined {
  const encoded = headers.find(([name]) => name.toLowerCase() === SEEN)?.[1];
  return encoded === undefined ? undefined : decodeSeen(encoded);
}

function headOf(seen: ReturnType<typeof decodeSeen> | undefined): string {
  return seen === undefined ? "" : [seen.method, seen.target, seen.body].join(" ");
}

/** What went up by how much, of the statistics of modules. */
export type Counts = ReadonlyMap<string, number>;

/** A line for each counter that the sides moved differently. */
export function countersApart(a: Counts, b: Counts): string[] {
  const names = new Set([...a.keys(), ...b.keys()]);
  return [...names]
    .filter((name) => (a.get(name) ?? 0) !== (b.get(name) ?? 0))
    .map((name) => `${name}: ${a.get(name) ?? 0} and ${b.get(name) ?? 0}`);
}
