import { dimensionsOf, many, nth, type Dimension } from "./dimension.ts";

export const TRACE_GROWTH: readonly Dimension[] = dimensionsOf(
  "trace-propagation",
  {
    "keys of a join": (count) => `{"join":{"keys":[${many(count, (n) => `"${nth(n)}"`)}]}}`,
    "rules of the sampler": (count) =>
      `{"sampling":{"rules":[${many(count, (n) => `{"match":[{"headers":{"${nth(n)}":{"exact":"a"}}}],"randomSamplingPercentage":1}`)}]}}`,
    "matches of one rule": (count) =>
      `{"sampling":{"rules":[{"match":[${many(count, (n) => `{"uri":{"exact":"/${nth(n)}"}}`)}],"randomSamplingPercentage":1}]}}`,
  },
  {
    "keys that are listed twice": (count) => `{"join":{"keys":[${many(count, () => '"a"')}]}}`,
    formats: (count) => `{"extract":[${many(count, () => '"b3"')}]}`,
    "unknown formats": (count) => `{"inject":[${many(count, () => '"b4"')}]}`,
  },
);
