/** What a user reads who mistyped something in a fault: the exact lines. */
import assert from "node:assert/strict";
import { test } from "node:test";
import {
  ABORT,
  DELAY,
  DURATION,
  FAULT,
  SHARE,
  entry,
  fault,
  root,
  service,
  testErrors,
  warnings,
  type Case,
} from "./mistakes.ts";

const delay = (fields: unknown): object => fault({ delay: fields });
const abort = (fields: unknown): object => fault({ abort: fields });
const distribution = (fields: unknown): object => delay({ ...SHARE, distribution: fields });
const consistentBy = (written: unknown): object => fault({ delay: DELAY, consistentBy: written });

const AT_DELAY = `${FAULT}.delay`;
const AT_ABORT = `${FAULT}.abort`;
const DISTRIBUTION = `${AT_DELAY}.distribution`;
const CONSISTENT_BY = `${FAULT}.consistentBy`;

const WHOLE_MILLISECONDS = "expected a duration of whole milliseconds, at least 1ms";
const PERCENTAGE = "expected 0, or a percentage from 0.0001 to 100";
const KEY = 'expected {header: name}, {cookie: name}, "principal" or "traceId"';
const KIND = "expected one of uniform, normal, exponential and pareto";
const NO_LONGER = "expected a duration no longer than max";
const GRPC_NAMES =
  "expected OK, CANCELLED, UNKNOWN, INVALID_ARGUMENT, DEADLINE_EXCEEDED, NOT_FOUND, ALREADY_EXISTS, PERMISSION_DENIED, " +
  "RESOURCE_EXHAUSTED, FAILED_PRECONDITION, ABORTED, OUT_OF_RANGE, UNIMPLEMENTED, INTERNAL, UNAVAILABLE, DATA_LOSS or " +
  "UNAUTHENTICATED";

const DELAYS: readonly Case[] = [
  ["a delay that is text", delay("5s"), [`${AT_DELAY}: expected an object, got "5s"`]],
  [
    "a share that is a number",
    delay({ percentage: 10, fixedDelay: "1s" }),
    [`${AT_DELAY}.percentage: expected an object, got 10`],
  ],
  [
    "a share above 100 %",
    delay({ percentage: { value: 100.5 }, fixedDelay: "1s" }),
    [`${AT_DELAY}.percentage.value: ${PERCENTAGE}, got 100.5`],
  ],
  [
    "a share below 0 %",
    delay({ percentage: { value: -1 }, fixedDelay: "1s" }),
    [`${AT_DELAY}.percentage.value: ${PERCENTAGE}, got -1`],
  ],
  [
    "a share below a millionth",
    delay({ percentage: { value: 0.00009 }, fixedDelay: "1s" }),
    [`${AT_DELAY}.percentage.value: ${PERCENTAGE}, got 0.00009`],
  ],
  [
    "a share as text",
    delay({ percentage: { value: "10" }, fixedDelay: "1s" }),
    [`${AT_DELAY}.percentage.value: expected a number, got "10"`],
  ],
  [
    "a share's field mistyped",
    delay({ percentage: { values: 10 }, fixedDelay: "1s" }),
    [`${AT_DELAY}.percentage: unknown field "values" (did you mean "value"?)`],
  ],
  [
    "percent above 100",
    delay({ percent: 101, fixedDelay: "1s" }),
    [`${AT_DELAY}.percent: expected a whole number from 0 to 100, got 101`],
  ],
  [
    "percent with a fraction",
    delay({ percent: 0.5, fixedDelay: "1s" }),
    [`${AT_DELAY}.percent: expected a whole number from 0 to 100, got 0.5`],
  ],
  ["a duration without a unit", delay({ ...SHARE, fixedDelay: "5" }), [`${AT_DELAY}.fixedDelay: ${DURATION}, got "5"`]],
  ["a duration as a number", delay({ ...SHARE, fixedDelay: 5 }), [`${AT_DELAY}.fixedDelay: expected a string, got 5`]],
  ["a negative duration", delay({ ...SHARE, fixedDelay: "-5s" }), [`${AT_DELAY}.fixedDelay: ${DURATION}, got "-5s"`]],
  ["a delay of 0", delay({ ...SHARE, fixedDelay: "0s" }), [`${AT_DELAY}.fixedDelay: ${WHOLE_MILLISECONDS}, got "0s"`]],
  [
    "microseconds",
    delay({ ...SHARE, fixedDelay: "1500us" }),
    [`${AT_DELAY}.fixedDelay: ${WHOLE_MILLISECONDS}, got "1500us"`],
  ],
  [
    "a delay of two months",
    delay({ ...SHARE, fixedDelay: "1440h" }),
    [`${AT_DELAY}.fixedDelay: expected a duration of at most 1193h2m47.295s, got "1440h"`],
  ],
  [
    "exponentialDelay",
    delay({ ...SHARE, exponentialDelay: "1s", fixedDelay: "1s" }),
    [`${AT_DELAY}.exponentialDelay: not supported: Istio ignores it: write distribution: {exponential: {mean, max}}`],
  ],
  [
    "two delays",
    delay({ fixedDelay: "1s", distribution: { uniform: { min: "1s", max: "2s" } } }),
    [
      `${AT_DELAY}: expected one of fixedDelay and distribution, got ` +
        '{"fixedDelay":"1s","distribution":{"uniform":{"min":"1s","max":"2s"}}}',
    ],
  ],
  [
    "a delay's field mistyped",
    delay({ ...SHARE, fixedDelays: "1s" }),
    [`${AT_DELAY}: unknown field "fixedDelays" (did you mean "fixedDelay"?)`],
  ],
];

