/** What becomes of requests that wait for a large configuration, and of configurations that prove wrong or go before they are read. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { isReading, readAll, tick } from "../../support/module/steps.ts";
import {
  GET,
  Process,
  allowing,
  allowingAtOnce,
  breaking,
  injecting,
  outcome,
  sampling,
  sendingTo,
} from "./process.ts";

const DENIED = "rbac_access_denied_matched_policy[none]";
const at = (path: string): Record<string, string> => ({ ...GET, ":path": path });

test("what proves wrong though it was said to be accepted: authz denies, others let pass, and it is said once", () => {
  const fault = { abort: { percentage: { value: 100 }, httpStatus: 503 } };
  for (const [module, document, expected] of [
    ["authz", allowing("/"), "authz_not_configured"],
    ["header-routing", sendingTo("v2"), "on"],
    ["fault-injection", injecting(fault), "on"],
    ["circuit-breaking", breaking("FORCED_OPEN"), "on"],
    ["trace-propagation", sampling(100), "on"],
    ["signalbox", { authz: { policies: (allowing("/") as { policies: object }).policies } }, "authz_not_configured"],
  ] as const) {
    const process = new Process(module);
    const vm = process.vm();
    const wrong = { ...document, nonsense: 1 };
    process.forge(document, [wrong]);
    const root = process.root(vm, wrong);
    assert.equal(root.accepted, true, module);
    const held = [1, 2].map(() => {
      const stream = root.stream({ requestHeaders: GET });
      stream.requestHeaders();
      return stream;
    });
    assert.deepEqual(
      held.map(({ requestPaused }) => requestPaused),
      [true, true],
    );
    readAll(root);
    const said = (stream: (typeof held)[number]): string =>
      stream.localReply?.details ?? (stream.requestPaused ? "held" : "on");
    assert.deepEqual(held.map(said), [expected, expected], module);
    assert.equal(outcome(root), expected, module);
    const critical = process.emulator.logs.filter(({ level }) => level === "critical").map(({ message }) => message);
    assert.equal(critical.length, 2, critical.join("\n"));
    assert.match(critical[0]!, /nonsense/);
    assert.match(critical[1]!, /the proxy's shared data says that it was accepted/);
    assert.equal(vm.failed, undefined);
  }
});

test("malformed JSON, though it was said to be accepted: nothing of it decides, and where it is malformed is said once", () => {
  const text = JSON.stringify(allowing("/"));
  const at = text.indexOf('"/never/300/"') + '"/never/300/"'.length;
  for (const [malformed, problem, byte] of [
    // A long list ends early for who reads it, and all that comes after it is well formed.
    [`${text.slice(0, at)},${text.slice(at)}`, "expected a value", at + 1],
    // Brackets do not pair.
    [text.replace(/\]\}\}\]\}\]\}\]\}$/, "}}]}]}]}"), "expected a comma or the closing bracket", text.length - 9],
    // What stands outside of long lists.
    [text.replace(/\}$/, ',"direction":"INBOUND"}'), "an object has the same name twice", text.length],
  ] as const) {
    const process = new Process("authz");
    const vm = process.vm();
    process.forge(allowing("/"), [malformed]);
    const root = process.root(vm, malformed);
    assert.equal(root.accepted, true);
    const stream = root.stream({ requestHeaders: GET });
    stream.requestHeaders();
    readAll(root);
    assert.equal(stream.localReply?.details, "authz_not_configured");
    const critical = process.emulator.logs.filter(({ level }) => level === "critical").map(({ message }) => message);
    assert.equal(critical.length, 2, critical.join("\n"));
    assert.equal(critical[0], `authz: pluginConfig: not JSON: ${problem} (byte ${byte})`);
    // A canary says the same.
    const other = new Process("authz");
    assert.equal(other.canary(malformed), false);
    assert.ok(other.emulator.logs.some(({ message }) => message === critical[0]));
  }
});

test("a list that no filter reads must be JSON too", () => {
  const trafficPolicy = '"trafficPolicy":{"outlierDetection":{"consecutive5xxErrors":5}}';
  const document = (last: string): string =>
    `{"destinationRules":[{"name":"a","host":"a","exportTo":[${'"b",'.repeat(2000)}${last}],${trafficPolicy}}]}`;
  const process = new Process("circuit-breaking");
  assert.equal(process.canary(document('"c"')), true);
  assert.equal(process.canary(document("nul")), false);
  assert.deepEqual(
    process.emulator.logs.map(({ message }) => message).filter((message) => message.includes("JSON")),
    [`circuit-breaking: pluginConfig: not JSON: expected a value (byte ${document("nul").indexOf("nul")})`],
  );
});

test("requests that waited are delayed by the same timer: each goes on when its delay is over, and not when all is read", () => {
  const process = new Process("fault-injection");
  const vm = process.busyVm(SMALL["fault-injection"]);
  process.makeLooksTake(300);
  const fault = { delay: { percentage: { value: 100 }, fixedDelay: "5s" } };
  const root = process.pushed(vm, injecting(fault));
  const streams = Array.from({ length: 50 }, () => {
    const stream = root.stream({ requestHeaders: GET });
    stream.requestHeaders();
    return stream;
  });
  const held = (): number => streams.filter(({ requestPaused }) => requestPaused).length;
  for (let ticks = 0; root.tickPeriod < 1000; ticks++) {
    assert.ok(ticks < 1000);
    tick(root);
    assert.equal(held(), 50);
  }
  const { clock } = process.emulator;
  const before = clock.monotonic;
  for (let ticks = 0; held() > 0; ticks++) {
    assert.ok(ticks < 1000);
    tick(root);
  }
  const seconds = Number(clock.monotonic - before) / 1e9;
  assert.ok(seconds > 4 && seconds < 6, `${seconds} s`);
  assert.deepEqual(
    streams.map(({ localReply }) => localReply),
    streams.map(() => undefined),
  );
  assert.equal(vm.failed, undefined);
});

test("all requests that waited go on, more than one call of the timer may resume, and each is judged by the whole plan", () => {
  const process = new Process("authz");
  const vm = process.busyVm(allowingAtOnce("/"));
  process.makeLooksTake(300);
  const root = process.pushed(vm, allowing("/a"));
  const streams = Array.from({ length: 100 }, (_, index) => {
    const stream = root.stream({ requestHeaders: at(index % 2 === 0 ? "/a" : "/b") });
    assert.equal(stream.requestHeaders().action, "StopAllIterationAndWatermark");
    return stream;
  });
  const ticks = readAll(root);
  streams.forEach((stream, index) => {
    if (index % 2 === 0) assert.deepEqual([stream.requestPaused, stream.localReply], [false, undefined]);
    else assert.equal(stream.localReply?.details, DENIED);
    stream.end();
  });
  assert.ok(ticks >= 4, `${ticks} ticks`);
  assert.equal(vm.failed, undefined);
});

test("requests that end while they wait are forgotten, and those after them go on", () => {
  const process = new Process("authz");
  const vm = process.busyVm(allowingAtOnce("/"));
  process.makeLooksTake(300);
  const root = process.pushed(vm, allowing("/a"));
  const streams = Array.from({ length: 50 }, () => {
    const stream = root.stream({ requestHeaders: at("/a") });
    stream.requestHeaders();
    return stream;
  });
  streams.forEach((stream, index) => index % 3 === 0 && stream.end());
  readAll(root);
  assert.deepEqual(
    streams.filter((stream, index) => index % 3 !== 0 && stream.requestPaused),
    [],
  );
  assert.equal(outcome(root, at("/b")), DENIED);
  assert.equal(vm.failed, undefined);
});

test("requests whose clients hang up while they wait are neither continued nor answered, though Envoy still has their contexts", () => {
  const fault = { abort: { percentage: { value: 100 }, httpStatus: 503 } };
  for (const [module, document, expected] of [
    ["authz", allowing("/"), "on"],
    ["authz", allowing("/other"), DENIED],
    ["header-routing", sendingTo("v2"), "on"],
    ["fault-injection", injecting(fault), "fault_filter_abort"],
    ["signalbox", { authz: allowing("/") }, "on"],
    ["signalbox", { authz: allowing("/other") }, DENIED],
    ["circuit-breaking", breaking("DISABLED"), "on"],
    ["circuit-breaking", breaking("FORCED_OPEN"), "circuit_open{all}"],
    ["trace-propagation", sampling(100), "on"],
    ["signalbox", { authz: allowing("/"), tracePropagation: sampling(100) }, "on"],
    ["signalbox", { circuitBreaking: breaking("FORCED_OPEN") }, "circuit_open{all}"],
  ] as const) {
    const process = new Process(module);
    const { direction: _, ...authz } = ("authz" in document ? document.authz : {}) as Record<string, unknown>;
    const vm = process.busyVm(SMALL[module]);
    process.makeLooksTake(300);
    const pushed = "authz" in document ? { ...document, direction: "INBOUND", authz } : document;
    const root = process.pushed(vm, pushed);
    const streams = Array.from({ length: 50 }, () => {
      const stream = root.stream({ requestHeaders: GET });
      stream.requestHeaders();
      return stream;
    });
    const gone = (index: number): boolean => index % 3 === 0;
    streams.forEach((stream, index) => gone(index) && stream.hangUp());
    readAll(root);
    streams.forEach((stream, index) => {
      const said = stream.localReply?.details ?? (stream.requestPaused ? "held" : "on");
      assert.equal(said, gone(index) ? "held" : expected, `${module} ${index}`);
      if (gone(index)) stream.delete();
      else stream.end();
    });
    assert.equal(vm.failed, undefined);
  }
});

const SMALL: Readonly<Record<string, unknown>> = {
  authz: allowingAtOnce("/"),
  "header-routing": { virtualServices: [{ hosts: ["*"], http: [{ route: [{ destination: { host: "a" } }] }] }] },
  "fault-injection": { virtualServices: [] },
  "circuit-breaking": { destinationRules: [] },
  "trace-propagation": {},
  signalbox: { authz: { policies: [] } },
};

const PUSHES = {
  authz: { small: allowingAtOnce("/"), documents: ["/a", "/b", "/c"].map((path) => allowing(path)) },
  "circuit-breaking": {
    small: { destinationRules: [] },
    documents: [breaking("FORCED_OPEN"), breaking("DISABLED"), { ...breaking("DISABLED"), expose: true }],
  },
  "trace-propagation": {
    small: {},
    documents: [
      sampling(0),
      { ...sampling(100), join: { whenAlone: true } },
      { ...sampling(100), participate: true, reporting: { opentelemetry: { service: "a.b" } } },
    ],
  },
};

for (const [module, { small, documents }] of Object.entries(PUSHES))
  test(`memory is flat over pushes that are read, that go unread and that go half read, with requests that wait: ${module}`, () => {
    const process = new Process(module, { record: false });
    const vm = process.busyVm(small);
    process.makeLooksTake(200);
    for (const document of documents) process.canary(document);
    let settled = 0;
    for (let push = 0; push < 1000; push++) {
      const root = process.root(vm, documents[push % 3]!, { rootId: `r${push}` });
      assert.equal(root.accepted, true);
      const stream = root.stream({ requestHeaders: at("/a") });
      stream.requestHeaders();
      if (push % 4 === 0) readAll(root);
      else for (let slices = 0; slices < (push % 4) - 1 && isReading(root); slices++) root.tick();
      stream.end();
      root.delete();
      if (push === 100) settled = vm.memoryBytes;
    }
    assert.equal(vm.memoryBytes, settled);
    assert.equal(vm.failed, undefined);
  });
