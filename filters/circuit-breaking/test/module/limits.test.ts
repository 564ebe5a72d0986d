/** How many circuits and keys a configuration may have: each takes metrics, shared data and memory of the proxy before any request comes. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { configurationErrors } from "../../../../test/support/module/configuration-errors.ts";
import { CIRCUIT_BREAKING } from "./compiled.ts";
import { reviews } from "./scenario.ts";

const MOST = 10_000;
const errors = (configuration: object): readonly string[] => configurationErrors(CIRCUIT_BREAKING, configuration);
const many = (count: number, item: (n: number) => object): object[] => Array.from({ length: count }, (_, n) => item(n));

/** A rule with a circuit for all others, and with so many subsets, ports and circuits. */
const rule = (subsets: number, ports: number, circuits: number): object => ({
  steering: {},
  destinationRules: [
    {
      host: "*",
      trafficPolicy: { outlierDetection: {}, portLevelSettings: many(ports, (n) => ({ port: { number: n + 1 } })) },
      subsets: many(subsets, (n) => ({ name: `v${n}` })),
      circuits: many(circuits, (n) => ({ name: `c${n}` })),
    },
  ],
});
const tooMany = (place: string): string[] => [`destinationRules[0].${place}: more than 10000 circuits in all`];

test("10,000 circuits, and the ports of each subset are among them", () => {
  assert.deepEqual(errors(rule(MOST - 1, 0, 0)), []);
  assert.deepEqual(errors(rule(MOST, 0, 0)), tooMany("subsets[9999].name"));
  assert.deepEqual(errors(rule(MOST - 2, 0, 1)), []);
  assert.deepEqual(errors(rule(MOST - 2, 0, 2)), tooMany("circuits[1].name"));
  assert.deepEqual(errors(rule(MOST + 9, 0, 9)), tooMany("subsets[9999].name"), "once");
  // A whole and 99 ports are 100 each.
  assert.deepEqual(errors(rule(99, 99, 0)), []);
  assert.deepEqual(errors(rule(100, 99, 0)), tooMany("subsets[99].name"));
  assert.deepEqual(errors(rule(50_000, 1000, 0)), tooMany("subsets[8].name"));
});

test("a port counts once for each subset, however often something is said of it", () => {
  const portLevelSettings = many(200, (n) => ({ port: { number: (n % 100) + 1 } }));
  const trafficPolicy = { outlierDetection: {}, portLevelSettings };
  const document = (subsets: number): object => ({
    steering: {},
    destinationRules: [{ host: "*", trafficPolicy, subsets: many(subsets, (n) => ({ name: `v${n}`, trafficPolicy })) }],
  });
  // 101 each, the whole too: 99 times 101 is 9,999.
  assert.deepEqual(errors(document(98)), []);
  assert.deepEqual(errors(document(99)), tooMany("subsets[98].name"));
});

test("circuits of all rules count together", () => {
  const destinationRules = many(MOST + 1, (n) => ({ host: `h${n}`, trafficPolicy: { outlierDetection: {} } }));
  assert.deepEqual(errors({ destinationRules: destinationRules.slice(1) }), []);
  assert.deepEqual(errors({ destinationRules }), ["destinationRules[10000].host: more than 10000 circuits in all"]);
  const without = many(MOST + 1, (n) => ({ host: `h${n}` }));
  assert.deepEqual(errors({ destinationRules: without }), [], "a rule without a circuit is none");
});

test("a million keys", () => {
  const circuits = (count: number, maxKeys?: number): object =>
    reviews({}, { circuits: many(count, (n) => ({ name: `c${n}`, keyedBy: { header: "x-tenant" }, maxKeys })) });
  assert.deepEqual(errors(circuits(100, 10_000)), []);
  assert.deepEqual(errors(circuits(102, 10_000)), [
    "destinationRules[0].circuits[100].maxKeys: more than 1000000 keys in all",
  ]);
  assert.deepEqual(errors(circuits(1000)), [], "1,000 if not given");
  assert.deepEqual(errors(circuits(1001)), [
    "destinationRules[0].circuits[1000].maxKeys: more than 1000000 keys in all",
  ]);
});