const DISTRIBUTIONS: readonly Case[] = [
  ["no kind", distribution({}), [`${DISTRIBUTION}: ${KIND}, got {}`]],
  [
    "two kinds",
    distribution({ uniform: {}, pareto: {} }),
    [`${DISTRIBUTION}: ${KIND}, got {"uniform":{},"pareto":{}}`],
  ],
  [
    "a kind mistyped",
    distribution({ uniforms: {} }),
    [
      `${DISTRIBUTION}: unknown field "uniforms" (did you mean "uniform"?)`,
      `${DISTRIBUTION}: ${KIND}, got {"uniforms":{}}`,
    ],
  ],
  [
    "uniform without fields",
    distribution({ uniform: {} }),
    [`${DISTRIBUTION}.uniform.min: required, and missing`, `${DISTRIBUTION}.uniform.max: required, and missing`],
  ],
  [
    "uniform from above its end",
    distribution({ uniform: { min: "3s", max: "2s" } }),
    [`${DISTRIBUTION}.uniform.min: ${NO_LONGER}, got "3s"`],
  ],
  [
    "normal without fields",
    distribution({ normal: {} }),
    [
      `${DISTRIBUTION}.normal.mean: required, and missing`,
      `${DISTRIBUTION}.normal.standardDeviation: required, and missing`,
      `${DISTRIBUTION}.normal.max: required, and missing`,
    ],
  ],
  [
    "normal around more than its longest",
    distribution({ normal: { mean: "3s", standardDeviation: "5s", max: "2s" } }),
    [`${DISTRIBUTION}.normal.mean: ${NO_LONGER}, got "3s"`],
  ],
  [
    "exponential without max",
    distribution({ exponential: { mean: "1s" } }),
    [`${DISTRIBUTION}.exponential.max: required, and missing`],
  ],
  [
    "exponential with a mean as a number",
    distribution({ exponential: { mean: 300, max: "3s" } }),
    [`${DISTRIBUTION}.exponential.mean: expected a string, got 300`],
  ],
  [
    "exponential with a field of another kind",
    distribution({ exponential: { mean: "1s", max: "3s", shape: 1 } }),
    [`${DISTRIBUTION}.exponential: unknown field "shape"`],
  ],
  [
    "pareto without fields",
    distribution({ pareto: {} }),
    [
      `${DISTRIBUTION}.pareto.scale: required, and missing`,
      `${DISTRIBUTION}.pareto.shape: required, and missing`,
      `${DISTRIBUTION}.pareto.max: required, and missing`,
    ],
  ],
  [
    "pareto of no shape",
    distribution({ pareto: { scale: "1s", shape: 0, max: "3s" } }),
    [`${DISTRIBUTION}.pareto.shape: expected a number above 0, got 0`],
  ],
  [
    "pareto of a shape that is text",
    distribution({ pareto: { scale: "5s", shape: "1", max: "3s" } }),
    [
      `${DISTRIBUTION}.pareto.shape: expected a number, got "1"`,
      `${DISTRIBUTION}.pareto.scale: ${NO_LONGER}, got "5s"`,
    ],
  ],
  [
    "max of two months",
    distribution({ pareto: { scale: "1s", shape: 1, max: "1440h" } }),
    [`${DISTRIBUTION}.pareto.max: expected a duration of at most 1193h2m47.295s, got "1440h"`],
  ],
];

