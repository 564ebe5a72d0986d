/** When a large configuration is read: at once, or later in slices, and by whom. */
import assert from "node:assert/strict";
import { test } from "node:test";
import type { Headers, Root } from "../../../emulator/index.ts";
import { isReading, readAll, tick } from "../../support/module/steps.ts";
import {
  GET,
  Process,
  allowing,
  allowingAtOnce,
  breaking,
  injecting,
  large,
  outcome,
  sampling,
  sendingTo,
} from "./process.ts";

const DENIED = "rbac_access_denied_matched_policy[none]";
const at = (path: string): Headers => ({ ...GET, ":path": path });

/** What the module asks of the host while something is done, in the words of the emulator. */
function callsDuring(root: Root, action: () => void): string[] {
  root.vm.hostCalls.length = 0;
  action();
  return root.vm.hostCalls.map(({ name }) => name.replace(/^proxy_/, ""));
}

test("what the process has not accepted before is read at once; of what is accepted a note is left, of what is refused none", () => {
  const process = new Process("authz");
  const root = process.root(process.vm(), allowing("/a"));
  assert.deepEqual([root.accepted, root.tickPeriod, outcome(root, at("/a"))], [true, 0, "on"]);
  assert.equal(process.emulator.sharedData.keys("").length, 1);

  const refusing = new Process("authz");
  const wrong = { ...allowing("/a"), polices: [] };
  assert.equal(refusing.canary(wrong), false);
  assert.deepEqual(refusing.emulator.sharedData.keys(""), []);
  // So a worker that is given it all the same refuses it too, at once.
  assert.equal(refusing.root(refusing.vm(), wrong).accepted, false);
});

test("each byte of the note's 16 counts: a document is known by 128 bits, and is read at once if one differs", () => {
  const document = allowing("/a");
  for (let byte = 0; byte < 16; byte++) {
    const process = new Process("authz");
    process.canary(document);
    const { sharedData } = process.emulator;
    const key = sharedData.keys("")[0]!;
    const note = sharedData.get("", key)!.value;
    // The first of 64 notes.
    assert.equal(note.length, 1024);
    assert.equal(note.slice(16), "\0".repeat(1008));
    const other = String.fromCharCode(note.charCodeAt(byte) ^ 1);
    sharedData.set("", key, note.slice(0, byte) + other + note.slice(byte + 1));
    const root = process.root(process.vm(), document);
    assert.equal(outcome(root, at("/a")), "on", `byte ${byte}`);
  }
});

test("the last 64 documents are noted: one before them is read at once, and the others are read later", () => {
  const process = new Process("authz");
  const documents = Array.from({ length: 65 }, (_, n) => allowing(`/${n}`));
  for (const document of documents) assert.equal(process.canary(document), true);
  const vm = process.busyVm(allowingAtOnce("/"));
  const isLater = (n: number): boolean => {
    const root = process.root(vm, documents[n], { rootId: `${n}` });
    const later = isReading(root);
    readAll(root);
    assert.deepEqual([outcome(root, at(`/${n}`)), outcome(root, at("/other"))], ["on", DENIED]);
    return later;
  };
  assert.deepEqual([isLater(64), isLater(1), isLater(0)], [true, true, false]);
  // That has made it one of the last, in the place of the next oldest.
  assert.deepEqual([isLater(0), isLater(1), isLater(2)], [true, false, false]);
});

test("a small configuration asks nothing more of the host, and is read at once by every VM", () => {
  const process = new Process("authz");
  process.canary(allowingAtOnce("/a"));
  const root = process.root(process.vm(), allowingAtOnce("/a"));
  const shared = root.vm.hostCalls.filter(({ name }) => name.includes("shared_data") || name.includes("tick"));
  assert.deepEqual([root.tickPeriod, shared, process.emulator.sharedData.keys("")], [0, [], []]);
  assert.equal(outcome(root, at("/a")), "on");
});

