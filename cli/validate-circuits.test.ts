/**
 * What `signalbox validate` says of outlier detection that cannot do what its author means (istio#5996, #8846, #21401, #57010): natively
 * such fields are taken, and nothing says that they do nothing.
 */
import assert from "node:assert/strict";
import { test } from "node:test";
import { signalbox } from "./test/run.ts";

const CONFIGURATION = `
destinationRules:
  - host: reviews
    trafficPolicy:
      outlierDetection:
        consecutiveErrors: 5
        maxEjectionPercent: 50
        minHealthPercent: 30
        consecutiveLocalOriginFailures: 3
`.trimStart();

const AT = "destinationRules[0].trafficPolicy.outlierDetection.";
const WHOLE = "a circuit opens for the whole destination: write";
const FOUND = [
  `5:9: error: ${AT}consecutiveErrors: not supported: Istio ignores it too: write consecutive5xxErrors`,
  `6:9: error: ${AT}maxEjectionPercent: not supported: ${WHOLE} 100, and leave single hosts to a native DestinationRule`,
  `7:9: error: ${AT}minHealthPercent: not supported: ${WHOLE} 0`,
  `8:41: error: ${AT}consecutiveLocalOriginFailures: it needs splitExternalLocalOriginErrors: true, as in Istio`,
];

test("row 33: outlier detection that cannot take effect is named, with its place and what to write", async () => {
  const { status, out } = await signalbox(["validate", "-", "-f", "circuit-breaking"], CONFIGURATION);
  assert.equal(status, 1);
  for (const line of FOUND) assert.ok(out.includes(line), `${line}\n\n${out}`);
});

test("row 33: a circuit that nothing opens is warned of", async () => {
  const outlierDetection = { consecutive5xxErrors: 0 };
  const rule = { host: "ratings", trafficPolicy: { outlierDetection } };
  const configuration = JSON.stringify({ destinationRules: [rule] });
  const { status, out } = await signalbox(["validate", "-", "-f", "circuit-breaking"], configuration);
  assert.equal(status, 0);
  assert.match(out, /outlierDetection: the circuit never opens: no number of errors and no rate opens it/);
});
