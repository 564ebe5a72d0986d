import type { Decision } from "../decision/decide.ts";
import { milliseconds } from "../decision/duration.ts";
import { objectsOf } from "../decision/why/objects.ts";
import { partsOf } from "../filter/sections.ts";
import { isObject, type Json } from "../input/resource.ts";

/**
 * What a single request does not show of trace-propagation: how `adaptive` follows the traffic, and what `keep` does when a request is over. The
 * filter is asked which sampler decides and which policies match; what these say is compared, each field with its default.
 */
export class Traces {
  /** What each `adaptive` says, by the name of its counters if no rule has a name. */
  private readonly samplers = new Map<string, string>();
  /** What each policy of `keep` asks for, in their order. */
  private readonly policies: readonly string[];

  constructor(filter: string, config: unknown) {
    const part = partsOf(filter, config).find((one) => one.filter === "trace-propagation")?.config ?? {};
    const sampling = isObject(part.sampling) ? part.sampling : {};
    this.note("default", sampling);
    for (const [at, rule] of objectsOf(sampling.rules).entries()) this.note(String(at), rule);
    this.policies = objectsOf(part.keep).map(policyText);
  }

  private note(name: string, { adaptive }: Json): void {
    if (isObject(adaptive)) this.samplers.set(name, adaptiveText(adaptive));
  }

  /** How many milliseconds a request has to take, so that every policy that matches keeps it (`withoutConditions`). */
  get takes(): number {
    return this.policies.length > 0 ? SHORTEST : 0;
  }

  /**
   * What the filter says of a request that was decided by what `standIn` and `withoutConditions` make of a configuration.
   *
   * @param again decides the same request once more
   */
  facts(first: Decision, again: () => Decision): Record<string, string> {
    const sampler = this.samplers.get(riseOf(first, ARRIVED) ?? "");
    const kept: string[] = [];
    for (let decision = first; ; decision = again()) {
      const policy = this.policies[Number(riseOf(decision, KEPT) ?? -1)];
      if (policy === undefined) break;
      kept.push(policy);
    }
    return { ...(sampler !== undefined && { sampler }), ...(kept.length > 0 && { keep: kept.join("; else ") }) };
  }
}

/** Counters of trace-propagation (its README, "Counters"), of rules and policies without names. */
const ARRIVED = /^trace_propagation\.sampling\..*\.(default|\d+)\.arrived$/;
const KEPT = /^trace_propagation\.keep\..*\.(\d+)\.granted$/;

/** Whose counter of that kind went up. */
function riseOf({ counters }: Decision, pattern: RegExp): string | undefined {
  return counters.flatMap((name) => pattern.exec(name)?.[1] ?? [])[0];
}

/** The shortest `thresholdMs`. */
const SHORTEST = 1;

/** An `adaptive` that samples nothing: what it does depends on the traffic. That it decides, its counter says. */
export const NOTHING_ADAPTIVE: Json = {
  initialSamplingProbability: 1e-9,
  minSamplingProbability: 1e-9,
  minSamplesPerSecond: 0,
};

/** Policies that keep whatever matches, each once: so the same request shows one policy after the other. */
export function withoutConditions(keep: unknown): Json[] {
  return objectsOf(keep).map(({ match }) => ({
    match,
    latency: { thresholdMs: SHORTEST },
    rateLimiting: { maxTracesPerSecond: 0.001 },
  }));
}

/** Rules without names, so that their counters have their numbers. */
export function withoutNames(rules: unknown): unknown {
  return Array.isArray(rules)
    ? rules.map((rule: unknown) => (isObject(rule) ? { ...rule, name: undefined } : rule))
    : rules;
}

/** What holds if `adaptive` says nothing else (trace-propagation's README, "Fields"). */
const ADAPTIVE: Readonly<Record<string, number | string>> = {
  targetSamplesPerSecond: 1,
  calculationInterval: "10s",
  deltaTolerance: 0.3,
  initialSamplingProbability: 0.001,
  minSamplingProbability: 0.00001,
  minSamplesPerSecond: 0.017,
};

/** The target, and all that is not as usual. */
function adaptiveText(adaptive: Json): string {
  const said = Object.entries(ADAPTIVE)
    .map(([name, usual]) => ({ name, usual: plain(usual), value: plain(adaptive[name] ?? usual) }))
    .filter(({ name, usual, value }) => name === "targetSamplesPerSecond" || value !== usual);
  return `adaptive, ${said.map(({ name, value }) => `${name} ${value}`).join(", ")}`;
}

/** Durations in milliseconds, however they are written. */
function plain(value: unknown): string {
  const length = typeof value === "string" ? milliseconds(value) : undefined;
  return length === undefined ? String(value) : `${length}ms`;
}

/** How many requests a policy keeps each second if it says nothing else (the same). */
const USUAL_RATE = 10;

function policyText({ statusCode, latency, rateLimiting }: Json): string {
  const most = (isObject(rateLimiting) ? rateLimiting.maxTracesPerSecond : undefined) ?? USUAL_RATE;
  const { thresholdMs, upperThresholdMs } = isObject(latency) ? latency : {};
  const upTo =
    upperThresholdMs === undefined || upperThresholdMs === null ? "" : ` up to ${String(upperThresholdMs)} ms`;
  return [
    isObject(statusCode) ? "errors" : "what matches",
    ...(isObject(latency) ? [`from ${String(thresholdMs)} ms on${upTo}`] : []),
    `at most ${String(most)} a second`,
  ].join(", ");
}
