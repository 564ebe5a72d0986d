/**
 * A host that does not do its part: requests pass, which is counted, and a warning says so. And configurations, requests, responses and
 * bytes of every kind: nothing traps. `SEED=` replays a run, `FUZZ=` sets how many rounds.
 */
import assert from "node:assert/strict";
import { test } from "node:test";
import { Status } from "../../../../emulator/index.ts";
import { anyConfiguration } from "../../../../test/support/module/mutate.ts";
import { Random, seedOfRun } from "../../../../test/oracle/random.ts";
import { CIRCUIT_BREAKING } from "./compiled.ts";
import { ANSWERS, anyHeaders, EVERYTHING, ONE } from "./everything.ts";
import { FAILS, FLAG, GET, OK, PLUGIN, Scenario, reviews } from "./scenario.ts";

const SEED = seedOfRun();
const ROUNDS = Number(process.env["FUZZ"] ?? 2000);
const STATUSES = [Status.NotFound, Status.BadArgument, Status.InvalidMemoryAccess, Status.InternalFailure];

test("without shared data nothing opens, requests pass, and a warning says so", () => {
  const { emulator, vm } = CIRCUIT_BREAKING.load();
  emulator.fail("proxy_set_shared_data", Status.InternalFailure);
  emulator.fail("proxy_get_shared_data", Status.InternalFailure);
  const root = CIRCUIT_BREAKING.configured(vm, reviews(ONE), { pluginName: PLUGIN });
  assert.deepEqual(
    emulator.logs.map(({ level, message }) => `${level} ${message}`),
    ["warn circuit-breaking: no circuit opens: Envoy takes no shared data from this plugin"],
  );
  for (let i = 0; i < 5; i++) {
    const stream = root.stream({ requestHeaders: GET, properties: { response: { code_details: "via_upstream" } } });
    stream.requestHeaders();
    assert.equal(stream.localReply, undefined);
    stream.responseHeaders({ ":status": "500" });
    stream.end();
  }
});

test("without metrics nothing opens, requests pass, and a warning says so", () => {
  const { emulator, vm } = CIRCUIT_BREAKING.load();
  // What a stats_matcher leaves out is counted nowhere, and no call fails.
  emulator.metrics.of = () => new Map<string, bigint>();
  CIRCUIT_BREAKING.configured(vm, reviews(ONE), { pluginName: PLUGIN });
  assert.match(
    emulator.logs[0]?.message ?? "",
    /^circuit-breaking: no circuit opens: Envoy does not count this plugin's/,
  );
});

test("a host that fails later: what is open stays unknown, requests pass and are counted", () => {
  const scenario = new Scenario(reviews(ONE));
  scenario.ask(FAILS);
  scenario.after(1000);
  scenario.emulator.fail("proxy_set_shared_data");
  assert.equal(scenario.asks(3), "...");
  assert.equal(scenario.counter("errors"), 3);
  scenario.emulator.clearFaults();
  assert.equal(scenario.ask(OK), false);
  assert.equal(scenario.state(), "closed");
});

test("a worker that others are in the way of each time refuses", () => {
  const scenario = new Scenario(reviews(ONE));
  scenario.ask(FAILS);
  scenario.after(1000);
  scenario.emulator.fail("proxy_set_shared_data", Status.CasMismatch, { times: 8 });
  assert.equal(scenario.ask(), true);
  scenario.emulator.fail("proxy_set_shared_data", Status.CasMismatch, { times: 7 });
  assert.equal(scenario.ask(OK), false);
});

test("the opening that a worker could not write, the next error does", () => {
  const scenario = new Scenario(reviews(ONE));
  scenario.emulator.fail("proxy_set_shared_data", Status.CasMismatch, { times: 8 });
  assert.equal(scenario.asks(2, FAILS), "..");
  assert.equal(scenario.state(), "open");
});

