/** What counts as an error: by who made the answer, by status, and by how the stream ends. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { type Answer, FAILS, FLAG, GET, GRPC, OK, Scenario, reviews } from "./scenario.ts";

const NO_CONNECTION: Answer = {
  status: 503,
  details: "upstream_reset_before_response_started{remote_connection_failure|delayed_connect_error:_111}",
  flags: FLAG.UF,
};
const CONNECTED = { local_address: "127.0.0.1:40000" };
const TIMEOUT: Answer = { status: 504, details: "response_timeout", flags: FLAG.UT };

/** The circuit after two errors, of which it takes three to open it, and then that answer. */
function after(answer: Answer, policy: object = {}, headers = GET): { errors: number; state: string } {
  const scenario = new Scenario(reviews({ consecutive5xxErrors: 3, ...policy }));
  scenario.asks(2, FAILS);
  scenario.ask(answer, headers);
  return { errors: scenario.of("reviews", "consecutive_errors"), state: scenario.state() };
}

const OPENED = { errors: 0, state: "open" };
const CLEARED = { errors: 0, state: "closed" };
const UNTOUCHED = { errors: 2, state: "closed" };

test("an answer of the upstream counts by its status", () => {
  for (const status of [500, 501, 502, 503, 504, 599]) assert.deepEqual(after({ status }), OPENED, String(status));
  for (const status of [200, 204, 302, 400, 404, 429, 499, 600]) {
    assert.deepEqual(after({ status }), CLEARED, String(status));
  }
});

test("so do a connection that does not come about, one that breaks, and a timeout", () => {
  const reset = (what: string, flags: bigint, status = 503): Answer => ({
    status,
    details: `upstream_reset_before_response_started{${what}}`,
    flags,
  });
  const all = [
    ...[NO_CONNECTION, TIMEOUT, reset("connection_termination", FLAG.UC), reset("remote_reset", 0x10n)],
    ...[reset("protocol_error", 0x800000n, 502), reset("connection_timeout", FLAG.UF)],
    ...["upstream_per_try_timeout", "upstream_per_try_idle_timeout"].map((details) => ({ ...TIMEOUT, details })),
  ];
  for (const answer of all) assert.deepEqual(after(answer), OPENED, answer.details);
});

test("an answer of Envoy's or of another filter is neither an error nor a success (envoy#25487)", () => {
  const others: Answer[] = [
    { status: 503, details: "no_healthy_upstream", flags: FLAG.UH },
    { status: 503, details: "upstream_reset_before_response_started{overflow}", flags: FLAG.UO },
    { status: 504, details: "upstream_max_stream_duration_reached", flags: 0x80000n },
    { status: 504, details: "max_duration_timeout" },
    { status: 404, details: "route_not_found", flags: 0x100n },
    { status: 503, details: "cluster_not_found", flags: 0x1000000n },
    { status: 200, details: "direct_response" },
    { status: 503, details: "direct_response" },
    { status: 403, details: "rbac_access_denied_matched_policy[none]" },
    { status: 503, details: "fault_filter_abort", flags: 0x400n },
    { status: 429, details: "request_rate_limited", flags: 0x800n },
    { status: 503, details: "denied_by_admission_control" },
  ];
  for (const answer of others) assert.deepEqual(after(answer), UNTOUCHED, answer.details);
});

test("what Envoy times is the upstream's, and who made it need not be asked", () => {
  const scenario = new Scenario(reviews({ consecutive5xxErrors: 3 }));
  scenario.ask(FAILS);
  const timed = { status: 200, headers: { "x-envoy-upstream-service-time": "3" }, headersOnly: true };
  const calls = scenario.during(() => scenario.ask(timed));
  assert.equal(scenario.of("reviews", "consecutive_errors"), 0);
  assert.ok(!calls.some((call) => call.startsWith("get_property")), calls.join("\n"));
});

test("outlierDetectionHttpErrorCodes takes the place of 5xx (istio#60828)", () => {
  const listed = { outlierDetectionHttpErrorCodes: [429, 502] };
  assert.deepEqual(after({ status: 429 }, { ...listed, consecutive5xxErrors: 1 }).state, "open");
  const scenario = new Scenario(reviews({ consecutive5xxErrors: 2, ...listed }));
  assert.equal(scenario.asks(10, { status: 503 }), "..........");
  assert.equal(scenario.asks(3, { status: 429 }), "..x");
  const errors = (answer: Answer): number => {
    const one = new Scenario(reviews({ consecutive5xxErrors: 9, ...listed }));
    one.ask({ status: 502 });
    one.ask(answer);
    return one.of("reviews", "consecutive_errors");
  };
  assert.deepEqual([{ status: 503 }, { status: 500 }, OK, NO_CONNECTION, TIMEOUT].map(errors), [0, 0, 0, 2, 2]);
});

