/**
 * The W3C's trace-context suite through the two listeners of one sidecar, for two applications: one that passes on the trace headers, and one
 * that passes on x-request-id alone, whose calls are joined.
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

for (const [passesOn, headers] of Object.entries(APPLICATIONS)) {
  test(`all of the W3C's suite passes for an application that passes on ${passesOn}`, { skip }, async (t) => {
    if ("missing" in suite) return;
    const harness = await freePort();
    let outbound = 0;
    const service = await CallingService.start(headers, () => outbound);
    t.after(() => service.stop());
    const configuration = { participate: true, join: { keys: ["x-request-id"] } };
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
