/**
 * `rateLimiting`: in any time T at most rate · T + max(rate, 1) + W - 1 traces are sampled, by W workers together, and not fewer than the rate
 * allows if there are enough. `SEED=` replays the random runs.
 */
import assert from "node:assert/strict";
import { test } from "node:test";
import { Random, seedOfRun } from "../../../../test/oracle/random.ts";
import { Emulator, Status, type Root } from "../../../../emulator/index.ts";
import { TRACE_PROPAGATION } from "./compiled.ts";
import { mostAboveRate } from "./rates.ts";
import { PLUGIN, Scenario, traceparent, type Sent } from "./scenario.ts";

const SEED = seedOfRun();
const NOW = "clock_time_get 1";

const limited = (maxTracesPerSecond: number): object => ({ sampling: { rateLimiting: { maxTracesPerSecond } } });
const metric = (what: string, rule = "default", plugin = PLUGIN): string =>
  `trace_propagation.sampling.${plugin}.${rule}.${what}`;

function isSampled(sent: Sent): boolean {
  return sent.get("traceparent")?.endsWith("-03") === true;
}

/** Of so many requests that begin a trace now, how many are sampled. */
function sampled(
  scenario: Scenario,
  times: number,
  root: Root = scenario.root,
  headers: Record<string, string> = {},
): number {
  return Array.from({ length: times }, () => scenario.inbound(headers, root).end()).filter(isSampled).length;
}

/** A process with so many workers, none of which records its calls. */
function workers(configuration: object, count: number): { emulator: Emulator; roots: Root[] } {
  const emulator = new Emulator({ record: false, seed: SEED });
  const roots = Array.from({ length: count }, () =>
    TRACE_PROPAGATION.configured(TRACE_PROPAGATION.loadInto(emulator), configuration, { pluginName: PLUGIN }),
  );
  return { emulator, roots };
}

/** Whether a trace that begins at a worker is sampled. */
function begins(root: Root): boolean {
  const stream = root.stream({ requestHeaders: [[":path", "/"]], properties: {} });
  const { headers } = stream.requestHeaders();
  stream.end();
  return headers.some(([name, value]) => name === "traceparent" && value.endsWith("-03"));
}

/** Has others do something at each worker between its reading of what was granted, and its counting. */
function betweenReadAndCount(roots: readonly Root[], act: () => void): void {
  for (const { vm } of roots) {
    const increment = vm.metricIds.increment.bind(vm.metricIds);
    vm.metricIds.increment = (id, offset) => {
      if (vm.metricIds.name(id).endsWith(".granted")) act();
      return increment(id, offset);
    };
  }
}

test("one worker: as many at once as a second allows, and then as many as time allows", () => {
  const scenario = new Scenario(limited(5));
  assert.equal(sampled(scenario, 100), 5);
  scenario.emulator.clock.advance(199);
  assert.equal(sampled(scenario, 100), 0);
  scenario.emulator.clock.advance(1);
  assert.equal(sampled(scenario, 100), 1);
  scenario.emulator.clock.advance(400);
  assert.equal(sampled(scenario, 100), 2);
  scenario.emulator.clock.advance(3_600_000);
  assert.equal(sampled(scenario, 100), 5, "no more is saved than for a second");
  assert.equal(scenario.emulator.metrics.counters.get(metric("granted")), 13n);
});

test("less than one a second: one at once, then one in that time", () => {
  const scenario = new Scenario(limited(0.1));
  assert.equal(sampled(scenario, 10), 1);
  scenario.emulator.clock.advance(9_999);
  assert.equal(sampled(scenario, 10), 0);
  scenario.emulator.clock.advance(1);
  assert.equal(sampled(scenario, 10), 1);
});

test("the most and the least that can be written", () => {
  const most = new Scenario(limited(1_000_000));
  assert.equal(sampled(most, 2000), 2000);
  const least = new Scenario(limited(0.001));
  assert.equal(sampled(least, 5), 1);
  least.emulator.clock.advance(999_999);
  assert.equal(sampled(least, 5), 0);
  least.emulator.clock.advance(1);
  assert.equal(sampled(least, 5), 1);
});

