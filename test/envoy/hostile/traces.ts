/** Traces whose places and metrics a hostile plugin writes over, and what it can do by that. */
import assert from "node:assert/strict";
import type { Pair } from "../../../emulator/index.ts";
import { valuesOf, type Answer, type Envoy, type JsonObject, type Request } from "../../support/envoy/index.ts";

const TRACE = "4bf92f3577b34da6a3ce929d0e0e4736";
const PARENT = "00f067aa0ba902b7";
const ID = "9f4c2f0e-1111-4a2b-8c3d-000000000001";

/** More than any test asks for: without the attacker, everything is sampled or kept. */
const NO_LIMIT = { maxTracesPerSecond: 1_000_000 };

/** By the plugin's name. */
export const TRACES: Readonly<Record<string, JsonObject>> = {
  // What is remembered before the tests is remembered in each of them.
  joining: { join: { whenAlone: true, lifetime: "1h" } },
  limited: { sampling: { rateLimiting: NO_LIMIT } },
  seldom: { sampling: { rateLimiting: { maxTracesPerSecond: 0.001 } } },
  adaptive: {
    sampling: {
      adaptive: { targetSamplesPerSecond: 1_000_000, initialSamplingProbability: 1, calculationInterval: "1s" },
    },
  },
  keeping: {
    participate: true,
    sampling: { randomSamplingPercentage: 0 },
    reporting: { opentelemetry: { service: "jaeger-collector.observability.svc.cluster.local" } },
    keep: [{ name: "all", match: [{ uri: { prefix: "/" } }], rateLimiting: NO_LIMIT }],
  },
};

/** Whether traces that begin here are sampled, by plugin: what only the attacker brings about is among them. */
const BEGUN: Readonly<Record<string, readonly boolean[]>> = {
  limited: [false, true],
  adaptive: [false, true],
  keeping: [false],
};

/** Metrics by which samplers and policies of `keep` decide, one of each kind. */
export const LIMITS = [
  "sampling.limited.default.granted",
  "sampling.limited.default.forfeited",
  "sampling.adaptive.default.arrived",
  "sampling.adaptive.default.probability_ppb",
  "sampling.adaptive.default.lower_bound_forfeited",
  "keep.keeping.all.forfeited",
].map((name) => `trace_propagation.${name}`);

/** A request that is remembered. */
export const REMEMBERED: readonly (readonly Pair[])[] = [
  [
    [":authority", "reviews"],
    [":path", "/"],
    [":method", "GET"],
    [":scheme", "http"],
    ["traceparent", `00-${TRACE}-${PARENT}-01`],
    ["x-request-id", ID],
  ],
];

/** All that became of a request that was sent many times: what `tell` says of each answer. */
export type Ask = (plugin: string, request: Request, tell: (answer: Answer) => string) => Promise<string[]>;

/** Asserts what becomes of traces. Each answer shows as `x-trace` the traceparent that the upstream would have got. */
export async function verifyTraces(ask: Ask, envoy: Envoy): Promise<void> {
  const trace = ({ status, headers }: Answer): string =>
    status === 200 ? valuesOf(headers, "x-trace").join() : `${status}`;
  for (const plugin of Object.keys(TRACES)) {
    // A trace that goes on goes on as it is: in that trace, and sampled or not as it was.
    for (const flags of ["00", "01"]) {
      const traced: Request = { headers: [["traceparent", `00-${TRACE}-${PARENT}-${flags}`]] };
      for (const parent of await ask(plugin, traced, trace))
        assert.match(parent, new RegExp(`^00-${TRACE}-(?!0{16})[0-9a-f]{16}-${flags}$`), plugin);
    }
    const parents = await ask(plugin, { headers: [["x-request-id", ID]] }, trace);
    for (const parent of parents)
      assert.match(parent, /^00-(?!0{32})[0-9a-f]{32}-(?!0{16})[0-9a-f]{16}-0[0-3]$/, plugin);
    // That of a request that never came here.
    if (plugin === "joining") assert.ok(parents.some((parent) => parent.includes(TRACE)));
    else assert.ok(!parents.some((parent) => parent.includes(TRACE)));
    const sampled = [...new Set(parents.map((parent) => Number(`0x${parent.slice(-2)}`) % 2 === 1))].sort();
    if (plugin in BEGUN) assert.deepEqual(sampled, BEGUN[plugin], plugin);
  }
  // Without the attacker nothing would be left out.
  for (const count of ["kept.match", "kept_limited"])
    assert.ok((await envoy.stat(`wasmcustom.trace_propagation.spans.${count}`)) > 0, count);
}
