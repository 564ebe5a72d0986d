/**
 * `adaptive`: the probability follows what arrives at all workers together, so that a target of traces a second is sampled; a limit of
 * twice the target stands after it. `SEED=` replays the random runs.
 */
import assert from "node:assert/strict";
import { test } from "node:test";
import { Random, seedOfRun } from "../../../../test/oracle/random.ts";
import { Emulator, type Root } from "../../../../emulator/index.ts";
import { TRACE_PROPAGATION } from "./compiled.ts";
import { mostAboveRate } from "./rates.ts";
import { PLUGIN, Scenario, traceparent, type Sent } from "./scenario.ts";

const SEED = seedOfRun();
const BILLION = 1e9;

const adapting = (fields: object, rule = {}): object => ({ sampling: { adaptive: fields, ...rule } });
const metric = (what: string): string => `trace_propagation.sampling.${PLUGIN}.default.${what}`;

const isSampled = (sent: Sent): boolean => sent.get("traceparent")?.endsWith("-03") === true;
const saysThreshold = (sent: Sent): boolean => sent.get("tracestate")?.startsWith("ot=th:") === true;

/** The probability that the workers go by, in billionths. */
function probability({ metrics }: Emulator): number {
  return Number(metrics.gauges.get(metric("probability_ppb")));
}

/** So many requests a second for so many seconds, evenly, each at a worker of its own choice; the times at which traces were sampled. */
class Load {
  readonly sampled: number[] = [];
  private now = 0;
  private readonly emulator: Emulator;
  private readonly roots: readonly Root[];

  constructor(
    configuration: object,
    workers: number,
    private readonly random: Random,
  ) {
    this.emulator = new Emulator({ record: false, seed: random.int(1 << 30) });
    this.roots = Array.from({ length: workers }, () =>
      TRACE_PROPAGATION.configured(TRACE_PROPAGATION.loadInto(this.emulator), configuration, { pluginName: PLUGIN }),
    );
  }

  /** How many traces were sampled in that time. */
  run(rate: number, seconds: number): number {
    const before = this.sampled.length;
    for (let i = 0; i < rate * seconds; i++) {
      this.emulator.clock.advance(1000 / rate);
      this.now += 1000 / rate;
      const stream = this.random.pick(this.roots).stream({ requestHeaders: [[":path", "/"]], properties: {} });
      const { headers } = stream.requestHeaders();
      stream.end();
      const traceparent = headers.find(([name]) => name === "traceparent")?.[1];
      if (traceparent?.endsWith("-03") === true) this.sampled.push(this.now);
    }
    return this.sampled.length - before;
  }
}

test(`W workers under 100, 1000 and 20 requests a second: the target in each, after two intervals; the bound in every window; SEED=${SEED}`, () => {
  const target = 5;
  for (const [index, workers] of [1, 4, 8].entries()) {
    const load = new Load(
      adapting({ targetSamplesPerSecond: target, minSamplesPerSecond: 0 }),
      workers,
      new Random(SEED + index),
    );
    for (const [rate, seconds] of [
      [100, 60],
      [1000, 30],
      [20, 100],
    ] as const) {
      load.run(rate, 20);
      const count = load.run(rate, seconds);
      // The probability stays while what it comes to is within 0.3 of the target; what is drawn by it has this deviation.
      const spread = 5 * Math.sqrt(target * seconds);
      const say = `${workers} workers, ${rate}/s: ${count} in ${seconds} s; SEED=${SEED}`;
      assert.ok(count >= target * 0.7 * seconds - spread && count <= target * 1.3 * seconds + spread, say);
    }
    // The limit is twice the target, and saves up the target of one interval of 10 s.
    const above = mostAboveRate(load.sampled, 2 * target);
    assert.ok(above <= target * 10 + workers - 1 + 0.001 + 1e-6, `${workers} workers: ${above}; SEED=${SEED}`);
  }
});

test("the probability is the target by what arrived in the last interval, for all workers", () => {
  const configuration = adapting({ targetSamplesPerSecond: 2, calculationInterval: "5s" });
  const scenario = new Scenario(configuration);
  const other = scenario.worker(configuration);
  const { emulator } = scenario;
  for (let i = 0; i < 100; i++) scenario.inbound({}).end();
  for (let i = 0; i < 100; i++) scenario.inbound({}, other).end();
  assert.equal(emulator.metrics.counters.get(metric("arrived")), 200n);
  emulator.clock.advance(5000);
  // 200 in 5 s are 40 a second, so that it is 2 / 40.
  scenario.inbound({}).end();
  assert.equal(probability(emulator), 0.05 * BILLION);
  // 19 in 1 s would be 19 a second, but an interval must be over.
  emulator.clock.advance(1000);
  for (let i = 0; i < 18; i++) scenario.inbound({}).end();
  assert.equal(probability(emulator), 0.05 * BILLION);
  // 208 since then in 5 s: 41.6 a second are 2.08 with it, within 0.3 of the target: it stays.
  for (let i = 0; i < 189; i++) scenario.inbound({}).end();
  emulator.clock.advance(4000);
  scenario.inbound({}).end();
  assert.equal(probability(emulator), 0.05 * BILLION);
  // 20 in 5 s are 4 a second, which need a half.
  for (let i = 0; i < 19; i++) scenario.inbound({}).end();
  emulator.clock.advance(5000);
  scenario.inbound({}).end();
  assert.equal(probability(emulator), 0.5 * BILLION);
  // One in 5 s is fewer than the target: all.
  emulator.clock.advance(5000);
  scenario.inbound({}).end();
  assert.equal(probability(emulator), BILLION);
  assert.equal(scenario.inbound({}).get("tracestate"), "ot=th:0");
});

