/**
 * The W3C's trace-context suite through the two listeners of one sidecar, for two applications: one that passes on the trace headers, and one
 * that passes on x-request-id alone, whose calls are joined.
 *
 * The suite compares how many members the tracestates of two new traces have (`test_tracestate_included_traceparent_missing`). A trace that is
 * recorded has one more, `ot`. So all new traces are recorded here, or none: at the default of 1 % one run in 50 would fail.
 */
import assert from "node:assert/strict";
import { test } from "node:test";
import {
  BACKEND,
  cluster,
  Envoy,
  forward,
  freePort,
  inlineWasm,
  listener,
} from "../../../../test/support/envoy/index.ts";
import { CallingService } from "./w3c/service.ts";
import { findSuite, runSuite } from "./w3c/suite.ts";

const suite =
  BACKEND === "process" ? findSuite() : { missing: "the suite calls back, which needs no container between" };
const skip = "missing" in suite && `no W3C suite: ${suite.missing}`;
/** How many tests it has at Level 2. */
const TESTS = 41;

const APPLICATIONS = {
  "traceparent, tracestate and x-request-id": ["traceparent", "tracestate", "x-request-id"],
  "x-request-id alone": ["x-request-id"],
};

/** How many of the traces that begin here are recorded, in percent. */
const SHARES = { none: 0, all: 100 };

const CASES = Object.entries(APPLICATIONS).flatMap(([passesOn, headers]) =>
  Object.entries(SHARES).map(([recorded, share]) => ({
    name: `an application that passes on ${passesOn}, if ${recorded} of the new traces are recorded`,
    headers,
    share,
  })),
);

for (const { name, headers, share } of CASES) {
  test(`all of the W3C's suite passes for ${name}`, { skip }, async (t) => {
    if ("missing" in suite) return;
    const harness = await freePort();
    let outbound = 0;
    const service = await CallingService.start(headers, () => outbound);
    t.after(() => service.stop());
    const sampling = { randomSamplingPercentage: share };
    const configuration = { participate: true, join: { keys: ["x-request-id"] }, sampling };
    const filters = [inlineWasm("trace-propagation", { module: "trace-propagation", configuration })];
    const envoy = await Envoy.start({
      concurrency: 4,
      clusters: [cluster("service", service.port), cluster("harness", harness)],
      listeners: [
        {
          ...listener("inbound", { filters, routes: [forward("service")] }),
          listener: { traffic_direction: "INBOUND" },
        },
        {
          ...listener("outbound", { filters, routes: [forward("harness")] }),
          listener: { traffic_direction: "OUTBOUND" },
        },
      ],
    });
    t.after(() => envoy.stop());
    outbound = envoy.port("outbound");

    const { ran, failed, output } = await runSuite(suite, `http://127.0.0.1:${envoy.port("inbound")}/test`, harness);

    assert.deepEqual(failed, [], output);
    assert.equal(ran, TESTS, output);
  });
}