test("a listed status that is no 5xx is no gateway's", () => {
  const policy = { consecutive5xxErrors: 0, consecutiveGatewayErrors: 2, outlierDetectionHttpErrorCodes: [429, 502] };
  const scenario = new Scenario(reviews(policy));
  assert.equal(scenario.asks(5, { status: 429 }), ".....");
  assert.equal(scenario.asks(3, { status: 502 }), "..x");
});

test("ignoredHttpErrorCodes are neither errors nor successes", () => {
  const ignored = { ignoredHttpErrorCodes: [501, 404] };
  for (const status of [501, 404]) assert.deepEqual(after({ status }, ignored), UNTOUCHED);
  assert.deepEqual(after({ status: 500 }, ignored), OPENED);
  assert.deepEqual(after(NO_CONNECTION, { ignoredHttpErrorCodes: [503] }), OPENED, "there was no answer to ignore");
});

test("errors of a gateway are counted among the others, and apart (envoy#3643, istio#8082)", () => {
  const scenario = new Scenario(reviews({ consecutive5xxErrors: 0, consecutiveGatewayErrors: 5 }));
  assert.equal(scenario.asks(20, FAILS), ".".repeat(20));
  assert.equal(scenario.asks(4, { status: 503 }) + scenario.asks(1, FAILS), ".....", "a 500 begins that count anew");
  assert.equal(scenario.asks(6, { status: 503 }), ".....x");
  assert.match(scenario.logged().at(-1) ?? "", /consecutive_gateway_failure 5,/);
});

test("with split, errors of this proxy's own are counted apart", () => {
  const policy = {
    consecutive5xxErrors: 5,
    splitExternalLocalOriginErrors: true,
    consecutiveLocalOriginFailures: 3,
  };
  const scenario = new Scenario(reviews(policy));
  assert.equal(scenario.asks(2, NO_CONNECTION) + scenario.asks(4, FAILS), "......", "an answer begins that count anew");
  assert.equal(scenario.of("reviews", "consecutive_local_origin_failures"), 0);
  assert.equal(scenario.asks(2, NO_CONNECTION), "..");
  assert.deepEqual(
    ["consecutive_errors", "consecutive_local_origin_failures"].map((name) => scenario.of("reviews", name)),
    [4, 2],
  );
  assert.equal(scenario.asks(2, NO_CONNECTION), ".x");
  assert.match(scenario.logged().at(-1) ?? "", /consecutive_local_origin_failure 3,/);
});

test("with split a timeout of a connection that there was never adds up, as natively", () => {
  const policy = { splitExternalLocalOriginErrors: true, consecutiveLocalOriginFailures: 2 };
  const scenario = new Scenario(reviews(policy));
  assert.equal(scenario.asks(10, { ...TIMEOUT, upstream: CONNECTED }), "..........");
  const one = new Scenario(reviews({ ...policy, consecutiveLocalOriginFailures: 1 }));
  assert.equal(one.asks(2, { ...TIMEOUT, upstream: CONNECTED }), ".x");
  const left = new Scenario(reviews(policy));
  left.ask(NO_CONNECTION);
  left.ask({ flags: FLAG.DC, upstream: CONNECTED });
  assert.equal(left.of("reviews", "consecutive_local_origin_failures"), 0, "also if the client left");
  left.ask(NO_CONNECTION);
  left.ask({ flags: FLAG.DC });
  assert.equal(left.of("reviews", "consecutive_local_origin_failures"), 1);
  left.ask({ status: 504, details: "max_duration_timeout", upstream: CONNECTED });
  assert.equal(left.of("reviews", "consecutive_local_origin_failures"), 0, "also if its stream took too long");
  left.ask(NO_CONNECTION);
  left.ask({ status: 503, details: "fault_filter_abort", flags: FLAG.FI });
  assert.equal(left.of("reviews", "consecutive_local_origin_failures"), 1, "there was no connection");
});

test("gRPC that is answered with another status than 200 counts by that status at once, as natively", () => {
  assert.deepEqual(after({ status: 404 }, {}, GRPC), { errors: 0, state: "closed" });
  assert.deepEqual(after({ status: 404, grpcStatus: 12 }, {}, GRPC), { errors: 0, state: "closed" });
  assert.deepEqual(after({ status: 503 }, {}, GRPC), { errors: 0, state: "open" });
});