test("a VM that never has a request reads nothing: neither when it is configured nor later", () => {
  const process = new Process("authz");
  const document = allowing("/a");
  process.canary(document);
  const vm = process.vm();
  const before = vm.memoryBytes;
  const root = process.root(vm, document);
  assert.deepEqual([root.accepted, root.tickPeriod], [true, 0]);
  // The document's text, and a page or two for what is noted of it.
  assert.ok(vm.memoryBytes - before < 110_000 + 3 * 65_536, `${vm.memoryBytes - before} bytes`);
});

test("the first request of a worker begins the reading and waits for it; from the second configuration on it begins at once", () => {
  const process = new Process("authz");
  const vm = process.vm();
  const root = process.pushed(vm, allowing("/a"));
  assert.equal(isReading(root), false);
  const first = root.stream({ requestHeaders: at("/a") });
  assert.equal(first.requestHeaders().action, "StopAllIterationAndWatermark");
  assert.equal(isReading(root), true);
  readAll(root);
  assert.deepEqual([first.requestPaused, first.localReply], [false, undefined]);
  first.end();

  const next = process.pushed(vm, allowing("/b"));
  assert.equal(isReading(next), true);
  readAll(next);
  assert.deepEqual([outcome(next, at("/b")), outcome(next, at("/a"))], ["on", DENIED]);
});

test("a slice ends when 2 ms are over, and what is judged in the end is the same", () => {
  const process = new Process("authz");
  const vm = process.busyVm(allowingAtOnce("/"));
  process.makeLooksTake(300);
  const { clock } = process.emulator;
  const root = process.pushed(vm, allowing("/a"));
  let slices = 0;
  for (; isReading(root); slices++) {
    const before = clock.monotonic;
    root.tick();
    // By the looks alone, of which each takes 0.3 ms: its own two, and those that set the timer.
    assert.ok(clock.monotonic - before <= 3_800_000n, `${clock.monotonic - before} ns`);
  }
  assert.ok(slices > 3, `${slices} slices`);
  assert.deepEqual([outcome(root, at("/a")), outcome(root, at("/b"))], ["on", DENIED]);
});

test("requests of other roots between the slices: nothing of a reading lies where they write", () => {
  for (const [module, document, small, meanwhile, then] of [
    ["authz", allowing("/a"), allowingAtOnce("/b"), "on", "on"],
    [
      "header-routing",
      sendingTo("v2"),
      { virtualServices: [{ hosts: ["*"], http: [{ route: [{ destination: { host: "r", subset: "v1" } }] }] }] },
      "v1",
      "v2",
    ],
    ["circuit-breaking", breaking("FORCED_OPEN"), { destinationRules: [] }, "on", "circuit_open{all}"],
    ["trace-propagation", sampling(0), { sampling: { randomSamplingPercentage: 100 } }, "sampled", "on"],
  ] as const) {
    const process = new Process(module);
    const vm = process.busyVm(small);
    const other = process.root(vm, small, { rootId: "other" });
    process.makeLooksTake(300);
    const root = process.pushed(vm, document);
    for (let slices = 0; isReading(root); slices++) {
      const headers = {
        ...at(`/b`),
        ...Object.fromEntries(Array.from({ length: 50 }, (_, i) => [`x-${i}`, `${slices}`.repeat(900)])),
      };
      assert.equal(outcome(other, headers), meanwhile);
      root.tick();
    }
    assert.equal(outcome(root, at("/a")), then);
    assert.equal(vm.failed, undefined);
  }
});

test("several at a time: one is read after the other, each by its own timer, none in another's callback", () => {
  const process = new Process("authz");
  const vm = process.busyVm(allowingAtOnce("/"));
  process.makeLooksTake(500);
  const roots = ["/a", "/b", "/c"].map((path) => process.pushed(vm, allowing(path), { rootId: path }));
  const streams = roots.map((root, index) => {
    const stream = root.stream({ requestHeaders: at(["/a", "/b", "/c"][index]!) });
    stream.requestHeaders();
    return stream;
  });
  const ready: number[] = [];
  for (let rounds = 0; ready.length < 3 && rounds < 1000; rounds++) {
    roots.forEach((root, index) => {
      if (isReading(root)) root.tick();
      if (!ready.includes(index) && !streams[index]!.requestPaused) ready.push(index);
    });
  }
  assert.deepEqual(ready, [0, 1, 2]);
  assert.deepEqual(
    streams.map(({ localReply }) => localReply),
    [undefined, undefined, undefined],
  );
});

