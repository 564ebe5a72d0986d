/** Probes: how many, what their results come to, and what becomes of those that have none. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { FAILS, FLAG, OK, Scenario, reviews, type Answer } from "./scenario.ts";

/** Opens at the first error, for a second. */
const ONE = { consecutive5xxErrors: 1, baseEjectionTime: "1s", interval: "10s" };

/** A circuit whose time is over. */
function due(policy: object = {}, options = {}): Scenario {
  const scenario = new Scenario(reviews({ ...ONE, ...policy }), options);
  scenario.ask(FAILS);
  scenario.after(1000);
  return scenario;
}

const LEFT: Answer = { flags: FLAG.DC };

test("no more than are permitted are in flight, on however many workers (Polly#216, resilience4j#1432)", () => {
  const scenario = due({ permittedNumberOfCallsInHalfOpenState: 3 });
  const workers = [scenario.root, scenario.worker(), scenario.worker()];
  const sent = Array.from({ length: 30 }, (_, i) => scenario.send(undefined, workers[i % 3]));
  const probes = sent.filter(({ refused }) => !refused);
  assert.equal(probes.length, 3);
  probes[0]?.answer(OK);
  probes[1]?.answer(OK);
  assert.equal(scenario.state(), "half-open");
  assert.equal(scenario.ask(OK, undefined, workers[1]), true, "all places are used");
  probes[2]?.answer(OK);
  assert.equal(scenario.state(), "closed");
  for (const worker of workers) assert.equal(scenario.ask(OK, undefined, worker), false);
});

test("a probe that says nothing gives its place back at once (resilience4j#903, Polly#311, Sentinel#1638)", () => {
  const others: Answer[] = [
    LEFT,
    { status: 403, details: "rbac_access_denied_matched_policy[none]" },
    { status: 200, details: "direct_response" },
    { status: 503, details: "upstream_reset_before_response_started{overflow}", flags: FLAG.UO },
    { status: 503, details: "no_healthy_upstream", flags: FLAG.UH },
    { status: 404 },
  ];
  for (const answer of others) {
    const scenario = due({ ignoredHttpErrorCodes: [404] });
    for (let i = 0; i < 3; i++) {
      const probe = scenario.send();
      assert.equal(probe.refused, false);
      assert.equal(scenario.ask(), true);
      probe.answer(answer);
      assert.equal(scenario.state(), "half-open", answer.details);
    }
    assert.equal(scenario.ask(OK), false);
    assert.equal(scenario.state(), "closed");
  }
});

test("another worker hears that a place is free again", () => {
  const scenario = due();
  const worker = scenario.worker();
  const probe = scenario.send();
  assert.equal(scenario.ask(OK, undefined, worker), true);
  probe.answer(LEFT);
  assert.equal(scenario.ask(OK, undefined, worker), false);
  assert.equal(scenario.state(), "closed");
});

test("a probe without an answer has failed after its lease, and what comes of it later changes nothing", () => {
  const scenario = due({ maxWaitDurationInHalfOpenState: "2s" });
  const lost = scenario.send();
  scenario.after(1999);
  assert.equal(scenario.ask(), true);
  assert.equal(scenario.state(), "half-open");
  scenario.after(1);
  assert.equal(scenario.ask(), true);
  assert.equal(scenario.state(), "open");
  assert.match(
    scenario.logged().at(-1) ?? "",
    /half-open -> open: a probe has no answer, for 2000ms, opening 2 in a row/,
  );
  lost.answer(OK);
  assert.equal(scenario.state(), "open");
  scenario.after(2000);
  assert.equal(scenario.ask(), false);
  assert.equal(scenario.state(), "closed");
});

test("calls that began before the opening change nothing, however they end (Polly#217, nv-redfish#211)", () => {
  for (const answer of [OK, FAILS]) {
    const scenario = new Scenario(reviews({ ...ONE, permittedNumberOfCallsInHalfOpenState: 2 }));
    const old = [1, 2, 3, 4].map(() => scenario.send());
    scenario.ask(FAILS);
    old[0]?.answer(answer);
    assert.deepEqual([scenario.state(), scenario.of("reviews", "consecutive_errors")], ["open", 0]);
    scenario.after(1000);
    const probe = scenario.send();
    old[1]?.answer(answer);
    assert.equal(scenario.state(), "half-open");
    probe.answer(OK);
    scenario.ask(OK);
    assert.equal(scenario.state(), "closed");
    old[2]?.answer(answer);
    assert.deepEqual([scenario.state(), scenario.of("reviews", "consecutive_errors")], ["closed", 0]);
    assert.equal(scenario.of("reviews", "opened"), 1);
  }
});

