/** How a circuit opens, is asked again and closes: one worker, errors in a row. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { FAILS, OK, Scenario, reviews } from "./scenario.ts";

const SEED = { consecutive5xxErrors: 5, interval: "30s", baseEjectionTime: "30s" };

test("five errors in a row open it, the sixth request is refused, and for 30 s all are (istio#20135, #40143)", () => {
  const scenario = new Scenario(reviews(SEED));
  assert.equal(scenario.asks(4, FAILS), "....");
  assert.deepEqual([scenario.state(), scenario.of("reviews", "consecutive_errors")], ["closed", 4]);
  assert.equal(scenario.ask(FAILS), false);
  assert.deepEqual([scenario.state(), scenario.of("reviews", "opened"), scenario.counter("opened")], ["open", 1, 1]);
  assert.deepEqual(scenario.logged(), [
    'circuit-breaking: "reviews" closed -> open: consecutive_5xx 5, for 30000ms, opening 1 in a row, last upstream 10.0.0.9:9080',
  ]);
  const sixth = scenario.send();
  assert.equal(sixth.stream.localReply?.status, 503);
  assert.equal(sixth.stream.localReply?.details, "circuit_open{reviews}");
  assert.equal(sixth.stream.localReply?.body, "circuit open");
  const headers = new Map(sixth.stream.localReply?.headers);
  assert.deepEqual([headers.get("x-circuit-open"), headers.get("retry-after")], ["reviews", "30"]);
  scenario.after(29_999);
  assert.equal(scenario.ask(), true);
  assert.deepEqual([scenario.of("reviews", "rejected"), scenario.counter("rejected")], [2, 2]);
});

test("a success begins the count anew", () => {
  const scenario = new Scenario(reviews(SEED));
  for (let i = 0; i < 10; i++) assert.equal(scenario.asks(4, FAILS) + scenario.asks(1), ".....");
  assert.equal(scenario.state(), "closed");
});

test("after its time one request is let in: a success closes it, an error opens it for twice as long", () => {
  const scenario = new Scenario(reviews(SEED));
  scenario.asks(5, FAILS);
  scenario.after(30_000);
  const probe = scenario.send();
  assert.equal(probe.refused, false);
  assert.equal(scenario.state(), "half-open");
  assert.equal(scenario.asks(3), "xxx", "no second one while it is in flight");
  probe.answer(FAILS);
  assert.equal(scenario.state(), "open");
  scenario.after(59_999);
  assert.equal(scenario.ask(), true);
  scenario.after(1);
  assert.equal(scenario.ask(OK), false);
  assert.equal(scenario.state(), "closed");
  assert.equal(scenario.asks(4, FAILS), "....");
  assert.equal(scenario.state(), "closed", "it takes five errors again");
  scenario.ask(FAILS);
  assert.equal(scenario.state(), "open");
  assert.deepEqual(
    ["opened", "half_opened", "closed", "probes"].map((name) => scenario.counter(name)),
    [3, 2, 1, 2],
  );
});

test("a rule acts if its selector has this workload's labels, and not if one differs", () => {
  const node = { metadata: { LABELS: { app: "productpage", version: "v1" } } };
  const outcome = (matchLabels: object): string => {
    const configuration = reviews(SEED, { workloadSelector: { matchLabels } });
    return new Scenario(configuration, {}, { node }).asks(6, FAILS);
  };
  assert.equal(outcome({ app: "productpage" }), ".....x");
  assert.equal(outcome({ app: "productpage", version: "v1" }), ".....x");
  assert.equal(outcome({ app: "productpage", version: "v2" }), "......");
  assert.equal(outcome({ tier: "front" }), "......");
});
