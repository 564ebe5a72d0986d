import { FEW, dimensionsOf, letters, many, nth, type Dimension } from "./dimension.ts";

const POLICY = '"trafficPolicy":{"outlierDetection":{"consecutive5xxErrors":5}}';
const rules = (list: string, beside = ""): string => `{${beside}"destinationRules":[${list}]}`;
const rule = (beside: string, policy = POLICY): string => rules(`{"host":"a",${policy},${beside}}`);
const detection = (field: string): string =>
  rules(`{"host":"a","trafficPolicy":{"outlierDetection":{"consecutive5xxErrors":5,${field}}}}`);

export const CIRCUIT_GROWTH: readonly Dimension[] = dimensionsOf(
  "circuit-breaking",
  {
    DestinationRules: (count) => rules(many(count, (n) => `{"host":"${nth(n)}",${POLICY}}`)),
    domains: (count) => rules(many(count, (n) => `{"host":"${nth(n)}.com",${POLICY}}`)),
    circuits: (count) =>
      rule(`"circuits":[${many(count, (n) => `{"name":"${nth(n)}","match":[{"uri":{"exact":"/${nth(n)}"}}]}`)}]`),
    "matches of a circuit": (count) =>
      rule(`"circuits":[{"name":"a","match":[${many(count, (n) => `{"uri":{"exact":"/${nth(n)}"}}`)}]}]`),
    subsets: (count) =>
      rules(`{"host":"a",${POLICY},"subsets":[${many(count, (n) => `{"name":"${nth(n)}"}`)}]}`, '"steering":{},'),
    codes: [
      FEW,
      (count) => detection(`"outlierDetectionHttpErrorCodes":[${many(count, (n) => String(500 + (n % 100)))}]`),
    ],
    "headers of a rejection": [
      FEW,
      (count) => rules(`{"host":"a",${POLICY}}`, `"rejection":{"headers":{${many(count, (n) => `"${nth(n)}":"a"`)}}},`),
    ],
    "matches that are exempt": (count) =>
      rules(`{"host":"a",${POLICY}}`, `"exempt":[${many(count, (n) => `{"headers":{"${nth(n)}":{"exact":"a"}}}`)}],`),
  },
  {
    "rules of one host": (count) => rules(many(count, () => `{"host":"a",${POLICY}}`)),
    "circuits of one name": (count) =>
      rule(`"circuits":[${many(count, () => '{"name":"a","match":[{"method":{"exact":"a"}}]}')}]`),
    "subsets of one name": (count) =>
      rules(`{"host":"a",${POLICY},"subsets":[${many(count, () => '{"name":"a"}')}]}`, '"steering":{},'),
    "wrong rules": (count) => rules(many(count, () => "0")),
    "unknown fields": (count) => detection(many(count, (n) => `"consecutiveErrors${nth(n)}":0`)),
    "circuits of a rule with a long name": (count) => {
      const circuits = many(count, (n) => `{"name":"${nth(n)}","match":[{"method":{"exact":"a"}}]}`);
      return rule(`"name":"${letters(count * 8 + 254)}","circuits":[${circuits}]`);
    },
  },
);
