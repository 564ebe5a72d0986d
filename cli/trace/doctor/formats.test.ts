/** The same spans as OTLP, Zipkin and Jaeger write them have the same findings. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { signalbox } from "../../test/run.ts";
import { bookinfo, pod, type Mesh, type Service } from "../test/mesh/mesh.ts";
import { jaegerOf, zipkinOf } from "../test/mesh/other-formats.ts";
import { otlpOf } from "../test/mesh/otlp.ts";
import { simulate } from "../test/mesh/simulate.ts";

const late = { ...pod("reviews", "default", 1), skew: -40_000 };
const FAULTS: readonly [string, Partial<Service>, Partial<Mesh>?][] = [
  ["drops-context", { passes: "x-request-id" }],
  ["drops-context", { passes: "nothing" }],
  ["sibling", { passes: "from before the sidecar" }],
  ["orphan", { own: { reported: false, understands: true } }],
  ["hop-missing", { portNamed: false }],
  ["split-id", { passes: "half of the trace id" }],
  ["two-formats", { own: { reported: true, understands: false } }, { tracer: "envoy-zipkin" }],
  ["duplicate-id", { retriesWithOneId: true }],
  ["shared-id", { sharesIds: true }, { tracer: "envoy-zipkin" }],
  ["skew", { pods: [late] }],
];

for (const [id, fault, more] of FAULTS) {
  test(`${id}: ${Object.keys(fault)[0]} ${JSON.stringify(Object.values(fault)[0])}`, async () => {
    const made = simulate(bookinfo({ reviews: fault }, more), 30);
    const outcomes = [];
    for (const write of [otlpOf, zipkinOf, jaegerOf]) {
      const { status, out, err } = await signalbox(["trace", "doctor", "--output", "json", "-"], write(made));
      assert.equal(status, 1, err);
      const { findings } = JSON.parse(out) as { findings: { id: string; service: string }[] };
      outcomes.push(findings);
      assert.ok(findings.some((one) => one.id === id && one.service === "reviews.default"));
    }
    const [otlp, zipkin, jaeger] = outcomes;
    // The address of the host, by which skew names it, is in Zipkin's spans by the node id alone: it is the same.
    assert.deepEqual(zipkin, otlp);
    assert.deepEqual(jaeger, otlp);
  });
}
