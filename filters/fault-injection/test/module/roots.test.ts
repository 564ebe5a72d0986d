/** Several configurations in one VM: plugins of one image, and what a push leaves behind. */
import assert from "node:assert/strict";
import { test } from "node:test";
import type { Root, Stream } from "../../../../emulator/index.ts";
import { FAULT_INJECTION } from "./compiled.ts";
import { isHeld } from "./held.ts";
import { ALWAYS, GET, Scenario, everyRequest } from "./scenario.ts";

const delayOf = (fixedDelay: string): object => everyRequest({ delay: { ...ALWAYS, fixedDelay } });
const abortWith = (httpStatus: number): object => everyRequest({ abort: { ...ALWAYS, httpStatus } });

/** The status that a request is aborted with; undefined where it goes on. */
function ask(root: Root): number | undefined {
  const stream = root.stream({ requestHeaders: GET });
  stream.requestHeaders();
  stream.end();
  return stream.localReply?.status;
}

test("two roots of one VM keep their faults, their timers and what they hold apart", () => {
  const scenario = new Scenario(delayOf("2s"));
  const { root } = scenario;
  const other = scenario.push(delayOf("1s"));
  const aborting = scenario.push(abortWith(503));
  const stream = scenario.request();
  const otherStream = scenario.request(GET, undefined, other);
  assert.equal(ask(aborting), 503);
  assert.deepEqual([root.tickPeriod, other.tickPeriod, aborting.tickPeriod], [2000, 1000, 0]);
  scenario.tick(0, other);
  assert.deepEqual([isHeld(stream), isHeld(otherStream)], [true, false]);
  assert.deepEqual([root.tickPeriod, other.tickPeriod], [2000, 0]);
  scenario.tick();
  assert.equal(isHeld(stream), false);
  assert.equal(root.tickPeriod, 0);
});

test("a push makes the new root before the old one goes; what the old one holds waits as it was to", () => {
  const scenario = new Scenario(
    everyRequest({ delay: { ...ALWAYS, fixedDelay: "2s" }, abort: { ...ALWAYS, httpStatus: 500 } }),
  );
  const old = scenario.root;
  const held = scenario.request();
  const pushed = scenario.push(abortWith(503));
  old.delete();
  assert.equal(ask(pushed), 503);
  assert.equal(isHeld(held), true);
  scenario.tick(0, old);
  assert.equal(held.localReply?.status, 500);
  held.end();
  assert.equal(old.deleted, true);
  assert.equal(scenario.active, 0n);

  const again = scenario.push(abortWith(504));
  pushed.delete();
  assert.equal(ask(again), 504);
  assert.equal(scenario.vm.failed, undefined);
});

test("a stream of an old root that has not come yet meets the old root's faults", () => {
  const scenario = new Scenario(abortWith(500));
  const waiting = scenario.root.stream({ requestHeaders: GET });
  const pushed = scenario.push(abortWith(503));
  scenario.root.delete();
  assert.equal(ask(pushed), 503);
  waiting.requestHeaders();
  assert.equal(waiting.localReply?.status, 500);
  waiting.end();
});

test("an answer to an old root's stream carries the old root's fault, after pushes", () => {
  const named = (name: string): object => ({
    virtualServices: [
      { hosts: ["*"], http: [{ name, fault: { abort: { ...ALWAYS, httpStatus: 500, body: name, on: "response" } } }] },
    ],
  });
  const scenario = new Scenario(named("first"));
  const stream = scenario.request();
  let last = scenario.root;
  for (let push = 0; push < 10; push++) {
    const next = scenario.push(named(`push-${push}`));
    last.delete();
    last = next;
  }
  stream.responseHeaders({ ":status": "200" });
  assert.equal(stream.localReply?.body, "first");
  stream.end();
  scenario.push(named("last"));
  assert.equal(scenario.active, 0n);
});

