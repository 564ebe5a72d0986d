import assert from "node:assert/strict";
import { test } from "node:test";
import { Random } from "../../../../test/oracle/random.ts";
import { MANY, assertFlat } from "../../../../test/support/module/memory.ts";
import { ANSWERS, anyHeaders, EVERYTHING } from "./everything.ts";
import { FAILS, GET, Scenario } from "./scenario.ts";

const QUIET = { record: false, logLevel: "error" } as const;

test(`memory is flat over ${MANY} requests, of which some open circuits and some probe them`, () => {
  const scenario = new Scenario(EVERYTHING, QUIET);
  const random = new Random(1);
  assertFlat(scenario.vm, { settle: 2000, then: MANY }, () => {
    scenario.send(anyHeaders(random)).answer(random.pick(ANSWERS));
  });
  assert.ok(scenario.counter("opened") > 1000, `${scenario.counter("opened")} opened`);
  assert.ok(scenario.counter("probes") > 1000, `${scenario.counter("probes")} probes`);
});

test("memory is flat over a thousand pushes, each with a request in flight", () => {
  const scenario = new Scenario(EVERYTHING, QUIET);
  let root = scenario.root;
  assertFlat(scenario.vm, { settle: 100, then: 1000 }, (round) => {
    const sent = scenario.send(GET, root);
    // Every other one closes all circuits, as `interval` is another one.
    const next = scenario.push(
      scenario.vm,
      JSON.parse(JSON.stringify(EVERYTHING).replaceAll('"10s"', `"${10 + (round >> 1)}s"`)) as object,
    );
    root.delete();
    sent.answer(FAILS);
    root = next;
  });
});