test("one that goes before it is read does not keep the next from being read", () => {
  const process = new Process("authz");
  const vm = process.busyVm(allowingAtOnce("/"));
  process.makeLooksTake(500);
  const [gone, next] = ["/a", "/b"].map((path) => process.pushed(vm, allowing(path), { rootId: path }));
  gone!.tick();
  gone!.delete();
  readAll(next!);
  assert.equal(outcome(next!, at("/b")), "on");
  assert.equal(vm.failed, undefined);
});

test("the root of the running callback is the effective context after other roots were freed", () => {
  const process = new Process("authz");
  const vm = process.busyVm(allowingAtOnce("/"));
  const old = process.pushed(vm, allowing("/old"), { rootId: "old" });
  readAll(old);
  const [first, second] = ["/a", "/b"].map((path) => process.pushed(vm, allowing(path), { rootId: path }));
  old.delete();
  for (const root of [first!, second!]) {
    root.vm.hostCalls.length = 0;
    tick(root);
    const contexts = root.vm.calls.filter((call) => call.startsWith("set_effective_context"));
    assert.equal(contexts.at(-1), `set_effective_context ${root.id}`);
  }
  assert.deepEqual([outcome(first!, at("/a")), outcome(second!, at("/b"))], ["on", "on"]);
});

test("of large plans, what is gone is freed within a minute, and the timer is off when no other root is there", () => {
  const process = new Process("authz");
  const vm = process.vm();
  const bytes = 300_000;
  const looks = (root: Root): string[] => {
    const calls = vm.calls.filter((call) => call.split(" -> ")[0] === `set_effective_context ${root.id}`);
    vm.hostCalls.length = 0;
    return calls;
  };
  const old = process.root(vm, allowing("/old", bytes));
  assert.equal(old.tickPeriod, 0);
  const next = process.root(vm, allowing("/next", bytes));
  assert.equal(next.tickPeriod, 60_000);
  tick(next);
  assert.equal(next.tickPeriod, 60_000);
  old.delete();
  looks(old);
  tick(next);
  assert.equal(next.tickPeriod, 0);
  assert.equal(looks(old).length, 1);
  // It is forgotten: the next push does not look for it.
  process.root(vm, allowingAtOnce("/"));
  assert.deepEqual(looks(old), []);
});

test("without a clock, or a timer, all is read at the first request", () => {
  for (const [name, status] of [
    ["proxy_set_tick_period_milliseconds", 10],
    ["clock_time_get", 28],
  ] as const) {
    const process = new Process("authz");
    const vm = process.vm();
    const root = process.pushed(vm, allowing("/a"));
    process.emulator.fail(name, status);
    assert.deepEqual([outcome(root, at("/a")), outcome(root, at("/b")), root.tickPeriod], ["on", DENIED, 0], name);
    // A busy worker's is read when it is configured.
    process.canary(allowing("/c"));
    const next = process.root(vm, allowing("/c"), { rootId: "next" });
    assert.deepEqual([next.accepted, outcome(next, at("/c"))], [true, "on"], name);
  }
});

test("a timer that can be set no more: the rest is read at once, and what is held goes on", () => {
  const process = new Process("authz");
  const vm = process.busyVm(allowingAtOnce("/"));
  process.makeLooksTake(500);
  const root = process.pushed(vm, allowing("/a"));
  const held = root.stream({ requestHeaders: at("/a") });
  held.requestHeaders();
  root.tick();
  process.emulator.fail("proxy_set_tick_period_milliseconds");
  root.tick();
  assert.deepEqual([held.requestPaused, outcome(root, at("/b"))], [false, DENIED]);
});

