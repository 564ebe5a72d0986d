/** What a request asks of the host: the exact calls, in their order. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { AS_SECTIONS } from "../../../../test/support/module/sections.ts";
import { FAILS, FLAG, GET, OK, PLUGIN, Scenario, reviews, type Answer } from "./scenario.ts";

const KEY = `circuit-breaking.1.${PLUGIN}.reviews`;
const own = (what: string): string => `circuit_breaking.circuit.${PLUGIN}.reviews.${what}`;
const TIMED: Answer = { status: 200, headers: { "x-envoy-upstream-service-time": "3" }, headersOnly: true };

const READ_REQUEST = "get_header_map_pairs request";
const READ_RESPONSE = "get_header_map_pairs response";
const HEARD = `get_metric ${own("transitions")}`;
const ERRORS = `get_metric ${own("consecutive_errors")}`;

/** A circuit that a worker has seen. */
function warm(policy: object = {}, rule: object = {}, fields: object = {}): Scenario {
  const scenario = new Scenario(reviews(policy, rule, fields), { logLevel: "warn" });
  scenario.ask(TIMED);
  return scenario;
}

test("closed and successful: headers once each way, and one metric each way", () => {
  const scenario = warm();
  assert.deepEqual(
    scenario.during(() => scenario.ask(TIMED)),
    [READ_REQUEST, HEARD, READ_RESPONSE, ERRORS],
  );
});

const IN_TRAILERS: Answer = { ...TIMED, headersOnly: false, trailers: true };

test("a response that ends with its body costs nothing more; in trailers, a look at its flags", () => {
  const scenario = warm();
  const withBody = scenario.during(() => scenario.ask({ ...TIMED, headersOnly: false }));
  // `signalbox` does not see bodies: its other sections would pay for that.
  const atItsEnd = AS_SECTIONS ? ["get_property response.flags"] : [];
  assert.deepEqual(withBody, [READ_REQUEST, HEARD, READ_RESPONSE, ERRORS, ...atItsEnd]);
  assert.deepEqual(
    scenario.during(() => scenario.ask(IN_TRAILERS)),
    [READ_REQUEST, HEARD, READ_RESPONSE, ERRORS, "get_property response.flags"],
  );
});

test("a body that goes on costs no host call, and one that breaks off is an error", () => {
  const scenario = warm();
  const broken: Answer = { ...IN_TRAILERS, breaksOff: { details: "upstream_reset_after_response_started{x}", flags: FLAG.UC } }; // prettier-ignore
  const sent = scenario.send();
  sent.stream.responseHeaders({ ":status": "200", "x-envoy-upstream-service-time": "3" }, false);
  assert.deepEqual(
    scenario.during(() => sent.stream.responseBody("some", false)),
    [],
  );
  sent.stream.end();
  scenario.ask(broken);
  assert.equal(scenario.of("reviews", "consecutive_errors"), 1);
});

test("a host that no rule is for, and a request that is exempt: the headers alone", () => {
  const scenario = warm({}, { host: "other.com" });
  assert.deepEqual(
    scenario.during(() => scenario.ask(TIMED)),
    [READ_REQUEST],
  );
  const probe = { ...GET, "user-agent": "kube-probe/1.30" };
  const exempt = warm();
  assert.deepEqual(
    exempt.during(() => exempt.ask(TIMED, probe)),
    [READ_REQUEST],
  );
});

test("an error: who made it, whether it still counts, and the counting", () => {
  const scenario = warm();
  assert.deepEqual(
    scenario.during(() => scenario.ask({ ...FAILS, headersOnly: true })),
    [
      ...[READ_REQUEST, HEARD, READ_RESPONSE, "get_property response.code_details", HEARD],
      ...[`increment_metric ${own("consecutive_errors")} 1`, ERRORS],
    ],
  );
});

test("open: a metric, the time, and the answer", () => {
  const scenario = warm({ consecutive5xxErrors: 1 });
  scenario.ask(FAILS);
  scenario.ask(OK);
  const calls = scenario.during(() => scenario.ask(OK));
  assert.deepEqual(
    calls.map((call) => call.split(/[ (]/)[0]),
    [
      ...["get_header_map_pairs", "get_metric", "clock_time_get", "get_property", "clock_time_get"],
      ...["send_local_response", "increment_metric", "increment_metric"],
    ],
  );
  assert.ok(!calls.some((call) => call.includes("shared_data")));
});

test("with rates, closed and successful: the time and one count more", () => {
  const scenario = warm({ failureRateThreshold: 50, interval: "10s" });
  assert.deepEqual(
    scenario.during(() => scenario.ask(TIMED)),
    [
      ...[READ_REQUEST, HEARD, READ_RESPONSE, ERRORS, HEARD, "clock_time_get 1"],
      `increment_metric ${own("requests")} 1`,
    ],
  );
  scenario.after(1000);
  const calls = scenario.during(() => scenario.ask(TIMED));
  assert.equal(calls.filter((call) => call.startsWith(`set_shared_data ${KEY}`)).length, 1, "once for each tenth");
});

test("a client that leaves is looked at once", () => {
  const scenario = warm();
  assert.deepEqual(
    scenario.during(() => scenario.ask({ flags: FLAG.DC })),
    [READ_REQUEST, HEARD, "get_property response.flags"],
  );
});

test("forced open and disabled: no metric is asked", () => {
  const forced = warm({}, { state: "FORCED_OPEN" });
  const calls = forced.during(() => assert.equal(forced.ask(OK), true));
  assert.ok(!calls.some((call) => call.startsWith("get_metric")), calls.join("\n"));
  const disabled = warm({}, { state: "DISABLED" });
  assert.deepEqual(
    disabled.during(() => disabled.ask(FAILS)),
    [READ_REQUEST],
  );
});
