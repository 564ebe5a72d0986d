import { dimensionsOf, many, nth, type Dimension } from "./dimension.ts";

const reporting = (fields: string, beside = ""): string =>
  `{"participate":true,"reporting":{"opentelemetry":{"service":"a.b"},${fields}}${beside}}`;
const matches = (count: number): string => many(count, (n) => `{"uri":{"exact":"/${nth(n)}"}}`);

export const TRACE_GROWTH: readonly Dimension[] = dimensionsOf(
  "trace-propagation",
  {
    "keys of a join": (count) => `{"join":{"keys":[${many(count, (n) => `"${nth(n)}"`)}]}}`,
    "rules of the sampler": (count) =>
      `{"sampling":{"rules":[${many(count, (n) => `{"match":[{"headers":{"${nth(n)}":{"exact":"a"}}}],"randomSamplingPercentage":1}`)}]}}`,
    "rules of the sampler, each with a limit": (count) =>
      `{"sampling":{"rules":[${many(count, (n) => `{"match":[{"uri":{"exact":"/${nth(n)}"}}],"rateLimiting":{"maxTracesPerSecond":1}}`)}]}}`,
    "matches of one rule": (count) =>
      `{"sampling":{"rules":[{"match":[${matches(count)}],"randomSamplingPercentage":1}]}}`,
    "rules of reporting": (count) =>
      reporting(
        `"rules":[${many(count, (n) => `{"match":[{"uri":{"exact":"/${nth(n)}"}}],"disableSpanReporting":true}`)}]`,
      ),
    "matches of an operation": (count) => reporting(`"operations":[{"name":"a","match":[${matches(count)}]}]`),
    "custom tags": (count) =>
      reporting(`"customTags":{${many(count, (n) => `"${nth(n)}":{"header":{"name":"${nth(n)}"}}`)}}`),
    "matches that are kept": (count) => reporting('"match":{}', `,"keep":[{"match":[${matches(count)}]}]`),
  },
  {
    "keys that are listed twice": (count) => `{"join":{"keys":[${many(count, () => '"a"')}]}}`,
    formats: (count) => `{"extract":[${many(count, () => '"b3"')}]}`,
    "unknown formats": (count) => `{"inject":[${many(count, () => '"b4"')}]}`,
  },
);
