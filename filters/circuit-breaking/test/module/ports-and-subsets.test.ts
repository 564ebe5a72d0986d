/**
 * Which circuit a request to a port or a subset belongs to. What policy it has is istiod's way to merge blocks
 * (`pilot/pkg/networking/util: MergeSubsetTrafficPolicy`): a subset's block stands instead of the rule's, that of a port included, and
 * what a subset says of a port instead of both.
 */
import assert from "node:assert/strict";
import { test } from "node:test";
import { FAILS, GET, PLUGIN, Scenario } from "./scenario.ts";

const errors = (consecutive5xxErrors: number): object => ({ outlierDetection: { consecutive5xxErrors } });
const port = (number: number, fields: object = {}): object => ({ port: { number }, ...fields });

const RULE = {
  name: "reviews",
  host: "*",
  // The first setting of a port counts.
  trafficPolicy: { ...errors(3), portLevelSettings: [port(80, errors(1)), port(90), port(80, errors(9))] },
  subsets: [
    { name: "v1" },
    { name: "v2", trafficPolicy: errors(2) },
    { name: "v3", trafficPolicy: { portLevelSettings: [port(80, errors(4)), port(70)] } },
  ],
};

/** For a subset and a port, the circuit and how many errors in a row open it; "none" if there is no circuit. */
const EXPECTED: Readonly<Record<string, readonly [name: string, errors: number] | "none">> = {
  "- 70": ["reviews", 3],
  "- 80": ["reviews.80", 1],
  "- 90": "none",
  "v1 70": ["reviews.v1", 3],
  "v1 80": ["reviews.v1.80", 1],
  "v1 90": "none",
  "v2 70": ["reviews.v2", 2],
  "v2 80": ["reviews.v2.80", 2],
  "v2 90": ["reviews.v2.90", 2],
  "v3 60": ["reviews.v3", 3],
  "v3 70": "none",
  "v3 80": ["reviews.v3.80", 4],
  "v3 90": "none",
  "v4 80": ["reviews.80", 1],
};

/** Which circuit requests open, and after how many errors. */
function opened(scenario: Scenario, subset: string, to: number): readonly [string, number] | "none" {
  for (let failed = 0; failed < 12; failed++) {
    const headers = { ...GET, ...(subset === "-" ? {} : { "x-subset": subset }) };
    const stream = scenario.root.stream({
      requestHeaders: headers,
      properties: { destination: { port: BigInt(to) }, response: { code_details: "via_upstream", flags: 0n } },
    });
    stream.requestHeaders();
    const name = stream.localReply?.headers.find(([key]) => key === "x-circuit-open")?.[1];
    if (name === undefined) stream.responseHeaders({ ":status": String(FAILS.status) }, true);
    stream.end();
    if (name !== undefined) return [name, failed];
  }
  return "none";
}

for (const [how, value, written] of [
  ["without a port", "{subset}", (subset: string) => subset],
  [
    "with a port before it",
    "outbound|{port}|{subset}|{host}",
    (subset: string) => `outbound|80|${subset}|*.default.svc.cluster.local`,
  ],
  ["with a port after it", "{subset}:{port}", (subset: string) => `${subset}:80`],
] as const) {
  test(`a circuit for each port of each subset, if the steering header says it ${how}`, () => {
    for (const [asked, expected] of Object.entries(EXPECTED)) {
      const [subset = "", to = ""] = asked.split(" ");
      const scenario = new Scenario({ steering: { value }, destinationRules: [RULE] });
      assert.deepEqual(opened(scenario, subset === "-" ? subset : written(subset), Number(to)), expected, asked);
    }
  });
}

test("a subset that has digits next to the port is told from it", () => {
  const subsets = (...names: string[]): object[] => names.map((name) => ({ name, trafficPolicy: errors(1) }));
  const circuitOf = (value: string, names: string[], written: string): string => {
    const rule = { name: "reviews", host: "*", trafficPolicy: errors(2), subsets: subsets(...names) };
    const [circuit] = opened(new Scenario({ steering: { value }, destinationRules: [rule] }), written, 80);
    return String(circuit);
  };
  assert.equal(circuitOf("{port}{subset}", ["2x"], "802x"), "reviews.2x");
  assert.equal(circuitOf("{port}{subset}", ["x", "2x"], "802x"), "reviews.x", "the longest port that leaves a subset");
  assert.equal(circuitOf("{subset}{port}", ["v1"], "v180"), "reviews.v1");
  assert.equal(circuitOf("{subset}{port}", ["v", "v1"], "v180"), "reviews.v");
  assert.equal(circuitOf("{port}{subset}", ["x"], "12345x"), "reviews.x");
  assert.equal(circuitOf("{port}{subset}", ["x"], "123456x"), "reviews", "no port has six digits");
  for (const written of ["x", "80", "80y", "", "8".repeat(20_000)]) {
    assert.equal(circuitOf("{port}{subset}", ["x"], written), "reviews", written.slice(0, 9));
  }
  for (const written of ["p", "p:", "p:80", "p:80:", "q:80:x", "p:80:x:"]) {
    assert.equal(circuitOf("p:{port}:{subset}", ["x"], written), "reviews", written);
    assert.equal(circuitOf("{subset}:{port}:p", ["x"], [...written].reverse().join("")), "reviews", written);
  }
});

test("a circuit is made for each of them, and for no port that has none", () => {
  const { emulator } = new Scenario({ steering: {}, destinationRules: [RULE] });
  const end = ".state";
  const names = [...emulator.metrics.gauges.keys()]
    .filter((name) => name.endsWith(end))
    .map((name) => name.slice(`circuit_breaking.circuit.${PLUGIN}.`.length, -end.length));
  const expected = Object.values(EXPECTED).flatMap((circuit) => (circuit === "none" ? [] : [circuit[0]]));
  assert.deepEqual(names.sort(), [...new Set(expected)].sort());
});

test("of two subsets of which the header says the same, the later one counts", () => {
  const same = (name: string, threshold: number): object => ({ name, trafficPolicy: errors(threshold) });
  const steering = { value: "{host}" };
  const rule = { name: "reviews", host: "reviews", subsets: [same("v1", 3), same("v2", 1)] };
  const scenario = new Scenario({ steering, destinationRules: [rule] });
  assert.deepEqual(opened(scenario, "reviews", 80), ["reviews.v2", 1]);
});