test("with a failure rate the share of the probes decides (Polly#239)", () => {
  const rate = { failureRateThreshold: 50, permittedNumberOfCallsInHalfOpenState: 5 };
  const ended = (...answers: Answer[]): string => {
    const scenario = due(rate);
    answers.forEach((answer) => assert.equal(scenario.ask(answer), false));
    return scenario.state();
  };
  assert.equal(ended(FAILS, OK, OK, OK), "half-open");
  assert.equal(ended(FAILS, OK, OK, OK, OK), "closed");
  assert.equal(ended(FAILS, FAILS, OK, OK, OK), "closed");
  assert.equal(ended(FAILS, FAILS, OK, FAILS, OK), "open");
});

test("with fewer calls than are permitted as the minimum, these decide, as in resilience4j", () => {
  const scenario = due({ failureRateThreshold: 50, permittedNumberOfCallsInHalfOpenState: 5, minimumNumberOfCalls: 2 });
  scenario.asks(2, OK);
  assert.equal(scenario.state(), "closed");
});

test("a slow probe has failed, where slow calls count", () => {
  const slow = { slowCallDurationThreshold: "500ms", slowCallRateThreshold: 50 };
  for (const [after, state] of [
    [500, "closed"],
    [501, "open"],
  ] as const) {
    const scenario = due(slow);
    scenario.ask({ status: 200, after });
    assert.equal(scenario.state(), state);
    const left = due(slow);
    left.ask({ ...LEFT, after });
    assert.equal(left.state(), state === "open" ? "open" : "half-open");
  }
});

test("without probes all come back at once, as natively", () => {
  const scenario = due({ permittedNumberOfCallsInHalfOpenState: 0 });
  const sent = [1, 2, 3].map(() => scenario.send());
  assert.deepEqual(
    sent.map(({ refused }) => refused),
    [false, false, false],
  );
  assert.equal(scenario.state(), "closed");
  sent[0]?.answer(FAILS);
  assert.equal(scenario.state(), "open", "a call of the new era counts");
});

test("an opening is as long as Envoy's arithmetic says: n times the base, up to the longest, less one for each quiet interval", () => {
  const scenario = new Scenario(
    reviews({ ...ONE, permittedNumberOfCallsInHalfOpenState: 0, maxEjectionTime: "3500ms", interval: "10s" }),
  );
  const length = (): number => {
    scenario.ask(FAILS);
    let milliseconds = 0;
    while (scenario.send().refused) {
      scenario.after(100);
      milliseconds += 100;
    }
    return milliseconds;
  };
  assert.deepEqual([length(), length(), length(), length(), length()], [1000, 2000, 3000, 3500, 3500]);
  // Five openings stand; Envoy lets the number rise while n·base is below the longest and one base: 5.
  scenario.after(9900);
  assert.equal(length(), 3500, "no interval is over");
  scenario.after(20_000);
  assert.equal(length(), 3500, "5 - 2 + 1");
  scenario.after(30_000);
  assert.equal(length(), 2000, "4 - 3 + 1");
  scenario.after(600_000);
  assert.equal(length(), 1000);
});

test("jitter is added, and is what the configuration allows (envoy PR#19869)", () => {
  const lengths = Array.from({ length: 200 }, (_, seed) => {
    const scenario = new Scenario(reviews({ ...ONE, maxEjectionTimeJitter: "1s" }), { seed });
    scenario.ask(FAILS);
    return Number(/for (\d+)ms/.exec(scenario.logged().at(-1) ?? "")?.[1]);
  });
  assert.ok(Math.min(...lengths) >= 1000 && Math.max(...lengths) <= 2000);
  // Of 200 drawn from a second, the least is below a tenth and the most above nine tenths but once in 10^9.
  assert.ok(Math.min(...lengths) < 1100 && Math.max(...lengths) > 1900);
});

test("a retry-after of the answer that opens it lengthens that, up to the longest", () => {
  const asks = (seconds: string, policy: object = {}): number => {
    const scenario = new Scenario(reviews({ ...ONE, maxEjectionTime: "60s", ...policy }));
    scenario.ask({ status: 503, headers: { "retry-after": seconds } });
    return Number(/for (\d+)ms/.exec(scenario.logged().at(-1) ?? "")?.[1]);
  };
  const honors = { honorRetryAfter: true };
  assert.deepEqual(
    [asks("20"), asks("20", honors), asks("0", honors), asks("99999999999999999999", honors)],
    [1000, 20_000, 1000, 60_000],
  );
  assert.equal(asks("Wed, 21 Oct 2026 07:28:00 GMT", honors), 1000);
});