test(`W workers at any times, alone and at one instant: the bound over every window, and the rate if there are enough; SEED=${SEED}`, () => {
  for (const [index, [count, rate]] of [1, 2, 4, 8]
    .flatMap((w) => [0.5, 2.5, 5, 40].map((n) => [w, n] as const))
    .entries()) {
    const random = new Random(SEED + index);
    const { emulator, roots } = workers(limited(rate), count);
    const granted: number[] = [];
    let now = 0;
    let waiting: Root[] = [];
    const next = (): void => {
      const root = waiting.pop();
      if (root !== undefined && begins(root)) granted.push(now);
    };
    betweenReadAndCount(roots, next);
    /** Steps of a phase: how long each is, and how often all workers decide at one instant. */
    const phase = (steps: number, most: number, together: number): void => {
      for (let i = 0; i < steps; i++) {
        const step = random.int(most) + 1;
        emulator.clock.advance(step);
        now += step;
        waiting = random.percent(together) ? [...roots] : [random.pick(roots)];
        while (waiting.length > 0) next();
      }
    };
    const say = `${count} workers, ${rate}/s, SEED=${SEED}`;
    phase(40, 4000, 50);
    const [before, from] = [granted.length, now];
    phase(2000, Math.max(2, 40 / rate), 30);
    // Where the credit is full with one trace, what grows before the next request, a 25th of a trace at most, is forfeited.
    const least = Math.floor(((now - from) / 1000) * rate * 0.96) - count;
    assert.ok(granted.length - before >= least, `${say}: ${granted.length - before} of ${least}`);
    phase(20, 10_000, 100);
    const above = mostAboveRate(granted, rate);
    // Credit is counted in thousandths.
    assert.ok(above <= Math.max(rate, 1) + count - 1 + 0.001 + 1e-6, `${say}: ${above} above the rate`);
    assert.equal(emulator.metrics.counters.get(metric("granted")), BigInt(granted.length), say);
  }
});

test("a worker that finds no credit left asks nobody but the clock until there can be some", () => {
  const scenario = new Scenario(limited(5));
  const begun = (): string[] =>
    scenario.during(() => scenario.inbound({})).filter((call) => /metric .*sampling|clock/.test(call));
  const read = [NOW, `get_metric ${metric("granted")}`, `get_metric ${metric("forfeited")}`];
  const count = `increment_metric ${metric("granted")} 1`;
  const first = begun();
  assert.deepEqual(first.slice(0, 3), read);
  assert.match(first[3] ?? "", /^record_metric .*forfeited /, "what grew before the process began");
  assert.deepEqual(first.slice(4), [read[2], count]);
  for (let i = 0; i < 4; i++) assert.deepEqual(begun(), [...read, count]);
  assert.deepEqual(begun(), read);
  for (let i = 0; i < 10; i++) assert.deepEqual(begun(), [NOW]);
  scenario.emulator.clock.advance(199);
  assert.deepEqual(begun(), [NOW]);
  scenario.emulator.clock.advance(1);
  assert.deepEqual(begun(), [...read, count]);
});

test("a request that comes with a decision, or under another rule, asks nothing of the limit", () => {
  const rules = [{ match: [{ uri: { prefix: "/" } }], randomSamplingPercentage: 100 }];
  for (const [configuration, headers] of [
    [limited(5), { traceparent: traceparent() }],
    [{ sampling: { rateLimiting: { maxTracesPerSecond: 5 }, rules } }, {}],
  ] as const) {
    const scenario = new Scenario(configuration);
    const calls = scenario.during(() => scenario.inbound(headers).end());
    assert.deepEqual(
      calls.filter((call) => /sampling|clock/.test(call)),
      [],
    );
  }
});

test("tracestate says no threshold, and loses one that came, as nobody knows the probability", () => {
  const scenario = new Scenario({ extract: ["w3c", "b3"], participate: true, ...limited(5) });
  const sent = scenario.inbound({});
  assert.ok(isSampled(sent));
  assert.equal(sent.get("tracestate"), `signalbox=${sent.span}`);
});

