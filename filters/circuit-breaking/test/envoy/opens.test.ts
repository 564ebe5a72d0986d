/** A circuit in a real Envoy: what opens it, what it answers, how it closes. The numbers are rows of public reports. */
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { detailsOf, until } from "../../../../test/support/envoy/index.ts";
import { Circuits, headerOf, isRefused, rule, type Part } from "./circuits.ts";

const SEED = { consecutive5xxErrors: 5, interval: "30s", baseEjectionTime: "30s" };
const THREE = { consecutive5xxErrors: 3 };
const native = { outlier_detection: { consecutive_5xx: 5, interval: "30s", base_ejection_time: "30s" } };

const PARTS: Readonly<Record<string, Part>> = {
  seed: { configuration: rule("seed", SEED), cluster: native },
  gateway: { configuration: rule("gateway", { consecutive5xxErrors: 0, consecutiveGatewayErrors: 5 }) },
  closed: { configuration: rule("closed", THREE), closed: true },
  reset: { configuration: rule("reset", THREE) },
  after: { configuration: rule("after", { consecutive5xxErrors: 1 }) },
  timeout: { configuration: rule("timeout", THREE), route: { timeout: "0.05s" } },
  unhealthy: { configuration: rule("unhealthy", THREE), cluster: { load_assignment: { cluster_name: "unhealthy" } } },
  fault: {
    configuration: rule("fault", THREE),
    chain: { routes: [{ match: { prefix: "/" }, direct_response: { status: 503 } }] },
  },
  listed: { configuration: rule("listed", { ...THREE, outlierDetectionHttpErrorCodes: [429] }) },
  watched: { configuration: rule("watched", THREE, { state: "METRICS_ONLY" }) },
  brief: { configuration: rule("brief", { consecutive5xxErrors: 1, baseEjectionTime: "50ms", interval: "10s" }) },
  asked: {
    configuration: rule("asked", { consecutive5xxErrors: 1, baseEjectionTime: "1s", honorRetryAfter: true }),
  },
  inbound: {
    configuration: { ...rule("inbound", { consecutive5xxErrors: 1 }), expose: true },
    listener: { traffic_direction: "INBOUND" },
    chain: { accessLog: "%FILTER_STATE(wasm.circuit:PLAIN)% %RESPONSE_CODE_DETAILS% %RESPONSE_FLAGS%" },
  },
  body: {
    configuration: rule(
      "body",
      { consecutive5xxErrors: 1 },
      {
        rejection: { httpStatus: 429, body: '{"error":"later"}', headers: { "content-type": "application/json" } },
      },
    ),
  },
};

let circuits: Circuits;
before(async () => {
  circuits = await Circuits.start(PARTS);
});
after(async () => {
  await circuits.stop();
});

test("row 2: one endpoint, the seed's DestinationRule: natively nothing opens, here the sixth is refused", async () => {
  assert.equal(await circuits.asks("seed", 8, "500"), ".....xxx");
  assert.equal(circuits.upstream.came("seed"), 5);
  const stats = await circuits.envoy.admin.stats();
  assert.equal(Number(stats.get("cluster.seed.outlier_detection.ejections_active")), 0);
  assert.equal(Number(stats.get("cluster.seed.outlier_detection.ejections_overflow")), 1);
});

test("rows 3, 4, 5, 21: the refusal says whose it is and when to come again; state, counters and a line of the log", async () => {
  const refused = await circuits.ask("seed", "200");
  assert.equal(refused.status, 503);
  assert.equal(refused.body, "circuit open");
  assert.equal(headerOf(refused, "x-circuit-open"), "seed");
  assert.equal(detailsOf(refused), "circuit_open{seed}");
  const seconds = Number(headerOf(refused, "retry-after"));
  assert.ok(seconds > 0 && seconds <= 30, String(seconds));
  assert.deepEqual(await Promise.all(["opened", "state"].map((name) => circuits.metric(name, "seed"))), [1, 1]);
});

test("row 12: 500 is not 503", async () => {
  assert.equal(await circuits.asks("gateway", 20, "500"), ".".repeat(20));
  assert.equal(await circuits.asks("gateway", 7, "503"), ".....xx");
});

test("no connection, one that breaks, one that breaks after the headers, and a timeout are errors", async () => {
  assert.equal(await circuits.asks("closed", 4, "200"), "...x");
  assert.equal(await circuits.asks("reset", 4, "reset"), "...x");
  await assert.rejects(circuits.ask("after", "reset-after"));
  await until("the stream to be logged", async () => (await circuits.metric("state", "after")) === 1);
  assert.ok(isRefused(await circuits.ask("after", "200")));
  assert.equal(await circuits.asks("timeout", 4, "hold"), "...x");
});

test("rows 10, 24: no healthy host, and answers of Envoy's own, say nothing", async () => {
  assert.equal(await circuits.asks("unhealthy", 6, "200"), "......");
  assert.equal(await circuits.asks("fault", 6, "200"), "......");
  for (const name of ["unhealthy", "fault"]) assert.equal(await circuits.metric("consecutive_errors", name), 0);
});

test("row 13: 429 instead of 5xx", async () => {
  assert.equal(await circuits.asks("listed", 5, "500"), ".....");
  assert.equal(await circuits.asks("listed", 4, "429"), "...x");
});

test("row 28: a dry run opens, counts and refuses nothing", async () => {
  assert.equal(await circuits.asks("watched", 6, "503"), "......");
  assert.equal(circuits.upstream.came("watched"), 6);
  assert.equal(await circuits.metric("state", "watched"), 1);
});

test("rows 22, 31: after its time the next request is a probe, and a success closes it", async () => {
  assert.equal(await circuits.asks("brief", 2, "500"), ".x");
  await until("its time to be over", async () => !isRefused(await circuits.ask("brief", "200")));
  assert.equal(await circuits.metric("state", "brief"), 0);
  assert.deepEqual(await Promise.all(["opened"].map((name) => circuits.metric(name, "brief"))), [1]);
});

test("a destination may ask to be left alone for longer", async () => {
  assert.equal(await circuits.asks("asked", 1, "503+20"), ".");
  const seconds = Number(headerOf(await circuits.ask("asked", "200"), "retry-after"));
  assert.ok(seconds > 1 && seconds <= 20, String(seconds));
});

test("at the called side the caller's proxy is told not to try again; access logs tell the circuit, and no flag", async () => {
  assert.equal(await circuits.asks("inbound", 2, "500"), ".x");
  const refused = await circuits.ask("inbound", "200");
  assert.equal(headerOf(refused, "x-envoy-ratelimited"), "true");
  assert.deepEqual(await circuits.envoy.accessLog(3), [
    "inbound via_upstream -",
    "inbound circuit_open{inbound} -",
    "inbound circuit_open{inbound} -",
  ]);
});

test("row 20: a body, a status and headers of one's own; the upstream's own 503 passes", async () => {
  const own = await circuits.ask("body", "503");
  assert.deepEqual([own.status, own.body, isRefused(own)], [503, "upstream", false]);
  const refused = await circuits.ask("body", "200");
  assert.deepEqual(
    [refused.status, refused.body, headerOf(refused, "content-type"), headerOf(refused, "x-envoy-ratelimited")],
    [429, '{"error":"later"}', "application/json", undefined],
  );
});