test("without shared data every VM reads at once", () => {
  const process = new Process("authz");
  process.emulator.fail("proxy_get_shared_data");
  process.emulator.fail("proxy_set_shared_data");
  const root = process.pushed(process.vm(), allowing("/a"));
  assert.deepEqual([root.tickPeriod, outcome(root, at("/a"))], [0, "on"]);
});

test("authz: a value beside expressions that are read later is not shared with conditions that have it alone", () => {
  const asking = (path: string, condition: object): object => ({
    to: [{ operation: { paths: [path] } }],
    when: [{ key: "request.headers[x]", values: ["a"], ...condition }],
  });
  // A list of 4 KiB or more is long (`assembly/text/json/reader.ts`).
  const regex = [...Array.from({ length: 50 }, (_, index) => `never${index}${"c".repeat(100)}`), "b+"];
  const never = large((index) => ({ to: [{ operation: { paths: [`/never/${index}`] } }] }));
  const alone = asking("/alone", {});
  const beside = asking("/beside", { regex });
  for (const two of [
    [alone, beside],
    [beside, alone],
  ]) {
    const process = new Process("authz");
    const policies = [{ name: "p", namespace: "default", rules: [...never, ...two] }];
    const root = process.pushed(process.vm(), { direction: "INBOUND", policies });
    assert.equal(outcome(root), "held");
    readAll(root);
    assert.deepEqual(
      ["a", "bb", "c"].map((x) => ["/alone", "/beside"].map((path) => outcome(root, { ...GET, ":path": path, x }))),
      [
        ["on", "on"],
        [DENIED, "on"],
        [DENIED, DENIED],
      ],
    );
  }
});

test("every filter and signalbox read in slices", () => {
  const fault = { abort: { percentage: { value: 100 }, httpStatus: 503 } };
  const policies = (allowing("/") as { policies: object }).policies;
  for (const [module, document, expected] of [
    ["authz", allowing("/"), "on"],
    ["header-routing", sendingTo("v2"), "v2"],
    ["fault-injection", injecting(fault), "fault_filter_abort"],
    ["signalbox", { authz: { policies, mode: "CLIENT_AND_SERVER" }, headerRouting: sendingTo("v2") }, "v2"],
    ["circuit-breaking", breaking("FORCED_OPEN"), "circuit_open{all}"],
    ["circuit-breaking", breaking("DISABLED"), "on"],
    ["trace-propagation", sampling(100), "sampled"],
    ["trace-propagation", sampling(0), "on"],
    ["signalbox", { authz: { policies, mode: "CLIENT_AND_SERVER" }, tracePropagation: sampling(100) }, "sampled"],
    ["signalbox", { circuitBreaking: breaking("FORCED_OPEN") }, "circuit_open{all}"],
    [
      "signalbox",
      { authz: { policies, mode: "CLIENT_AND_SERVER" }, faultInjection: injecting(fault) },
      "fault_filter_abort",
    ],
  ] as const) {
    const process = new Process(module);
    const root = process.pushed(process.vm(), document);
    assert.equal(outcome(root), "held", module);
    assert.ok(callsDuring(root, () => readAll(root)).includes("clock_time_get"), module);
    assert.equal(outcome(root), expected, module);
  }
});

test("authz: who may ask for its verdict is known of each of many principals that are read later", () => {
  const principals = Array.from({ length: 200 }, (_, index) => `td/ns/a/sa/${index}`);
  const process = new Process("authz");
  const root = process.pushed(process.vm(), { ...allowing("/"), explain: { principals } });
  assert.equal(outcome(root), "held");
  readAll(root);
  const asked = ["0", "7", "8", "199", "200"].map((account) => {
    const connection = { mtls: true, uri_san_peer_certificate: `spiffe://td/ns/a/sa/${account}` };
    const requestHeaders = { ...GET, "x-authz-explain": "1" };
    const stream = root.stream({ requestHeaders, properties: { connection } });
    stream.requestHeaders();
    stream.end();
    return stream.localReply?.details;
  });
  assert.deepEqual(asked, [...Array.from({ length: 4 }, () => "authz_explained"), undefined]);
});