test("a response that breaks off counts as an error after what its headers said", () => {
  const breaksOff = { details: "upstream_reset_after_response_started{connection_termination}", flags: FLAG.UC };
  assert.deepEqual(after({ status: 200, breaksOff }), { errors: 1, state: "closed" });
  const scenario = new Scenario(reviews({ consecutive5xxErrors: 3 }));
  scenario.ask({ status: 500, breaksOff });
  assert.equal(scenario.of("reviews", "consecutive_errors"), 2, "a 500 that breaks off counts twice");
  const delayed = { details: "via_upstream", flags: FLAG.DI };
  assert.deepEqual(after({ status: 200, breaksOff: delayed }), CLEARED);
});

test("a client that leaves says nothing", () => {
  assert.deepEqual(after({ flags: FLAG.DC }), UNTOUCHED);
  const left = { details: "downstream_remote_disconnect", flags: FLAG.DC };
  assert.deepEqual(after({ status: 200, breaksOff: left }), CLEARED, "its headers had come");
});

test("gRPC: a status in the headers takes the place of the HTTP status, in both directions", () => {
  const grpc = (status: string, http = 200): Answer => ({ status: http, headers: { "grpc-status": status } });
  for (const status of ["2", "4", "12", "13", "14", "15", "17", "x"]) {
    assert.deepEqual(after(grpc(status), {}, GRPC), OPENED, status);
  }
  for (const status of ["0", "1", "3", "5", "7", "8", "16"]) assert.deepEqual(after(grpc(status), {}, GRPC), CLEARED);
  assert.deepEqual(after(grpc("0", 503), {}, GRPC), CLEARED);
  assert.deepEqual(after(grpc("14"), {}, GET), CLEARED, "no gRPC request");
  assert.deepEqual(after({ status: 503 }, {}, GRPC), OPENED, "no gRPC status");
});

test("gRPC: UNAVAILABLE and DEADLINE_EXCEEDED are a gateway's", () => {
  const opens = (status: string): boolean => {
    const scenario = new Scenario(reviews({ consecutive5xxErrors: 0, consecutiveGatewayErrors: 1 }));
    return scenario.asks(2, { status: 200, headers: { "grpc-status": status } }, GRPC) === ".x";
  };
  assert.deepEqual(["14", "4", "13", "2"].map(opens), [true, true, false, false]);
});

test("gRPC: a status in the trailers counts when the stream ends (envoy#8228)", () => {
  assert.deepEqual(after({ status: 200, grpcStatus: 14 }, {}, GRPC), OPENED);
  assert.deepEqual(after({ status: 200, grpcStatus: 0 }, {}, GRPC), CLEARED);
  assert.deepEqual(after({ status: 200, grpcStatus: 8 }, { grpcErrorStatuses: ["RESOURCE_EXHAUSTED"] }, GRPC), OPENED);
});

test("gRPC: Envoy's own answers are 200, and say nothing (envoy#29052)", () => {
  const answer = { status: 200, headers: { "grpc-status": "14" }, details: "no_healthy_upstream", flags: FLAG.UH };
  assert.deepEqual(after(answer, {}, GRPC), UNTOUCHED);
});

test("gRPC: no list of HTTP statuses is asked", () => {
  const listed = { outlierDetectionHttpErrorCodes: [404] };
  const scenario = new Scenario(reviews({ consecutive5xxErrors: 1, ...listed }));
  assert.equal(scenario.asks(2, { status: 404, headersOnly: true }, GRPC), "..");
  assert.equal(scenario.asks(2, { status: 503 }, GRPC), ".x");
});

test("a retried request counts once, or with attempts: EACH each time", () => {
  const tried = (status: number, attempts: bigint): Answer => ({
    status,
    upstream: { request_attempt_count: attempts },
  });
  assert.equal(new Scenario(reviews({ consecutive5xxErrors: 3 })).asks(3, tried(503, 3n)), "...");
  const each = { consecutive5xxErrors: 3, attempts: "EACH" };
  assert.equal(new Scenario(reviews(each)).asks(2, tried(503, 3n)), ".x");
  assert.equal(new Scenario(reviews(each)).asks(4, tried(200, 3n)), "....", "a success ends the row");
  assert.equal(new Scenario(reviews(each)).asks(2, tried(200, 4n)), ".x", "three failed before it");
});