const ABORTS: readonly Case[] = [
  ["an abort that is a number", abort(503), [`${AT_ABORT}: expected an object, got 503`]],
  [
    "a share of an abort",
    abort({ percentage: { value: 1e3 }, httpStatus: 503 }),
    [`${AT_ABORT}.percentage.value: ${PERCENTAGE}, got 1000`],
  ],
  [
    "percent, which only a delay has",
    abort({ percent: 10, httpStatus: 503 }),
    [`${AT_ABORT}.percent: not supported: Istio has it for delays only: write percentage: {value: 10} for 10 %`],
  ],
  [
    "a status below 200",
    abort({ ...SHARE, httpStatus: 199 }),
    [`${AT_ABORT}.httpStatus: expected a whole number from 200 to 600, got 199`],
  ],
  [
    "a status above 600",
    abort({ ...SHARE, httpStatus: 601 }),
    [`${AT_ABORT}.httpStatus: expected a whole number from 200 to 600, got 601`],
  ],
  [
    "a status as text",
    abort({ ...SHARE, httpStatus: "503" }),
    [`${AT_ABORT}.httpStatus: expected a whole number from 200 to 600, got "503"`],
  ],
  [
    "a gRPC status as a number",
    abort({ ...SHARE, grpcStatus: 14 }),
    [`${AT_ABORT}.grpcStatus: expected a string, got 14`],
  ],
  [
    "a gRPC status mistyped",
    abort({ ...SHARE, grpcStatus: "UNAVAILABLE_" }),
    [`${AT_ABORT}.grpcStatus: ${GRPC_NAMES} (did you mean UNAVAILABLE?), got "UNAVAILABLE_"`],
  ],
  [
    "a gRPC status by number in text",
    abort({ ...SHARE, grpcStatus: "14" }),
    [`${AT_ABORT}.grpcStatus: ${GRPC_NAMES}, got "14"`],
  ],
  [
    "both statuses",
    abort({ httpStatus: 503, grpcStatus: "OK" }),
    [`${AT_ABORT}: expected one of httpStatus and grpcStatus, got {"httpStatus":503,"grpcStatus":"OK"}`],
  ],
  [
    "http2Error",
    abort({ ...ABORT, http2Error: "PROTOCOL_ERROR" }),
    [`${AT_ABORT}.http2Error: not supported: Istio ignores it too`],
  ],
  ["a body that is no text", abort({ ...ABORT, body: {} }), [`${AT_ABORT}.body: expected a string, got {}`]],
  ["headers as a list", abort({ ...ABORT, headers: ["a"] }), [`${AT_ABORT}.headers: expected an object, got ["a"]`]],
  [
    "headers that a reply cannot have",
    abort({
      ...SHARE,
      httpStatus: 503,
      headers: { ":status": "200", "Content-Length": "1", "transfer-encoding": "x", "a b": "" },
    }),
    [
      `${AT_ABORT}.headers[":status"]: not the name of a header that a reply can have`,
      `${AT_ABORT}.headers["Content-Length"]: not the name of a header that a reply can have`,
      `${AT_ABORT}.headers["transfer-encoding"]: not the name of a header that a reply can have`,
      `${AT_ABORT}.headers["a b"]: not the name of a header that a reply can have`,
    ],
  ],
  [
    "a header's value",
    abort({ ...ABORT, headers: { a: "b\r\nc: d", d: 5, e: null } }),
    [
      `${AT_ABORT}.headers.a: expected a header value without control bytes, got "b\\r\\nc: d"`,
      `${AT_ABORT}.headers.d: expected a string, got 5`,
      `${AT_ABORT}.headers.e: required, and missing`,
    ],
  ],
  [
    "on",
    abort({ ...ABORT, on: "responses" }),
    [`${AT_ABORT}.on: expected request or response (did you mean response?), got "responses"`],
  ],
];

