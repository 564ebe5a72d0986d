/** Where a converted mesh differs from the original on purpose, each with its reason. Everything else must agree. */
import type { Observation } from "./observation.ts";

/** One such difference. */
export interface Difference {
  what: string;
  why: string;
  /** An observation without it. */
  without?: (observation: Observation) => Observation;
  /** Whether it is this difference, and nothing else is to be compared. */
  is?: (original: Observation, converted: Observation) => boolean;
}

/** Headers by which header-routing steers. */
const STEERING = /^x-(subset|signalbox-[0-9a-f]+)$/;

export const DIFFERENCES: readonly Difference[] = [
  {
    what: "where istiod makes no routes of a VirtualService, a service gets the steering header",
    why:
      "only the routes of the VirtualService take it off. The filter knows no services, so it decides on all ports and for " +
      "short names of other namespaces too; the request goes where it went, as these routes ask for no such header",
    without: (observation) => {
      const isElsewhere = observation.cluster === "PassthroughCluster" || observation.route === "default";
      return isElsewhere ? withoutSteering(observation) : observation;
    },
  },
  {
    what: "a response to which fault-injection did something has the header x-fault-injected",
    why: "so that an injected fault can be told from a real one",
    without: ({ headers: { "x-fault-injected": _, ...headers }, ...observation }) => ({ ...observation, headers }),
  },
  {
    what: "a fault meets a request for a host on a port that no Service of it has, which originally passed through",
    why: "the filter has no registry: it takes every host on every port, as `routes/differences.ts` says",
    is: (original, converted) => {
      return original.cluster === "PassthroughCluster" && converted.details === "fault_filter_abort";
    },
  },
  {
    what: "a gateway aborts a request for a host that it does not serve, which originally was not found",
    why: "the filter takes the hosts of the VirtualService, and does not know which of them a Gateway's servers have",
    is: (original, converted) => {
      return original.details === "route_not_found" && converted.details === "fault_filter_abort";
    },
  },
];

/** Whether two observations differ on purpose, as a whole. */
export function areMeantToDiffer(original: Observation, converted: Observation): boolean {
  return DIFFERENCES.some(({ is }) => is?.(original, converted) === true);
}

/** What is left to be compared. */
export function comparable(observation: Observation): Observation {
  return DIFFERENCES.reduce((rest, { without }) => without?.(rest) ?? rest, observation);
}

function withoutSteering(observation: Observation): Observation {
  const { upstream } = observation;
  if (upstream === undefined) return observation;
  const headers = Object.fromEntries(Object.entries(upstream.headers).filter(([name]) => !STEERING.test(name)));
  return { ...observation, upstream: { ...upstream, headers } };
}