test("a worker that begins, and a push, go on with the probability that the others came to", () => {
  const configuration = adapting({
    targetSamplesPerSecond: 1,
    initialSamplingProbability: 0.5,
    minSamplesPerSecond: 0,
  });
  const scenario = new Scenario(configuration);
  for (let i = 0; i < 20; i++) scenario.inbound({}).end();
  scenario.emulator.clock.advance(20_000);
  scenario.inbound({}).end();
  assert.equal(probability(scenario.emulator), BILLION);
  for (const root of [scenario.worker(configuration), scenario.push(configuration)]) {
    assert.equal(scenario.inbound({}, root).get("tracestate"), "ot=th:0");
  }
});

test("the counters are reset: the probability stays, and follows again", () => {
  const scenario = new Scenario(adapting({ targetSamplesPerSecond: 1, calculationInterval: "1s" }));
  const { emulator } = scenario;
  const second = (requests: number): number => {
    for (let i = 0; i < requests; i++) scenario.inbound({}).end();
    emulator.clock.advance(1000);
    scenario.inbound({}).end();
    return probability(emulator);
  };
  assert.equal(second(100), 0.01 * BILLION);
  emulator.metrics.counters.set(metric("arrived"), 0n);
  assert.equal(second(50), 0.01 * BILLION);
  assert.equal(second(49), 0.02 * BILLION);
});

test("the least probability holds, and th says what was decided by", () => {
  const scenario = new Scenario(
    adapting({
      ...{ targetSamplesPerSecond: 4, calculationInterval: "1s" },
      ...{ minSamplingProbability: 0.25, initialSamplingProbability: 0.5 },
    }),
  );
  const thresholds = (): unknown[] => {
    const each = Array.from({ length: 20 }, () => {
      scenario.emulator.clock.advance(50);
      return scenario.inbound({}).end();
    });
    const written = each.map((sent) => sent.get("tracestate")).filter((tracestate) => tracestate?.startsWith("ot="));
    return [...new Set(written)];
  };
  // OpenTelemetry's thresholds of a half and of a quarter.
  assert.deepEqual(thresholds(), ["ot=th:8"]);
  assert.deepEqual(thresholds(), ["ot=th:c"]);
  assert.equal(probability(scenario.emulator), 0.25 * BILLION);
});

test("a request that is not sampled costs the clock and the counter of what arrives", () => {
  const scenario = new Scenario(adapting({ initialSamplingProbability: 0.000000001, minSamplesPerSecond: 0 }));
  scenario.inbound({}).end();
  const calls = scenario.during(() => scenario.inbound({}).end());
  assert.deepEqual(
    calls.filter((call) => /sampling|clock/.test(call)),
    ["clock_time_get 1", `increment_metric ${metric("arrived")} 1`],
  );
});

test("a request that comes with a decision does not arrive", () => {
  const scenario = new Scenario(adapting({}));
  scenario.inbound({ traceparent: traceparent() }).end();
  assert.equal(scenario.emulator.metrics.counters.get(metric("arrived")), 0n);
});

test("while the limit refuses some, nobody knows the probability, and th is not written", () => {
  const scenario = new Scenario(adapting({ targetSamplesPerSecond: 2, initialSamplingProbability: 1 }));
  const sampled = Array.from({ length: 100 }, () => scenario.inbound({}).end()).filter(isSampled);
  // The limit saves up 2 · 10 s; what is left after each is more than half of that for the first ten.
  assert.equal(sampled.length, 21, "20, and one of the least a second");
  assert.deepEqual(
    sampled.map(saysThreshold),
    sampled.map((_, i) => i < 10),
  );
});

test("at least so many a second, however small the probability; of these nobody knows it", () => {
  const scenario = new Scenario(adapting({ initialSamplingProbability: 0.000000001, minSamplesPerSecond: 0.5 }));
  const each = Array.from({ length: 8 }, () => {
    const sent = scenario.inbound({}).end();
    scenario.emulator.clock.advance(1000);
    return sent;
  });
  assert.deepEqual(each.map(isSampled), [true, false, true, false, true, false, true, false]);
  assert.equal(each.filter(saysThreshold).length, 0);
});
