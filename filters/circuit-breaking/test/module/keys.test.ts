/** One circuit for each key: who has one, who is forgotten, and what workers know of it. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { struct, type Headers } from "../../../../emulator/index.ts";
import { assertFlat } from "../../../../test/support/module/memory.ts";
import { FAILS, GET, OK, Scenario, type Answer } from "./scenario.ts";

const TWO = { consecutive5xxErrors: 2, baseEjectionTime: "10s", interval: "10s" };
const of = (tenant: string): Headers => ({ ...GET, "x-tenant": tenant });

function keyed(maxKeys: number, policy: object = {}, keyedBy: unknown = { header: "x-tenant" }): Scenario {
  const circuits = [{ name: "tenant", keyedBy, maxKeys, outlierDetection: { ...TWO, ...policy } }];
  return new Scenario({ destinationRules: [{ name: "reviews", host: "*", circuits }] });
}

const asks = (scenario: Scenario, tenant: string, times: number, answer: Answer = OK, root = scenario.root): string =>
  scenario.asks(times, answer, of(tenant), root);

test("one bad tenant is refused, and no other, on every worker (istio#39504)", () => {
  const scenario = keyed(10);
  const worker = scenario.worker();
  assert.equal(asks(scenario, "a", 1, FAILS) + asks(scenario, "a", 1, FAILS, worker), "..");
  for (const root of [scenario.root, worker]) {
    assert.equal(asks(scenario, "a", 1, OK, root), "x");
    assert.equal(asks(scenario, "b", 3, OK, root), "...");
  }
  assert.equal(scenario.asks(5, FAILS, GET), ".....", "without the key there is no circuit");
  scenario.after(10_000);
  assert.equal(asks(scenario, "a", 3), "...");
});

test("keys that do not fail cost nothing: no shared data, and one metric each way", () => {
  const scenario = keyed(10);
  asks(scenario, "a", 2, FAILS);
  const timed = { status: 200, headers: { "x-envoy-upstream-service-time": "3" }, headersOnly: true };
  asks(scenario, "b", 1, timed);
  assert.deepEqual(
    scenario.during(() => asks(scenario, "c", 1, timed)).filter((call) => !call.includes("header_map")),
    ["get_metric circuit_breaking.circuit.default.cb.reviews.tenant.assignments"],
  );
});

test("when all places are taken the closed circuit that was idle for longest is forgotten, an open one never", () => {
  const scenario = keyed(3);
  asks(scenario, "open", 2, FAILS);
  for (const tenant of ["old", "young"]) {
    scenario.after(1);
    asks(scenario, tenant, 1, FAILS);
  }
  scenario.after(1);
  assert.equal(asks(scenario, "new", 1, FAILS), ".");
  assert.equal(asks(scenario, "open", 1), "x");
  assert.equal(asks(scenario, "young", 2, FAILS), ".x", "its error is known");
  assert.equal(asks(scenario, "old", 1, FAILS) + asks(scenario, "old", 1), "..", "its error was forgotten");
});

test("if all are open, a new key is not counted, until the time of one is over", () => {
  const scenario = keyed(2);
  for (const tenant of ["a", "b"]) asks(scenario, tenant, 2, FAILS);
  assert.equal(asks(scenario, "c", 5, FAILS), ".....");
  assert.equal(scenario.counter("keys_overflow"), 5);
  assert.equal(asks(scenario, "a", 1) + asks(scenario, "b", 1), "xx");
  scenario.after(10_000);
  assert.equal(asks(scenario, "c", 3, FAILS), "..x");
});

test("a call of a key that was forgotten meanwhile changes nothing for the next", () => {
  const scenario = keyed(1);
  const sent = scenario.send(of("a"));
  asks(scenario, "a", 1, FAILS);
  const counted = scenario.send(of("a"));
  scenario.after(1);
  asks(scenario, "b", 1, FAILS);
  counted.answer(FAILS);
  assert.equal(asks(scenario, "b", 1), ".", "b has one error");
  sent.answer(FAILS);
  assert.equal(scenario.counter("opened"), 0);
});

test("with rates each key has a circuit from its first call on", () => {
  const rate = { consecutive5xxErrors: 0, failureRateThreshold: 50, minimumNumberOfCalls: 4 };
  const scenario = keyed(10, rate);
  assert.equal(asks(scenario, "a", 2) + asks(scenario, "a", 2, FAILS) + asks(scenario, "a", 1), "....x");
  assert.equal(asks(scenario, "b", 3) + asks(scenario, "b", 2, FAILS), ".....");
});

test("a cookie, a claim and the caller are keys too", () => {
  const byCookie = keyed(5, {}, { cookie: "session" });
  const cookie = (value: string): Headers => ({ ...GET, cookie: `session=${value}` });
  assert.equal(byCookie.asks(3, FAILS, cookie("a")) + byCookie.asks(1, OK, cookie("b")), "..x.");
  const properties = {
    metadata: { filter_metadata: { "envoy.filters.http.jwt_authn": struct({ payload: { org: "acme" } }) } },
    connection: { mtls: true, uri_san_peer_certificate: "spiffe://td/ns/a/sa/b" },
    xds: { listener_direction: 1n },
    response: { code_details: "via_upstream", flags: 0n },
  };
  for (const key of [{ claim: "org" }, "principal"]) {
    const scenario = keyed(5, {}, key);
    const outcomes = [1, 2, 3].map(() => {
      const stream = scenario.root.stream({ requestHeaders: GET, properties });
      stream.requestHeaders();
      const refused = stream.localReply !== undefined;
      if (!refused) stream.responseHeaders({ ":status": "500" });
      stream.end();
      return refused;
    });
    assert.deepEqual(outcomes, [false, false, true], JSON.stringify(key));
  }
});

test("memory is flat over any number of keys", () => {
  const scenario = keyed(50);
  scenario.emulator.record = false;
  scenario.emulator.logLevel = "error";
  assertFlat(scenario.vm, { settle: 300, then: 3000 }, (round) => {
    asks(scenario, `tenant-${round}`, 1, FAILS);
    scenario.after(1);
  });
});

test("another configuration forgets all keys, the same one none", () => {
  const scenario = keyed(5);
  asks(scenario, "a", 2, FAILS);
  assert.equal(asks(scenario, "a", 1, OK, scenario.push()), "x");
  const circuits = [{ name: "tenant", keyedBy: { header: "x-tenant" }, maxKeys: 5, outlierDetection: {} }];
  const other = scenario.push(scenario.vm, { destinationRules: [{ name: "reviews", host: "*", circuits }] });
  assert.equal(asks(scenario, "a", 1, OK, other), ".");
});
