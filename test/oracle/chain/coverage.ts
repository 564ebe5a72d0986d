/** Whether a run came to everything that filters do, so that agreement proves something. */
import { SEEN as UPSTREAM } from "../echo.ts";
import type { Counts, Observation } from "./compare.ts";

/** Counters that must have gone up in every run, each of which does so in half of the sets; without `wasmcustom.`. */
const USUAL = [
  ...["authz.allowed", "header_routing.no_match", "header_routing.route.*.matched"],
  ...["fault_injection.delays_injected", "trace_propagation.extracted", "trace_propagation.injected"],
];

/** Those that must have in a long one; the first `*` stands for any name. */
const COUNTERS = [
  ...["authz.allowed", "authz.denied", "authz.audited", "authz.policy.*.allowed", "authz.policy.*.denied"],
  ...["authz.policy.*.shadow_allowed", "authz.policy.*.shadow_denied"],
  ...["header_routing.no_match", "header_routing.route.*.matched"],
  ...["aborts_injected", "delays_injected", "faults_exempted", "faults_over_budget", "faults_overflow"].map(
    (name) => `fault_injection.${name}`,
  ),
  ...["fault_injection.route.headerControl.aborts_injected", "fault_injection.route.*.aborts_injected"],
  ...[
    "extracted",
    "injected",
    "restarted.absent",
    "restarted.invalid",
    "joined",
    "join_missed",
    "join_missed_torn",
  ].map((name) => `trace_propagation.${name}`),
  ...["joined_alone", "conflicts", "tracestate_discarded", "baggage_discarded"].map(
    (name) => `trace_propagation.${name}`,
  ),
];

/** What must have been seen of answers. */
const SEEN: Readonly<Record<string, (one: Observation) => boolean>> = {
  "a verdict that is explained": ({ response }) => has(response, "x-authz-decision"),
  "a fault that the answer tells of": ({ response }) => has(response, "x-fault-injected"),
  "an abort to which routing has added": ({ response }) =>
    isAbort(response) && (has(response, "x-keep") || has(response, "x-up")),
  "a request that hung up while a fault held it": ({ stage }) => stage === "held",
  "a request that hung up at the upstream": ({ stage, response }) => stage === "upstream" && response === undefined,
};

/** From how many sets on a run comes to what is usual, and to all, whatever its seed: the rarest is in one of twenty sets. */
const ENOUGH = { usual: 30, all: 300 };

/** What a run of that many sets did not come to, and must. */
export function notReached(sets: number, observations: readonly Observation[], counts: Counts): string[] {
  if (sets < ENOUGH.usual) return [];
  const counters = (sets < ENOUGH.all ? USUAL : COUNTERS).filter((name) => {
    const [start = "", end] = name.split("*");
    const prefix = `wasmcustom.${start}`;
    const is = (one: string): boolean =>
      end === undefined ? one === prefix : one.startsWith(prefix) && one.endsWith(end);
    return ![...counts].some(([one, count]) => count > 0 && is(one));
  });
  if (sets < ENOUGH.all) return counters;
  const unseen = Object.entries(SEEN).filter(([, holds]) => !observations.some(holds));
  return [...counters, ...unseen.map(([what]) => what)];
}

/** Adds counts to a sum. */
export function add(sum: Map<string, number>, counts: Counts): void {
  for (const [name, count] of counts) sum.set(name, (sum.get(name) ?? 0) + count);
}

function isAbort(response: Observation["response"]): boolean {
  return has(response, "x-fault-injected") && !has(response, UPSTREAM);
}

function has(response: Observation["response"], header: string): boolean {
  return response?.headers.some(([name]) => name === header) === true;
}
