/** What the doctor says. */
import type { Hop } from "./hop.ts";

/** The names of the findings, in the order in which they are printed where their counts are equal. */
export const IDS = [
  "drops-context",
  "drops-sometimes",
  "sibling",
  "orphan",
  "hop-missing",
  "split-id",
  "two-formats",
  "sampling-torn",
  "duplicate-id",
  "shared-id",
  "merged",
  "skew",
  "gateway-shape",
  "names",
  "noise",
  "cardinality",
  "background",
  "few",
  "unexpected-kept",
] as const;

export type Id = (typeof IDS)[number];

/** `certain`: ids agree. `likely`: times alone agree. `hint`: it may be otherwise. */
export type Confidence = "certain" | "likely" | "hint";

/** A span that shows it. */
export interface Evidence {
  readonly trace: string;
  readonly span: string;
}

/** Something that was found out about a service's traces. */
export interface Finding {
  readonly id: Id;
  readonly service: string;
  readonly confidence: Confidence;
  /** How often it was seen, … */
  readonly count: number;
  /** … of how many times that it could have been. */
  readonly of: number;
  readonly evidence: readonly Evidence[];
  /** What to do, in one or two sentences. */
  readonly remedy: string;
  /** What was seen, in one sentence without the service's name. */
  readonly says: string;
}

/** These say how far the others can be trusted, or explain what is as it should be: nothing is broken. */
const NOTES: ReadonlySet<Id> = new Set<Id>(["background", "few", "unexpected-kept"]);

/** Whether something is broken. */
export function isFault({ id }: Finding): boolean {
  return !NOTES.has(id);
}

/** How many spans are named as evidence. */
const SHOWN = 3;

/** The first spans of a list. */
export function evidenceOf(hops: readonly Hop[]): Evidence[] {
  return hops.slice(0, SHOWN).map(({ span }) => ({ trace: span.traceId, span: span.spanId }));
}

/** Most traffic first. */
export function inOrder(findings: readonly Finding[]): Finding[] {
  const place = ({ id }: Finding): number => IDS.indexOf(id);
  return [...findings].sort(
    (a, b) =>
      Number(isFault(b)) - Number(isFault(a)) || b.of - a.of || place(a) - place(b) || (a.service < b.service ? -1 : 1),
  );
}
