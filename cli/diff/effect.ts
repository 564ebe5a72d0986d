import type { Decision } from "../decision/decide.ts";
import type { Changes, Values } from "../decision/headers.ts";

/** What a decision does to a request, each thing by its name; what is usual is not in it. */
export type Effect = Readonly<Record<string, string>>;

/** The name of what becomes of a request. */
export const OUTCOME = "outcome";
/** The name of the rule that a filter gives as its reason when it answers. */
export const REASON = "reason";

/**
 * What a decision does that somebody can see: the caller, the service, or a later filter.
 *
 * @param reason what the rule that decided says, by which it is known again whatever its place is
 * @param circuit what the configuration says of the circuit that the request belongs to
 * @param delay how a delay is shown
 */
export function effectOf(
  decision: Decision,
  reason: string,
  circuit: Readonly<Record<string, string>>,
  delay: (given: string) => string,
): Effect {
  const { answer, came } = decision;
  const own = [...Object.values(came).flat()].join("\n");
  const named = (of: string, changes: Changes): [string, string][] =>
    Object.entries(changes).map(([name, value]) => [
      `${of} ${name}`,
      value === null ? REMOVED : withoutIds([value].flat().join(", "), own),
    ]);
  const answers = Object.entries(decision.answers).filter(([name]) => name !== ":status" && name !== "content-length");
  const facts: [string, string][] = [
    [OUTCOME, answer === undefined ? "allowed" : `answered ${answer.status}`],
    ...(answer === undefined
      ? [...named("request header", decision.request), ...named("response header", decision.response)]
      : [
          ...named("response header", Object.fromEntries(answers) as Values),
          ...(answer.body === "" ? [] : [["body", answer.body] as [string, string]]),
          [REASON, reason] as [string, string],
        ]),
    ...(decision.delay === undefined ? [] : [["delay", delay(decision.delay)] as [string, string]]),
    ...Object.entries(circuit),
  ];
  return Object.fromEntries(facts);
}

/** How a header is shown that the filter takes away. */
const REMOVED = "removed";

/** Ids of traces and spans, which are drawn anew for each request: those that the request did not bring are all alike. */
function withoutIds(value: string, own: string): string {
  return value.replace(/1-[0-9a-f]{8}-[0-9a-f]{24}|[0-9a-f]{13,32}|\d{13,20}/g, (id) =>
    own.includes(id) ? id : "new",
  );
}

/** One thing that two decisions do differently; undefined where one of them does not do it. */
export interface Change {
  readonly what: string;
  readonly old: string | undefined;
  readonly new: string | undefined;
}

/** What two decisions do differently: nothing if they do the same. */
export function changesBetween(old: Effect, other: Effect): Change[] {
  const names = [...new Set([...Object.keys(old), ...Object.keys(other)])];
  const all = names
    .filter((name) => old[name] !== other[name])
    .map((what) => ({ what, old: old[what], new: other[what] }));
  // If one answers and the other does not, all else follows from that.
  const outcome = all.find(({ what }) => what === OUTCOME);
  return outcome === undefined ? all : [outcome];
}