const CONSISTENCY: readonly Case[] = [
  ["consistentBy of a number", consistentBy(1), [`${CONSISTENT_BY}: expected an object, got 1`]],
  [
    "consistentBy of a name",
    consistentBy("traceID"),
    [`${CONSISTENT_BY}: expected principal or traceId (did you mean traceId?), got "traceID"`],
  ],
  ["consistentBy nothing", consistentBy({}), [`${CONSISTENT_BY}: ${KEY}, got {}`]],
  [
    "consistentBy two things",
    consistentBy({ header: "a", cookie: "b" }),
    [`${CONSISTENT_BY}: ${KEY}, got {"header":"a","cookie":"b"}`],
  ],
  [
    "consistentBy a field mistyped",
    consistentBy({ headers: "a" }),
    [
      `${CONSISTENT_BY}: unknown field "headers" (did you mean "header"?)`,
      `${CONSISTENT_BY}: ${KEY}, got {"headers":"a"}`,
    ],
  ],
  [
    "consistentBy no header's name",
    consistentBy({ header: "a b" }),
    [`${CONSISTENT_BY}.header: not a valid header name`],
  ],
  [
    "consistentBy an empty cookie",
    consistentBy({ cookie: "" }),
    [`${CONSISTENT_BY}.cookie: expected a string that is not empty, got ""`],
  ],
];

testErrors([DELAYS, DISTRIBUTIONS, ABORTS, CONSISTENCY].flat());

const WARNINGS: readonly Case[] = [
  ["a delay of nothing", delay(SHARE), [`${AT_DELAY}: delays nothing: neither fixedDelay nor distribution is given`]],
  ["an abort with nothing", abort(SHARE), [`${AT_ABORT}: aborts nothing: neither httpStatus nor grpcStatus is given`]],
  [
    "an entry that is never reached",
    service([{}, { fault: { abort: ABORT } }]),
    ["virtualServices[0].http[1]: never used: an earlier route matches every request"],
  ],
];
for (const [name, configuration, lines] of WARNINGS) {
  test(`warnings: ${name}`, () => assert.deepEqual(warnings(configuration), lines));
}

test("what is at the edge of what is allowed is taken without a word", () => {
  const value = (share: number): object => ({ percentage: { value: share } });
  for (const share of [0, 0.0001, 99.9999, 100]) {
    assert.deepEqual(warnings(delay({ ...value(share), fixedDelay: "1ms" })), []);
  }
  // 2^32 - 1 milliseconds are the longest delay.
  assert.deepEqual(warnings(delay({ percent: 100, fixedDelay: "1193h2m47.295s" })), []);
  for (const httpStatus of [200, 600]) assert.deepEqual(warnings(abort({ ...value(1), httpStatus })), []);
  for (const maxPercent of [0, 0.5, 100]) assert.deepEqual(warnings(root({ budget: { maxPercent } })), []);
  for (const maxActiveFaults of [0, 4294967295]) assert.deepEqual(warnings(root({ maxActiveFaults })), []);
  assert.deepEqual(warnings(root({ exempt: [], window: { until: "1970-01-01T00:00:00Z" } })), []);
  assert.deepEqual(warnings(entry({ route: [{ anything: 1 }, 2] })), []);
  assert.deepEqual(warnings(abort({ httpStatus: 503, headers: { "X-A": "" }, body: "", on: "request" })), []);
});
