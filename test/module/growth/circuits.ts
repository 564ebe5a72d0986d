import { FEW, dimensionsOf, letters, many, nth, type Dimension } from "./dimension.ts";

/** The most circuits, and keys of them, that a configuration may have. */
const CIRCUITS = 10_000;
const KEYS = 1_000_000;
/** A host has five names, of which there may be 524,288 (`assembly/match/virtual-hosts.ts`). */
const HOSTS = 104_857;

const POLICY = '"trafficPolicy":{"outlierDetection":{"consecutive5xxErrors":5}}';
const rules = (list: string, beside = ""): string => `{${beside}"destinationRules":[${list}]}`;
const rule = (beside: string, policy = POLICY): string => rules(`{"host":"a",${policy},${beside}}`);
/** A rule whose subsets have circuits of their own. */
const steered = (fields: string, steering = "{}"): string => rules(`{"host":"a",${fields}}`, `"steering":${steering},`);
const detection = (field: string): string =>
  rules(`{"host":"a","trafficPolicy":{"outlierDetection":{"consecutive5xxErrors":5,${field}}}}`);
const ports = (count: number): string =>
  `"trafficPolicy":{"portLevelSettings":[${many(count, (n) => `{"port":{"number":${n + 1}}}`)}]}`;
const subsets = (count: number): string => `"subsets":[${many(count, (n) => `{"name":"${nth(n)}"}`)}]`;
const keyed = (count: number, keys: number): string =>
  `"circuits":[${many(count, (n) => `{"name":"${nth(n)}","keyedBy":"principal","maxKeys":${keys}}`)}]`;

export const CIRCUIT_GROWTH: readonly Dimension[] = dimensionsOf(
  "circuit-breaking",
  {
    DestinationRules: [CIRCUITS, (count) => rules(many(count, (n) => `{"host":"${nth(n)}",${POLICY}}`))],
    domains: [CIRCUITS, (count) => rules(many(count, (n) => `{"host":"${nth(n)}.com",${POLICY}}`))],
    "DestinationRules without a circuit": [HOSTS, (count) => rules(many(count, (n) => `{"host":"${nth(n)}"}`))],
    circuits: [
      CIRCUITS - 1,
      (count) =>
        rule(`"circuits":[${many(count, (n) => `{"name":"${nth(n)}","match":[{"uri":{"exact":"/${nth(n)}"}}]}`)}]`),
    ],
    "circuits with a key": [CIRCUITS - 1, (count) => rule(keyed(count, KEYS / CIRCUITS))],
    "circuits with many keys": [KEYS / CIRCUITS, (count) => rule(keyed(count, CIRCUITS))],
    "matches of a circuit": (count) =>
      rule(`"circuits":[{"name":"a","match":[${many(count, (n) => `{"uri":{"exact":"/${nth(n)}"}}`)}]}]`),
    subsets: [CIRCUITS - 1, (count) => steered(`${POLICY},${subsets(count)}`)],
    "subsets without a circuit": (count) => steered(subsets(count)),
    "subsets with a port": [
      CIRCUITS - 1,
      (count) => steered(`${POLICY},${subsets(count)}`, '{"value":"{port}.{subset}"}'),
    ],
    ports: [FEW, (count) => rules(`{"host":"a",${ports(count)}}`)],
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
    "subsets of one name": (count) => steered(`${POLICY},"subsets":[${many(count, () => '{"name":"a"}')}]`),
    "too many subsets": (count) => steered(`${POLICY},${subsets(CIRCUITS + count)}`),
    "subsets of a thousand ports": (count) => steered(`${ports(FEW)},${subsets(10 + count)}`),
    "wrong rules": (count) => rules(many(count, () => "0")),
    "unknown fields": (count) => detection(many(count, (n) => `"consecutiveErrors${nth(n)}":0`)),
    "circuits of a rule with a long name": (count) => {
      const circuits = many(count, (n) => `{"name":"${nth(n)}","match":[{"method":{"exact":"a"}}]}`);
      return rule(`"name":"${letters(count * 8 + 254)}","circuits":[${circuits}]`);
    },
  },
);
