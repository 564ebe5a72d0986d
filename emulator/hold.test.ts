/** Requests that a module holds and lets go on from a timer. What is expected was seen with Envoy 1.40.0. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { compileProbe } from "./test/compile.ts";
import { Emulator, type Vm } from "./index.ts";

const probe = compileProbe();
const HOLD = "request action 4\nrequest period 50";

async function start(): Promise<{ emulator: Emulator; vm: Vm }> {
  const emulator = new Emulator({ record: false });
  return { emulator, vm: await emulator.load(probe) };
}

function said(emulator: Emulator): string[] {
  return emulator.logs.splice(0).map(({ contextId, message }) => `#${contextId} ${message}`);
}

test("what comes of a body waits while everything is stopped, and goes on in one piece", async () => {
  const { emulator, vm } = await start();
  const root = vm.createRoot({ configuration: `${HOLD}\ntick effective stream\ntick continue 0` });
  const stream = root.stream();
  stream.requestHeaders(false);
  said(emulator);
  assert.equal(stream.requestBody("hel", false).action, "StopIterationAndWatermark");
  assert.equal(stream.requestBody("lo", true).body, "hello");
  assert.deepEqual(said(emulator), []);
  root.tick();
  assert.deepEqual(said(emulator).at(-1), "#2 request_body 5 1");
});

test("nothing goes on of a request that Envoy has answered meanwhile", async () => {
  const { emulator, vm } = await start();
  const root = vm.createRoot({ configuration: `${HOLD}\ntick effective stream\ntick continue 0` });
  const stream = root.stream();
  stream.requestHeaders(false);
  stream.requestBody("hello");
  stream.responseHeaders({ ":status": "504" });
  said(emulator);
  root.tick();
  assert.deepEqual(said(emulator), ["#2 effective stream => 0", "#2 continue 0 => 0"]);
});

test("to continue the response of a request that is held crashes Envoy, and is an error of the test", async () => {
  const { vm } = await start();
  const root = vm.createRoot({ configuration: `${HOLD}\ntick effective stream\ntick continue 1` });
  root.stream().requestHeaders();
  assert.throws(() => root.tick(), /crashes Envoy/);
});

test("one tick lets several requests go on, also those of another root", async () => {
  const { vm } = await start();
  const other = vm.createRoot({ configuration: "request action 4" });
  const both = "tick effective oldest\ntick continue 0\ntick effective stream\ntick continue 0\ntick period 0";
  const root = vm.createRoot({ configuration: `${HOLD}\n${both}` });
  const streams = [other.stream(), root.stream()];
  for (const stream of streams) stream.requestHeaders();
  assert.equal(other.tickPeriod, 0);
  root.tick();
  assert.deepEqual(
    streams.map(({ requestPaused }) => requestPaused),
    [false, false],
  );
  assert.equal(root.tickPeriod, 0);
  assert.throws(() => root.tick(), /no timer/);
});

test("the timer of a root that was pushed away goes on until its last stream is gone", async () => {
  const { emulator, vm } = await start();
  const old = vm.createRoot({ configuration: `${HOLD}\ntick effective oldest\ntick continue 0` });
  const stream = old.stream();
  stream.requestHeaders();
  vm.createRoot();
  old.delete();
  said(emulator);
  old.tick();
  assert.equal(stream.requestPaused, false);
  stream.end();
  assert.deepEqual(said(emulator).slice(2), ["#2 on_log", "#2 on_done", "#2 on_delete", "#1 on_done", "#1 on_delete"]);
});

test("a root that streams still hold is taken up again by a push of its configuration", async () => {
  const { emulator, vm } = await start();
  const root = vm.createRoot({ configuration: HOLD });
  const stream = root.stream();
  stream.requestHeaders();
  root.delete();
  said(emulator);
  root.takeUp();
  assert.deepEqual(said(emulator), []);
  stream.end();
  root.stream().requestHeaders();
  assert.equal(root.deleted, false);
  root.delete();
  const gone = vm.createRoot();
  gone.delete();
  assert.throws(() => gone.takeUp(), /was deleted/);
});

test("a gauge is the process's, up and down, whatever id it has", async () => {
  const { emulator, vm } = await start();
  const up = "configure define 1 g\nrequest increment g 1\nrequest metric g\ndelete increment g -1";
  const stream = vm.createRoot({ configuration: up }).stream();
  stream.requestHeaders();
  const other = await emulator.load(probe);
  other.createRoot({ configuration: up }).stream().requestHeaders();
  assert.equal(said(emulator).at(-1), "#2 metric g => 0 2");
  stream.end();
  assert.equal(emulator.metrics.gauges.get("g"), 1n);
});
