/** The filter's spans at a real Jaeger, by OTLP and by its Zipkin port: their trees, warnings and dependencies, and what the command says of them. */
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { BACKEND, until } from "../support/envoy/index.ts";
import { doctorOn, faultsIn } from "./doctor.ts";
import { CALLS, allSent, assertTree, inOrder, sendAll, spansOfWay, type SeenSpan } from "./expected.ts";
import { findJaeger, Jaeger, warningsIn, type JaegerTrace } from "./jaeger.ts";
import {
  AT_ONCE,
  JAEGER_OTLP,
  JAEGER_ZIPKIN,
  TO_JAEGER,
  TO_JAEGERS_ZIPKIN,
  dropping,
  joined,
  mixed,
  openTelemetryTracer,
} from "./sets.ts";
import { Shop, type Visit } from "./shop.ts";

const found = BACKEND === "process" ? findJaeger() : { missing: "Envoys call each other by their ports" };
const skip = "missing" in found && `no Jaeger: ${found.missing}`;

let jaeger: Jaeger;
let shop: Shop;

before(async () => {
  if ("missing" in found) return;
  jaeger = await Jaeger.start(found.program);
  shop = await Shop.start(
    {
      otlp: joined(TO_JAEGER),
      zipkin: joined(TO_JAEGERS_ZIPKIN),
      dropping: dropping(TO_JAEGER),
      mixed: mixed(TO_JAEGER, openTelemetryTracer),
      tracer: { tracing: openTelemetryTracer, passes: () => "all" },
      "tracer-dropping": {
        tracing: openTelemetryTracer,
        passes: (service) => (service === "checkout" ? "x-request-id" : "all"),
      },
    },
    { [JAEGER_OTLP]: jaeger.otlp, [JAEGER_ZIPKIN]: jaeger.zipkin },
    AT_ONCE,
  );
});
after(async () => {
  await shop?.stop();
  await jaeger?.stop();
});

/** A trace as soon as Jaeger has so many spans of it. */
async function whole(id: string, count: number): Promise<JaegerTrace> {
  return await until(`${count} spans of ${id}`, async () => {
    const trace = await jaeger.trace(id);
    return trace !== undefined && trace.spans.length >= count && trace;
  });
}

function seen({ spans, processes }: JaegerTrace): SeenSpan[] {
  return spans.map(({ spanID, references, processID, tags }) => ({
    id: spanID,
    parent: references[0]?.spanID,
    service: processes[processID]!.serviceName,
    kind: String(tags.find(({ key }) => key === "span.kind")?.value).toUpperCase(),
  }));
}

/** Sends requests through a set: what the services saw, and their traces. */
async function sent(set: string): Promise<{ visits: Visit[][]; traces: JaegerTrace[] }> {
  const visits = await sendAll(shop, set);
  const traces: JaegerTrace[] = [];
  for (const [trace, count] of visits.flatMap(spansOfWay)) traces.push(await whole(trace, count));
  return { visits, traces };
}

for (const [set, port] of [
  ["otlp", "OTLP"],
  ["zipkin", "its Zipkin port"],
] as const) {
  test(
    `by ${port}: one trace a request, whole, without a warning, and Jaeger's dependencies are the calls`,
    { skip },
    async () => {
      const since = Date.now();
      const { visits, traces } = await sent(set);
      for (const [at, way] of visits.entries()) assertTree(way, seen(traces[at]!));
      assert.deepEqual(warningsIn(traces), []);
      assert.equal(await jaeger.traces("frontend.shop", since), visits.length);
      assert.deepEqual(inOrder(await jaeger.dependencies(since)), CALLS);
      await allSent(shop);
      const { status, out } = await doctorOn(`http://127.0.0.1:${jaeger.api}`);
      assert.deepEqual([status, faultsIn(out)], [0, []], out);
    },
  );
}

test("a middle that passes on nothing is found, if the filter does not join", { skip }, async () => {
  const { traces } = await sent("dropping");
  const { status, out } = await doctorOn("-", JSON.stringify({ data: traces }));
  assert.deepEqual([status, faultsIn(out)], [1, ["drops-context checkout.shop"]], out);
});

test(
  "of the spans of Envoy's own tracer the doctor finds nothing, or the one that drops the context",
  { skip },
  async () => {
    const { traces } = await sent("tracer");
    const whole = await doctorOn("-", JSON.stringify({ data: traces }));
    assert.deepEqual([whole.status, faultsIn(whole.out)], [0, []], whole.out);
    const broken = await doctorOn("-", JSON.stringify({ data: (await sent("tracer-dropping")).traces }));
    assert.deepEqual(faultsIn(broken.out), ["drops-context checkout.shop"], broken.out);
    assert.match(broken.out, /\(50 of 50, certain\)/);
  },
);

test(
  "workloads with the filter and workloads with Envoy's tracer are in one trace, and the doctor finds nothing",
  { skip },
  async () => {
    const { visits, traces } = await sent("mixed");
    for (const [at, way] of visits.entries()) assertTree(way, seen(traces[at]!));
    assert.deepEqual(warningsIn(traces), []);
    const { status, out } = await doctorOn("-", JSON.stringify({ data: traces }));
    assert.deepEqual([status, faultsIn(out)], [0, []], out);
  },
);
