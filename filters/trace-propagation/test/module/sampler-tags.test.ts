/**
 * What the spans of a trace that is decided about here say of its sampling. Jaeger's adaptive sampling counts root spans by `sampler.type` and
 * `sampler.param` (jaeger `internal/sampling/samplingstrategy/adaptive/aggregator.go`, which reads a number that is text, too).
 */
import assert from "node:assert/strict";
import { test } from "node:test";
import { ReportingScenario, onlySpan, received } from "./reporting-scenario.ts";
import { traceparent } from "./scenario.ts";

/** The three attributes of the first span under such a sampling. */
function tagsOf(sampling: object, headers: Record<string, string> = {}): unknown[] {
  const scenario = new ReportingScenario({}, { sampling, extract: ["w3c", "b3"] });
  scenario.exchange({ headers });
  const { attributes } = onlySpan(scenario.flush());
  return ["sampler.type", "sampler.param", "sampling.rule"].map((name) => attributes[name]);
}

test("a percentage, a limit and a target, beside the rules and in one", () => {
  assert.deepEqual(tagsOf({ randomSamplingPercentage: 100 }), ["probabilistic", "1.0", "default"]);
  assert.deepEqual(tagsOf({ rateLimiting: { maxTracesPerSecond: 12.5 } }), ["ratelimiting", "12.5", "default"]);
  const match = [{ uri: { prefix: "/" } }];
  const named = { name: "debug", match, rateLimiting: { maxTracesPerSecond: 0.001 } };
  assert.deepEqual(tagsOf({ rules: [named] }), ["ratelimiting", "0.001", "debug"]);
  const numbered = { match, adaptive: { initialSamplingProbability: 1 } };
  assert.deepEqual(tagsOf({ rules: [numbered] }), ["probabilistic", "1.0", "0"]);
  const least = { adaptive: { initialSamplingProbability: 0.00001, minSamplesPerSecond: 1 } };
  assert.deepEqual(tagsOf(least), ["lowerbound", "0.00001", "default"]);
});

test("the param is the probability as it was when the trace was decided about", () => {
  const adaptive = { targetSamplesPerSecond: 1, calculationInterval: "1s", initialSamplingProbability: 1 };
  const scenario = new ReportingScenario({}, { sampling: { adaptive } });
  const begun = scenario.begin({});
  for (let i = 0; i < 3; i++) scenario.exchange({});
  scenario.emulator.clock.advance(1000);
  for (let i = 0; i < 10; i++) scenario.exchange({ milliseconds: 1 });
  begun.end();
  const params = received(scenario.flush()).spans.map(({ attributes }) => attributes["sampler.param"]);
  assert.equal(params.at(-1), "1.0");
  assert.ok(params.includes("0.25"), "4 in a second");
});

test("a trace that was decided about elsewhere says nothing of it", () => {
  const scenario = new ReportingScenario({}, { sampling: { randomSamplingPercentage: 100 } });
  scenario.exchange({});
  scenario.exchange({ headers: { traceparent: traceparent() } });
  const [, came] = received(scenario.flush()).spans;
  assert.deepEqual(
    Object.keys(came?.attributes ?? {}).filter((name) => name.startsWith("sampl")),
    [],
  );
});

test("a context without a decision is decided about here, and its span says by what", () => {
  const headers = { "x-b3-traceid": "463ac35c9f6413ad48485a3953bb6124", "x-b3-spanid": "a2fb4a1d1a96d312" };
  assert.deepEqual(tagsOf({ randomSamplingPercentage: 100 }, headers), ["probabilistic", "1.0", "default"]);
});

test("Zipkin gets them as tags", () => {
  const sampling = { randomSamplingPercentage: 100 };
  const cluster = "outbound|4318||otel.observability.svc.cluster.local";
  const scenario = new ReportingScenario({ zipkin: { cluster, authority: "zipkin:9411" } }, { sampling });
  scenario.exchange({});
  const [span] = JSON.parse(scenario.flush().body) as { tags: Record<string, string> }[];
  assert.deepEqual([span?.tags["sampler.type"], span?.tags["sampler.param"]], ["probabilistic", "1.0"]);
});
