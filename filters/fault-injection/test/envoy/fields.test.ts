/** Each field of `fault`, on an inbound and on an outbound listener. */
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import {
  FeatureListeners,
  until,
  valuesOf,
  type JsonObject,
  type Request,
} from "../../../../test/support/envoy/index.ts";
import { abort, aborted, CERTAIN, delay, EARLY_MS, entry, feature, outcome, plugin, timed } from "./faults.ts";

const DIRECTIONS = ["INBOUND", "OUTBOUND"];
const GRPC: Request = { method: "POST", headers: [["content-type", "application/grpc"]] };

const FAULTS: Readonly<Record<string, JsonObject>> = {
  status: abort(418),
  "highest-status": abort(600),
  grpc: { abort: { ...CERTAIN, grpcStatus: "RESOURCE_EXHAUSTED" } },
  body: abort(503, { body: "later, please" }),
  "empty-body": abort(503, { body: "" }),
  headers: abort(429, { headers: { "Retry-After": "5", "content-type": "text/x-fault" } }),
  "abort-never": { abort: { percentage: { value: 0 }, httpStatus: 418 } },
  "abort-unsaid": { abort: { httpStatus: 418 } },
  delay: delay("20ms"),
  percent: { delay: { percent: 100, fixedDelay: "20ms" } },
  "delay-never": { delay: { percentage: { value: 0 }, fixedDelay: "1h" } },
  "percent-never": { delay: { percent: 100, percentage: { value: 0 }, fixedDelay: "1h" } },
  both: { ...delay("20ms"), ...abort(418) },
  "only-delayed": { ...delay("20ms"), abort: { percentage: { value: 0 }, httpStatus: 418 } },
  "only-aborted": { delay: { percentage: { value: 0 }, fixedDelay: "1h" }, ...abort(418) },
};

const LOGGED = "%REQ(:PATH)% %RESPONSE_CODE% %RESPONSE_CODE_DETAILS%";

let listeners: FeatureListeners;

before(async () => {
  const features = Object.entries(FAULTS).flatMap(([name, fault]) =>
    DIRECTIONS.map((direction) => [
      `${name}:${direction}`,
      feature(plugin([entry(name, fault)]), { accessLog: LOGGED }, { traffic_direction: direction }),
    ]),
  );
  listeners = await FeatureListeners.start("fault-injection", Object.fromEntries(features));
});
after(async () => await listeners?.stop());

/** Asserts what becomes of a request on both listeners. */
async function expect(name: string, expected: string, request?: Request): Promise<void> {
  for (const direction of DIRECTIONS) {
    assert.equal(outcome(await listeners.send(`${name}:${direction}`, request)), expected, `${name} ${direction}`);
  }
}

test("httpStatus: that status, Envoy's body and details", async () => {
  await expect("status", aborted(418, "status"));
  await expect("highest-status", aborted(600, "highest-status"));
  const { body, headers } = await listeners.send("status:INBOUND");
  assert.equal(body, "fault filter abort");
  assert.deepEqual(valuesOf(headers, "content-type"), ["text/plain"]);
});

test("httpStatus for a gRPC request: the gRPC status that Envoy maps it to", async () => {
  const { status, headers } = await listeners.send("empty-body:INBOUND", GRPC);
  assert.equal(status, 200);
  // 503 is UNAVAILABLE (https://github.com/grpc/grpc/blob/master/doc/http-grpc-status-mapping.md).
  assert.deepEqual(valuesOf(headers, "grpc-status"), ["14"]);
});

test("grpcStatus: that status with its message for a gRPC request, 200 for others", async () => {
  for (const direction of DIRECTIONS) {
    const answer = await listeners.send(`grpc:${direction}`, GRPC);
    assert.equal(outcome(answer), aborted(200, "grpc"), direction);
    assert.deepEqual(valuesOf(answer.headers, "grpc-status"), ["8"]);
    assert.deepEqual(valuesOf(answer.headers, "grpc-message"), ["fault filter abort"]);
    assert.deepEqual(valuesOf(answer.headers, "content-type"), ["application/grpc"]);
  }
  await expect("grpc", aborted(200, "grpc"));
});

test("body: another text, or none", async () => {
  assert.equal((await listeners.send("body:INBOUND")).body, "later, please");
  assert.equal((await listeners.send("body:OUTBOUND")).body, "later, please");
  assert.equal((await listeners.send("empty-body:INBOUND")).body, "");
});

test("headers: beside Envoy's own, or in their place", async () => {
  for (const direction of DIRECTIONS) {
    const { headers } = await listeners.send(`headers:${direction}`);
    assert.deepEqual(valuesOf(headers, "retry-after"), ["5"]);
    assert.deepEqual(valuesOf(headers, "content-type"), ["text/x-fault"]);
    assert.deepEqual(valuesOf(headers, "content-length"), ["18"]);
  }
});

test("percentage 0, or none at all: the request goes on as if there were no fault", async () => {
  for (const name of ["abort-never", "abort-unsaid", "delay-never", "percent-never"]) await expect(name, "200");
});

test("fixedDelay: the request reaches the upstream, no sooner", async () => {
  for (const name of ["delay", "percent", "only-delayed"]) {
    const [, milliseconds] = await timed(() => expect(name, `200, ${name}`));
    assert.ok(milliseconds >= 2 * (20 - EARLY_MS), `two took ${milliseconds} ms`);
  }
});

test("delay and abort: the abort comes after the delay; each has its own percentage", async () => {
  const [, milliseconds] = await timed(() => expect("both", aborted(418, "both")));
  assert.ok(milliseconds >= 2 * (20 - EARLY_MS), `two took ${milliseconds} ms`);
  await expect("only-aborted", aborted(418, "only-aborted"));
});

test("the access log tells an abort by its details, and a delay not at all", async () => {
  await listeners.send("status:INBOUND", { path: "/aborted" });
  await listeners.send("both:OUTBOUND", { path: "/delayed-and-aborted" });
  await listeners.send("delay:INBOUND", { path: "/delayed" });
  const lines = await until("their lines", async () => {
    const all = (await listeners.envoy.accessLog(1)).filter((line) => !line.startsWith("/ "));
    return all.length === 3 && all;
  });
  assert.deepEqual(lines, [
    "/aborted 418 fault_filter_abort",
    "/delayed-and-aborted 418 fault_filter_abort",
    "/delayed 200 via_upstream",
  ]);
});