test("a root that is taken up again goes on with what it holds, its timer and new requests", () => {
  const scenario = new Scenario(delayOf("2s"));
  const { root } = scenario;
  const held = scenario.request();
  const between = scenario.push(abortWith(503));
  root.delete();
  assert.equal(ask(between), 503);
  // The first configuration is pushed back while its root still holds a stream: no root is made for it.
  root.takeUp();
  between.delete();
  scenario.emulator.clock.advance(1000);
  const another = scenario.request();
  assert.equal(root.tickPeriod, 2000);
  scenario.tick(-1000);
  assert.deepEqual([isHeld(held), isHeld(another)], [false, true]);
  held.end();
  scenario.tick();
  assert.equal(isHeld(another), false);
  another.end();
  assert.equal(root.deleted, false);
  // Nor does a configuration that is loaded later take it for one that is gone.
  scenario.push(abortWith(500)).delete();
  const third = scenario.request();
  scenario.tick();
  assert.equal(isHeld(third), false);
  third.end();
  assert.equal(scenario.active, 0n);
});

test("a refused configuration leaves what runs and what is held as they are", () => {
  const scenario = new Scenario(delayOf("2s"));
  const held = scenario.request();
  const refused = scenario.vm.createRoot({ configuration: '{"virtualServices": 1}' });
  assert.equal(refused.accepted, false);
  assert.deepEqual(FAULT_INJECTION.errorsOf(scenario.vm), ["virtualServices: expected a list, got 1"]);
  refused.delete();
  const another = scenario.request();
  scenario.tick();
  assert.deepEqual([isHeld(held), isHeld(another)], [false, false]);
});

test("counters and the caps are one for all roots, as they are the process's", () => {
  const capped = (fixedDelay: string): object =>
    everyRequest({ delay: { ...ALWAYS, fixedDelay } }, { maxActiveFaults: 2 });
  const scenario = new Scenario(capped("1s"));
  const { root } = scenario;
  const second = scenario.push(capped("2s"));
  const third = scenario.push(capped("3s"));
  const streams = [root, second, third].map((one) => scenario.request(GET, undefined, one));
  assert.deepEqual(streams.map(isHeld), [true, true, false]);
  assert.equal(scenario.counter("delays_injected"), 2n);
  assert.equal(scenario.counter("route.r.delays_injected"), 2n);
  assert.equal(scenario.counter("faults_overflow"), 1n);
  for (const stream of streams) stream.end();
  assert.equal(isHeld(scenario.request(GET, undefined, third)), true);
});

test("the budget is one for all roots of a plugin, and each plugin's own", () => {
  const configuration = JSON.stringify(
    everyRequest({ abort: { ...ALWAYS, httpStatus: 503 } }, { budget: { maxPercent: 50 } }),
  );
  const { vm } = FAULT_INJECTION.load();
  const named = (pluginName: string): Root => vm.createRoot({ configuration, pluginName });
  const [before, after, other] = [named("a"), named("a"), named("b")];
  assert.equal(ask(before), undefined);
  assert.equal(ask(before), 503);
  // A push does not forget what was: of three requests one may meet a fault, of four two.
  assert.deepEqual([ask(after), ask(after)], [undefined, 503]);
  assert.deepEqual([ask(other), ask(other)], [undefined, 503]);
});

test("a thousand requests of three roots are held at once, and each is resumed by its own root's timer", () => {
  const { emulator, vm } = FAULT_INJECTION.load({ record: false });
  const roots = [1, 2, 3].map((seconds) => FAULT_INJECTION.configured(vm, delayOf(`${seconds}s`)));
  const streams = Array.from({ length: 999 }, (_, index) => {
    const stream = roots[index % 3]!.stream({ requestHeaders: GET });
    stream.requestHeaders();
    return stream;
  });
  const heldBy = (root: number): Stream[] => streams.filter((stream, index) => index % 3 === root && isHeld(stream));
  roots.forEach((root, index) => {
    assert.equal(heldBy(index).length, 333);
    emulator.clock.advance(1000);
    // 333 of them, 32 in one call.
    for (let call = 0; call < 11; call++) {
      assert.equal(heldBy(index).length, 333 - 32 * Math.min(call, 10));
      root.tick();
    }
    assert.equal(heldBy(index).length, 0);
  });
  for (const stream of streams) stream.end();
  assert.equal(emulator.metrics.gauges.get("fault_injection.active_faults"), 0n);
});
