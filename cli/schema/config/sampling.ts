import type { Schema } from "../problem.ts";
import { httpMatch } from "./match.ts";
import { HOST, has, onePlace } from "./upstream.ts";
import { FILLED, duration, integer, list, object, oneOf, required, text } from "./types.ts";

const SAMPLERS = ["randomSamplingPercentage", "rateLimiting", "adaptive"];

/** A number in steps: of 0.01 in Istio's Telemetry, and of 0.001. */
const number = (description: string, minimum: number, maximum: number, examples: number[], usual?: number): Schema => ({
  ...{ description, type: "number", minimum, maximum, examples },
  ...(usual !== undefined && { default: usual }),
});

const share = (description: string, usual?: number): Schema => number(description, 0, 100, [1, 100, 0.25], usual);

const tracesPerSecond = (description: string, usual?: number): Schema =>
  number(description, 0.001, 1_000_000, [5, 0.5], usual);

/** A probability or another number above 0, up to 1. */
const fraction = (description: string, usual: number): Schema => number(description, 1e-9, 1, [0.5, usual], usual);

const rateLimiting = (description: string, usual?: number): Schema =>
  object("at most a number of traces a second, over all workers of the proxy", {
    maxTracesPerSecond: required(tracesPerSecond(description, usual)),
  });

const sampler = {
  rateLimiting: rateLimiting(
    "instead of `randomSamplingPercentage`: a limit of traces a second, in steps of 0.001; required within `rateLimiting`",
  ),
  adaptive: object("a probability that follows the traffic, so that a target of traces a second is sampled", {
    targetSamplesPerSecond: tracesPerSecond(
      "instead of `randomSamplingPercentage`: how many traces a second are to be sampled, over all workers of the proxy",
      1,
    ),
    calculationInterval: duration("how often the probability is calculated, from 1s to 1h", "10s"),
    deltaTolerance: fraction(
      "by which share of the target the expected rate may differ before the probability changes",
      0.3,
    ),
    initialSamplingProbability: fraction("the probability before the first calculation", 0.001),
    minSamplingProbability: fraction("the least probability", 0.00001),
    minSamplesPerSecond: {
      ...tracesPerSecond("how many traces a second are sampled at least, whatever the probability; 0 for none", 0.017),
      minimum: 0,
    },
  }),
};

/** `sampling`: which of the traces that begin at a hop are recorded. */
export const sampling: Schema = object(
  "which of the traces that begin here are recorded",
  {
    randomSamplingPercentage: share("how many of the traces that begin here are recorded, in steps of 0.01", 1),
    ...sampler,
    jaegerRemote: object(
      "Jaeger says how the traces are sampled that no rule takes",
      {
        service: text(
          "instead of `randomSamplingPercentage`: Jaeger says how the traces are sampled that no rule takes; required unless `cluster` is given. The Service is `[namespace/]host`, as istiod names it",
          ["jaeger-collector.observability.svc.cluster.local"],
          { pattern: HOST },
        ),
        port: integer("the Service's port of `remote_sampling`", 1, 65_535, 5778),
        cluster: text("instead of `service` and `port`: the name of a cluster of Envoy", ["jaeger"]),
        authority: text("beside `cluster`: the `:authority` of the requests; the name of the cluster if not given", [
          "jaeger:5778",
        ]),
        pollingInterval: duration("how often Jaeger is asked, from 1s to 1h", "60s"),
        initialSamplingRate: number("the probability before the first answer", 0, 1, [0.01], 0.001),
        serviceName: text("the service that is asked for; what spans call it if not given", ["reviews.default"]),
      },
      onePlace(has("authority")),
    ),
    rules: list(
      "`match` (a list of header-routing's matches), and one of `randomSamplingPercentage`, `rateLimiting` and `adaptive`, both required: the first rule that matches counts",
      object(
        "which share of some requests is recorded",
        {
          match: required(list("alternatives, one of which must hold", httpMatch, FILLED)),
          name: text(
            "what the rule is called in the names of its counters; no two rules may have one name, and none the name `default`, which what stands beside the rules has",
            ["debug"],
          ),
          randomSamplingPercentage: share("how many of the traces that begin with these requests are recorded"),
          ...sampler,
        },
        { oneOf: SAMPLERS.map((name) => ({ required: [name] })) },
      ),
    ),
  },
  { not: { anyOf: pairs([...SAMPLERS, "jaegerRemote"]).map((pair) => ({ required: pair })) } },
);

/** `keep`: of what is not sampled, which hops are reported all the same. */
export const keep: Schema = list(
  "of what is not sampled, which spans of this hop are reported all the same; needs `reporting`",
  object(
    "all that it asks for must hold",
    {
      name: text("what the policy is called in the names of its counters and in `signalbox.kept.policy`", ["errors"]),
      match: list("alternatives, one of which must hold", httpMatch, FILLED),
      statusCode: object("what the span's status is", {
        statusCodes: required(
          list("`[ERROR]`: the span is an error", oneOf("a status", ["ERROR"]), { minItems: 1, maxItems: 1 }),
        ),
      }),
      latency: object("how long the request takes", {
        thresholdMs: required(integer("how many milliseconds at least; required within `latency`", 1, 86_400_000)),
        upperThresholdMs: integer("how many milliseconds at most", 1, 86_400_000),
      }),
      rateLimiting: rateLimiting("how many requests a second are kept, over all workers of the proxy", 10),
    },
    { anyOf: ["match", "statusCode", "latency"].map((name) => ({ required: [name] })) },
  ),
  { maxItems: 32 },
);

/** Of the object that has `keep`: it says of nothing where spans are sent. */
export const KEEP_NEEDS_REPORTING: Schema = { dependencies: { keep: ["reporting"] } };

function pairs(names: readonly string[]): string[][] {
  return names.flatMap((name, i) => names.slice(i + 1).map((other) => [name, other]));
}
