/** Snapshots: after one was restored, a module does what it did the first time, whatever it remembers and where. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { filter, wat } from "./test/wat.ts";
import { Emulator, exportGlobals, seededRandom } from "./index.ts";

const IMPORTS = `
  (import "env" "proxy_set_shared_data" (func $share (param i32 i32 i32 i32 i32) (result i32)))
  (import "env" "proxy_set_tick_period_milliseconds" (func $tick (param i32) (result i32)))
  (import "env" "proxy_define_metric" (func $define (param i32 i32 i32 i32) (result i32)))
  (import "env" "proxy_increment_metric" (func $increment (param i32 i64) (result i32)))
  (import "env" "proxy_log" (func $log (param i32 i32 i32) (result i32)))`;

/** Each request counts in memory, in an i32, an i64 and an f64 global and in a metric, and takes a page of memory. */
const COUNTING = filter(
  `
  (global $fixed i64 (i64.const -9223372036854775808))
  (global $narrow (mut i32) (i32.const -1000))
  (global $wide (mut i64) (i64.const -5000000000))
  (global $real (mut f64) (f64.const 0.5))
  (global $metric (mut i32) (i32.const 0))
  (data (i32.const 64) "m")
  (func (export "narrow") (result i32) (global.get $narrow))
  (func (export "proxy_on_configure") (param i32 i32) (result i32)
    (drop (call $define (i32.const 0) (i32.const 64) (i32.const 1) (i32.const 72)))
    (global.set $metric (i32.load (i32.const 72)))
    (i32.const 1))
  (func (export "proxy_on_request_headers") (param i32 i32 i32) (result i32)
    (global.set $narrow (i32.add (global.get $narrow) (i32.const 1)))
    (global.set $wide (i64.add (global.get $wide) (i64.const 1)))
    (global.set $real (f64.add (global.get $real) (f64.const 1)))
    (i32.store8 (i32.const 80) (i32.add (i32.load8_u (i32.const 80)) (i32.const 1)))
    ;; What lies in the page that is taken next: nothing.
    (i32.store8 (i32.const 81) (i32.load8_u (i32.sub (i32.mul (memory.grow (i32.const 1)) (i32.const 65536)) (i32.const -7))))
    (i32.store8 (i32.sub (i32.mul (memory.size) (i32.const 65536)) (i32.const 65529)) (i32.const 9))
    ;; Says all of it.
    (i32.store (i32.const 84) (global.get $narrow))
    (i64.store (i32.const 88) (global.get $wide))
    (f64.store (i32.const 96) (global.get $real))
    (drop (call $log (i32.const 2) (i32.const 80) (i32.const 24)))
    (drop (call $increment (global.get $metric) (i64.const 1)))
    (drop (call $tick (global.get $narrow)))
    (drop (call $share (i32.const 64) (i32.const 1) (i32.const 80) (i32.const 1) (i32.const 0)))
    (i32.const 0))`,
  IMPORTS,
);

/** What a request makes of the module and of the host. */
function asked(emulator: Emulator, root: ReturnType<ReturnType<Emulator["loadSync"]>["createRoot"]>) {
  const stream = root.stream({ requestHeaders: { ":path": "/" } });
  stream.requestHeaders();
  const seen = {
    id: stream.id,
    contexts: root.vm.contextCount,
    logs: emulator.logs.map(({ message }) => message),
    counters: [...emulator.metrics.counters],
    shared: emulator.sharedData.get("", "m"),
    tick: root.tickPeriod,
    calls: root.vm.calls,
    random: emulator.random(4),
    time: emulator.clock.monotonic,
  };
  emulator.clock.advance(1000);
  return seen;
}

test("what a module remembers in globals, in memory and at the host is as it was", () => {
  const emulator = new Emulator();
  const root = emulator.loadSync(exportGlobals(COUNTING)).createRoot();
  const restore = [emulator.snapshot(), root.vm.snapshot()];
  const first = asked(emulator, root);
  assert.deepEqual(first.counters, [["m", 1n]]);
  const second = asked(emulator, root);
  assert.notDeepEqual(second.logs.at(-1), first.logs.at(-1));
  for (let again = 0; again < 2; again++) {
    for (const one of restore) one();
    assert.deepEqual(asked(emulator, root), first);
  }
});

test("a module with its globals exported does the same, and one without mutable ones stays as it is", () => {
  const outcome = (bytes: Uint8Array) => {
    const emulator = new Emulator();
    return asked(emulator, emulator.loadSync(bytes).createRoot());
  };
  assert.deepEqual(outcome(exportGlobals(COUNTING)), outcome(COUNTING));
  const plain = wat(`(module (global i32 (i32.const 1)) (func (export "a")))`);
  assert.deepEqual(exportGlobals(plain), new Uint8Array(plain));
});

test("a module that has failed works again", () => {
  const traps = filter(`(func (export "proxy_on_request_headers") (param i32 i32 i32) (result i32) (unreachable))`);
  const root = new Emulator().loadSync(traps).createRoot();
  const restore = root.vm.snapshot();
  root.stream().requestHeaders();
  assert.match(root.vm.failed ?? "", /unreachable/);
  restore();
  assert.equal(root.vm.failed, undefined);
});

test("seeded random numbers begin again where they were kept", () => {
  const random = seededRandom(3);
  random(5);
  const restore = random.snapshot?.();
  const next = random(8);
  restore?.();
  assert.deepEqual(random(8), next);
});