test(`whatever the host refuses, nothing traps; SEED=${SEED}`, () => {
  const random = new Random(SEED);
  const healthy = new Scenario(EVERYTHING, { logLevel: "debug" });
  const calls = new Set<string>(["malloc"]);
  const live = (scenario: Scenario): void => {
    for (let i = 0; i < 40; i++) {
      scenario.send(anyHeaders(random)).answer(random.pick(ANSWERS));
      if (random.percent(20)) scenario.after(random.pick([500, 2000]));
    }
    for (const { name } of scenario.vm.hostCalls) calls.add(name);
    assert.equal(scenario.vm.failed, undefined);
  };
  live(healthy);
  for (const call of calls) {
    for (const status of STATUSES) {
      const scenario = new Scenario(EVERYTHING, { logLevel: "debug" });
      scenario.emulator.fail(call, status);
      live(scenario);
      scenario.emulator.clearFaults();
      scenario.emulator.fail(call, status, { when: () => random.percent(30) });
      live(scenario);
    }
  }
  assert.ok(
    ["proxy_set_shared_data", "proxy_send_local_response", "proxy_set_property"].every((one) => calls.has(one)),
  );
});

test(`bytes of any kind in the shared data, and metrics of any value, trap nothing; SEED=${SEED}`, () => {
  const random = new Random(SEED);
  const { emulator } = new Scenario(EVERYTHING);
  const scenario = new Scenario(EVERYTHING, { record: false, logLevel: "error" });
  assert.notEqual(emulator, scenario.emulator);
  const { sharedData, metrics } = scenario.emulator;
  for (let round = 0; round < ROUNDS; round++) {
    for (const key of sharedData.keys("")) {
      if (!random.percent(20)) continue;
      const value = sharedData.get("", key)?.value ?? "";
      const bytes = Buffer.from(value, "latin1");
      const kept = random.percent(60) ? 8 : 0;
      for (let at = kept; at < bytes.length; at++) if (random.percent(30)) bytes[at] = random.int(256);
      const length = random.percent(80) ? bytes.length : random.int(bytes.length + 1);
      sharedData.set("", key, bytes.subarray(0, length).toString("latin1"));
    }
    for (const name of metrics.gauges.keys()) {
      if (random.percent(5)) metrics.gauges.set(name, BigInt(random.int(2 ** 30)) << BigInt(random.int(34)));
    }
    for (const name of metrics.counters.keys()) {
      if (random.percent(5)) metrics.counters.set(name, BigInt(random.int(2 ** 30)));
    }
    scenario.send(anyHeaders(random)).answer(random.pick(ANSWERS));
    assert.equal(scenario.vm.failed, undefined, `round ${round}`);
  }
});

test(`no configuration and no request traps; SEED=${SEED}`, () => {
  const random = new Random(SEED);
  const { emulator, vm } = CIRCUIT_BREAKING.load({ record: false, logLevel: "debug" });
  const documents = [EVERYTHING, reviews(ONE)].map((one) => JSON.stringify(one));
  for (let round = 0; round < ROUNDS; round++) {
    const document = random.pick(documents);
    const configuration = random.percent(20) ? document : anyConfiguration(random, document);
    const root = vm.createRoot({ configuration, pluginName: PLUGIN });
    for (let i = 0; root.accepted && i < 5; i++) {
      const headers = { ...anyHeaders(random), "content-type": random.bytes(random.int(30)) };
      const response = { code_details: random.bytes(random.int(60)), flags: random.pick([0n, FLAG.DC, FLAG.UC]) };
      const stream = root.stream({ requestHeaders: headers, properties: { response } });
      stream.requestHeaders();
      if (stream.localReply === undefined && random.percent(80)) {
        const odd = { ":status": random.bytes(random.int(6)), "grpc-status": random.bytes(random.int(12)) };
        stream.responseHeaders(random.percent(50) ? odd : { ":status": "503", "retry-after": random.bytes(20) });
      }
      stream.end();
    }
    assert.equal(vm.failed, undefined, `round ${round}: ${Buffer.from(configuration).toString("latin1")}`);
    root.delete();
    emulator.logs.length = 0;
  }
});

test("a push of the same rules keeps the state, and of others closes it; a probe of the old one gives its place back", () => {
  const scenario = new Scenario(reviews(ONE));
  scenario.ask(FAILS);
  const same = scenario.push();
  assert.equal(scenario.ask(OK, GET, same), true);
  assert.equal(scenario.of("reviews", "opened"), 1);
  const other = scenario.push(scenario.vm, reviews({ ...ONE, baseEjectionTime: "2s" }));
  assert.equal(scenario.ask(OK, GET, other), false);
  assert.equal(scenario.state(), "closed");
  assert.equal(scenario.ask(OK, GET, same), false, "what is left of the old one lets pass");
});
