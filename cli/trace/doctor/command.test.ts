/** `signalbox trace doctor` as a user meets it: what it prints, and how it ends. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { signalbox } from "../../test/run.ts";
import { bookinfo } from "../test/mesh/mesh.ts";
import { otlpOf } from "../test/mesh/otlp.ts";
import { simulate } from "../test/mesh/simulate.ts";

const BROKEN = otlpOf(simulate(bookinfo({ productpage: { passes: "x-request-id" } }), 30));
const HEALTHY = otlpOf(simulate(bookinfo(), 30));
const JOBS = otlpOf(
  simulate(
    bookinfo({ ratings: { jobs: [{ every: 50_000, call: { to: "details", method: "GET", path: "/details" } }] } }),
    30,
  ),
);

test("what is broken is told with the service, evidence and a remedy; then the status is 1", async () => {
  const { status, out, err } = await signalbox(["trace", "doctor", "-"], BROKEN);
  assert.equal(err, "");
  assert.equal(status, 1);
  const [first = ""] = out.split("\n");
  assert.equal(
    first,
    "drops-context productpage.default: passes on x-request-id and no trace headers: calls begin a trace of their own (60 of 60, certain)",
  );
  assert.match(out, /^ {2}evidence trace [0-9a-f]{32} span [0-9a-f]{16}$/m);
  assert.match(out, /^ {2}remedy {3}Join the calls: trace-propagation with .*join: \{keys: \[x-request-id\]\}/m);
  // A request has 9 spans: two of the gateway, three of productpage, one of details, two of reviews, one of ratings.
  assert.match(out, /\n90 traces of 270 spans examined: 1 fault, 0 notes\n$/);
});

test("as JSON it has the fields of signalbox.trace/v1 and no others", async () => {
  const { status, out } = await signalbox(["trace", "doctor", "--output", "json", "-"], BROKEN);
  assert.equal(status, 1);
  const { schema, findings, ...others } = JSON.parse(out) as { schema: string; findings: Record<string, unknown>[] };
  assert.equal(schema, "signalbox.trace/v1");
  assert.deepEqual(others, {});
  const [{ evidence, remedy, ...told } = {}] = findings;
  assert.deepEqual(told, {
    id: "drops-context",
    service: "productpage.default",
    confidence: "certain",
    count: 60,
    of: 60,
  });
  assert.equal(typeof remedy, "string");
  const spans = new Set(
    [...BROKEN.matchAll(/"traceId":"(\w+)","spanId":"(\w+)"/g)].map(([, trace, span]) => `${trace} ${span}`),
  );
  for (const one of evidence as Record<string, string>[]) {
    assert.deepEqual(Object.keys(one), ["trace", "span"]);
    assert.ok(spans.has(`${one["trace"]} ${one["span"]}`));
  }
});

test("with nothing broken the status is 0, and notes do not change it", async () => {
  const healthy = await signalbox(["trace", "doctor", "-"], HEALTHY);
  assert.deepEqual(healthy, { status: 0, out: "30 traces of 270 spans examined: 0 faults, 0 notes\n", err: "" });
  const jobs = await signalbox(["trace", "doctor", "-"], JOBS);
  assert.match(jobs.out, /^background ratings\.default: /);
  assert.equal(jobs.status, 0);
});

test("the options choose the traces that are examined", async () => {
  const [, id = ""] = /"traceId":"(\w+)"/.exec(HEALTHY) ?? [];
  const { out } = await signalbox(["trace", "doctor", "--trace", id, "-"], HEALTHY);
  assert.match(out, /\n1 trace of 9 spans examined: 0 faults, 1 note\n$/);
  const none = await signalbox(["trace", "doctor", "--service", "nobody", "-"], HEALTHY);
  assert.deepEqual(none, {
    status: 2,
    out: "",
    err: "signalbox: <stdin>: no traces that the options ask for\n",
  });
  for (const [option, value, expected] of [
    ["--since", "yesterday", /expected a time, such as 30s, 15m, 2h or 7d/],
    ["--trace", "x", /expected up to 32 hexadecimal digits/],
    ["--limit", "0", /expected a whole number from 1/],
  ] as const) {
    const { status, err } = await signalbox(["trace", "doctor", option, value, "-"], HEALTHY);
    assert.equal(status, 2);
    assert.match(err, expected);
  }
});

test("an input without spans is no healthy mesh", async () => {
  const { status, err } = await signalbox(["trace", "doctor", "-"], '{"resourceSpans":[]}');
  assert.equal(status, 2);
  assert.equal(err, "signalbox: <stdin>: no traces\n");
});
