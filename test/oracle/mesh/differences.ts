/** Where a converted mesh differs from the original on purpose, each with its reason. Everything else must agree. */
import type { Observation } from "./observation.ts";

/** One such difference. */
export interface Difference {
  what: string;
  why: string;
  /** An observation without it. */
  without: (observation: Observation) => Observation;
}

const STEERING = ["x-subset", "x-signalbox-route"];

export const DIFFERENCES: readonly Difference[] = [
  {
    what: "a client's own steering header does not reach the service",
    why: "it is header-routing's alone: a client's would say where its request goes",
    without: (observation) => withoutRequestHeaders(observation, STEERING),
  },
  {
    what: "a response to which fault-injection did something has the header x-fault-injected",
    why: "so that an injected fault can be told from a real one",
    without: ({ headers: { "x-fault-injected": _, ...headers }, ...observation }) => ({ ...observation, headers }),
  },
];

/** What is left to be compared. */
export function comparable(observation: Observation): Observation {
  return DIFFERENCES.reduce((rest, { without }) => without(rest), observation);
}

function withoutRequestHeaders(observation: Observation, names: readonly string[]): Observation {
  const { upstream } = observation;
  if (upstream === undefined) return observation;
  const headers = Object.fromEntries(Object.entries(upstream.headers).filter(([name]) => !names.includes(name)));
  return { ...observation, upstream: { ...upstream, headers } };
}