test("rules have limits of their own, by name or number, and a plugin's listeners share them", () => {
  const rateLimiting = { maxTracesPerSecond: 2 };
  const match = [{ headers: { "x-debug": { exact: "1" } } }];
  const rules = [
    { name: "debug", match, rateLimiting },
    { match: [{ headers: { "x-test": { exact: "1" } } }], rateLimiting },
  ];
  const configuration = { sampling: { randomSamplingPercentage: 0, rules } };
  const scenario = new Scenario(configuration);
  const worker = scenario.worker(configuration);
  const other = scenario.push(configuration, "default.other");
  assert.equal(sampled(scenario, 10, scenario.root, { "x-debug": "1" }), 2);
  assert.equal(sampled(scenario, 10, worker, { "x-debug": "1" }), 0, "the same, on another worker");
  assert.equal(sampled(scenario, 10, scenario.push(configuration), { "x-debug": "1" }), 0, "the same, after a push");
  assert.equal(sampled(scenario, 10, scenario.root, { "x-test": "1" }), 2, "another rule");
  assert.equal(sampled(scenario, 10, other, { "x-debug": "1" }), 2, "another plugin");
  assert.equal(sampled(scenario, 10), 0);
  const granted = [...scenario.emulator.metrics.counters].filter(([name]) => name.endsWith(".granted"));
  assert.deepEqual(
    new Map(granted),
    new Map([
      [metric("granted", "debug"), 2n],
      [metric("granted", "1"), 2n],
      [metric("granted", "debug", "default.other"), 2n],
      [metric("granted", "1", "default.other"), 0n],
    ]),
  );
});

test("a push with another rate: the new one holds at once", () => {
  const scenario = new Scenario(limited(1000));
  assert.equal(sampled(scenario, 2000), 1000);
  const lower = scenario.push(limited(2));
  assert.equal(sampled(scenario, 100, lower), 0, "all credit was spent");
  scenario.emulator.clock.advance(500);
  assert.equal(sampled(scenario, 100, lower), 1);
  const higher = scenario.push(limited(100));
  assert.ok(sampled(scenario, 1000, higher) <= 100);
  scenario.emulator.clock.advance(1000);
  assert.equal(sampled(scenario, 1000, higher), 100);
});

test("the counters are reset: the credit is full at most", () => {
  const scenario = new Scenario(limited(5));
  assert.equal(sampled(scenario, 100), 5);
  scenario.emulator.metrics.counters.set(metric("granted"), 0n);
  scenario.emulator.clock.advance(1000);
  assert.equal(sampled(scenario, 100), 5);
  scenario.emulator.clock.advance(1000);
  assert.equal(sampled(scenario, 100), 5);
});

test("a gauge that has the value of the process before added to it, as after a hot restart, until that ends", () => {
  const scenario = new Scenario(limited(5));
  let ofBefore = 7_000_000n;
  const { metricIds } = scenario.vm;
  const get = metricIds.get.bind(metricIds);
  metricIds.get = (id) => {
    const value = get(id);
    const adds = typeof value === "bigint" && metricIds.name(id).endsWith(".forfeited");
    return adds ? BigInt.asUintN(64, value + ofBefore) : value;
  };
  const second = (): number => {
    scenario.emulator.clock.advance(1000);
    return sampled(scenario, 100);
  };
  assert.equal(sampled(scenario, 100), 5);
  assert.deepEqual([second(), second()], [5, 5]);
  ofBefore = 0n;
  assert.ok(second() <= 5);
  assert.deepEqual([second(), second()], [5, 5]);
  ofBefore = 1n << 62n;
  assert.ok(second() <= 5);
  assert.deepEqual([second(), second()], [5, 5]);
});

test("a host that tells no time, or counts nothing: no trace is sampled, and a warning says why", () => {
  const timeless = new Scenario(limited(5));
  timeless.emulator.clock.monotonic = 0n;
  assert.equal(sampled(timeless, 10), 0);
  for (const failing of ["proxy_get_metric", "proxy_define_metric"]) {
    const scenario = new Scenario({});
    scenario.emulator.fail(failing, Status.InternalFailure);
    const root = scenario.push(limited(5), "default.uncounted");
    assert.equal(sampled(scenario, 10, root), 0, failing);
    const warnings = scenario.emulator.logs.filter(({ level }) => level === "warn").map(({ message }) => message);
    assert.deepEqual(warnings, [
      "trace-propagation: rateLimiting and adaptive let nothing through: Envoy does not count this plugin's metrics; a stats_matcher must not leave out wasmcustom.trace_propagation",
    ]);
  }
});
