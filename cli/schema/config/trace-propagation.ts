import type { Schema } from "../problem.ts";
import { httpMatch } from "./match.ts";
import { direction, trustDomain } from "./shared.ts";
import { FILLED, duration, flag, headerName, list, object, oneOf, required, text, type Fields } from "./types.ts";
import { reporting } from "./reporting.ts";

const formats = (description: string): Schema =>
  list(
    description,
    oneOf("a format of trace headers", ["w3c", "b3", "b3-single", "jaeger", "datadog", "xray", "cloud-trace"]),
    { ...FILLED, uniqueItems: true, default: ["w3c"] },
  );

/** A percentage in steps of 0.01, as Istio's Telemetry has it. */
const share = (description: string, usual?: number): Schema => ({
  description,
  type: "number",
  minimum: 0,
  maximum: 100,
  examples: [1, 100, 0.25],
  ...(usual !== undefined && { default: usual }),
});

const ONE_SAMPLER: readonly Schema[] = [
  { required: ["randomSamplingPercentage"], not: { anyOf: [{ required: ["rateLimiting"] }] } },
  { required: ["rateLimiting"], not: { anyOf: [{ required: ["randomSamplingPercentage"] }] } },
];

const rateLimiting = (): Schema =>
  object("at most a number of traces a second, over all workers of the proxy", {
    maxTracesPerSecond: required({
      description:
        "instead of `randomSamplingPercentage`: a limit of traces a second, in steps of 0.001; required within `rateLimiting`",
      type: "number",
      minimum: 0.001,
      maximum: 1_000_000,
      examples: [5, 0.5],
    }),
  });

/** The fields of trace-propagation without those that `signalbox` has beside the sections. */
export const tracePropagation: Fields = {
  extract: formats("what is read, in the order of trust: the first that holds a context gives it"),
  inject: formats("what is written, unless it says the same already"),
  foreign: oneOf("what becomes of formats that are read and not written", ["keep", "remove"], "keep"),
  participate: flag("whether this hop is a span of its own"),
  sampling: object(
    "which of the traces that begin here are recorded",
    {
      randomSamplingPercentage: share("how many of the traces that begin here are recorded, in steps of 0.01", 1),
      rateLimiting: rateLimiting(),
      rules: list(
        "`match` (a list of header-routing's matches), and either `randomSamplingPercentage` or `rateLimiting`, all required: the first rule that matches counts",
        object(
          "which share of some requests is recorded",
          {
            match: required(list("alternatives, one of which must hold", httpMatch, FILLED)),
            name: text(
              "what the rule is called in the names of its counters; no two rules may have one name, and none the name `default`, which what stands beside the rules has",
              ["debug"],
            ),
            randomSamplingPercentage: share("how many of the traces that begin with these requests are recorded"),
            rateLimiting: rateLimiting(),
          },
          { anyOf: ONE_SAMPLER },
        ),
      ),
    },
    { not: { required: ["randomSamplingPercentage", "rateLimiting"] } },
  ),
  join: object("how a call is joined to the request that caused it; nothing is joined without it", {
    keys: list(
      "by which a call is joined to its cause; nothing is joined without `join`",
      headerName("a header's name", ["x-request-id", "x-correlation-id"]),
      { ...FILLED, uniqueItems: true, default: ["x-request-id"] },
    ),
    lifetime: duration("how long a request is remembered", "60s"),
    whenAlone: flag("whether a call without a key that is known is taken to be for the only request in flight"),
    group: text("plugins that remember together", ["bookinfo"]),
  }),
  reporting,
};

export const tracePropagationShared: Fields = {
  direction: direction("which way the requests go, for the join"),
  trustDomain: trustDomain("of this workload's own identity, for `principals` in rules"),
};
