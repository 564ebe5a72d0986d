/** The filter's spans at a real Zipkin: their trees, Zipkin's own dependencies, and what the command says of them. */
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { BACKEND, until } from "../support/envoy/index.ts";
import { spansOf } from "../../cli/trace/input/read.ts";
import { analysed } from "../../cli/trace/report/analysis.ts";
import { reportOf } from "../../cli/trace/report/summary.ts";
import { doctorOn, faultsIn } from "./doctor.ts";
import { CALLS, allSent, assertTree, inOrder, sendAll, spansOfWay, type SeenSpan } from "./expected.ts";
import { AT_ONCE, TO_ZIPKIN, ZIPKIN, dropping, joined, zipkinTracer } from "./sets.ts";
import { Shop, type Visit } from "./shop.ts";
import { findZipkin, Zipkin, type Span } from "./zipkin.ts";

const found = BACKEND === "process" ? findZipkin() : { missing: "Envoys call each other by their ports" };
const skip = "missing" in found && `no Zipkin: ${found.missing}`;

let zipkin: Zipkin;
let shop: Shop;

before(async () => {
  if ("missing" in found) return;
  zipkin = await Zipkin.start(found.jar);
  shop = await Shop.start(
    {
      joined: joined(TO_ZIPKIN),
      failing: joined(TO_ZIPKIN),
      dropping: dropping(TO_ZIPKIN),
      tracer: { tracing: zipkinTracer, passes: () => "all" },
      "tracer-dropping": {
        tracing: zipkinTracer,
        passes: (service) => (service === "checkout" ? "x-request-id" : "all"),
      },
    },
    { [ZIPKIN]: zipkin.port },
    AT_ONCE,
  );
});
after(async () => {
  await shop?.stop();
  await zipkin?.stop();
});

/** The spans of a trace, as soon as Zipkin has so many. */
async function whole(trace: string, count: number): Promise<Span[]> {
  return await until(`${count} spans of ${trace}`, async () => {
    const spans = await zipkin.spans(trace);
    return spans.length >= count && spans;
  });
}

function seen({ id, parentId, localEndpoint, kind }: Span): SeenSpan {
  return { id, parent: parentId, service: localEndpoint.serviceName, kind };
}

/** Sends requests through a set, and gives what the command reads of their traces from Zipkin. */
async function sent(set: string): Promise<{ visits: Visit[][]; spans: Span[] }> {
  const visits = await sendAll(shop, set);
  const spans: Span[] = [];
  for (const [trace, count] of visits.flatMap(spansOfWay)) spans.push(...(await whole(trace, count)));
  return { visits, spans };
}

test(
  "a middle that passes on x-request-id: one trace a request, whole, and Zipkin's dependencies are the calls",
  { skip },
  async () => {
    const since = Date.now();
    const { visits } = await sent("joined");
    assert.equal(new Set(visits.map(([first]) => first!.trace)).size, visits.length);
    for (const way of visits) assertTree(way, (await zipkin.spans(way[0]!.trace)).map(seen));
    assert.deepEqual(inOrder(await zipkin.dependencies(since)), CALLS);
    await allSent(shop);
    const { status, out } = await doctorOn(`http://127.0.0.1:${zipkin.port}`);
    assert.deepEqual([status, faultsIn(out)], [0, []], out);
  },
);

test("the report's dependencies are Zipkin's, failed calls among them", { skip }, async () => {
  const since = Date.now();
  const failing = 12;
  await Promise.all([
    ...Array.from({ length: failing }, () => shop.ask("failing", 4, true)),
    ...Array.from({ length: 8 }, () => shop.ask("failing", 3)),
  ]);
  await allSent(shop);
  const calls = 7 * failing + 5 * 8;
  const spans = await until(`${calls} spans`, async () => {
    const read = await spansOf([`http://127.0.0.1:${zipkin.port}`], { since: Date.now() - since, limit: 1000 });
    return read.length >= calls && read;
  });
  const report = reportOf(analysed(spans));
  const ours = report.dependencies.map(({ parent, child, calls, errors }) => [parent, child, calls, errors]);
  const theirs = (await zipkin.dependencies(since)).map(({ parent, child, callCount, errorCount = 0 }) => [
    parent,
    child,
    callCount,
    errorCount,
  ]);
  assert.deepEqual(ours.sort(), theirs.sort());
  assert.deepEqual(theirs.sort(), [
    ["checkout.shop", "payment.shop", 20, failing],
    ["frontend.shop", "checkout.shop", 20, failing],
    ["payment.shop", "ledger.shop", failing, failing],
  ]);
});

test("a middle that passes on nothing is found, if the filter does not join", { skip }, async () => {
  const { spans } = await sent("dropping");
  const { status, out } = await doctorOn("-", JSON.stringify(spans));
  assert.equal(status, 1, out);
  assert.match(out, /^drops-context checkout\.shop: /, out);
  assert.deepEqual(faultsIn(out), ["drops-context checkout.shop"], out);
});

test(
  "of the spans of Envoy's own tracer the doctor finds nothing, or the one that drops the context",
  { skip },
  async () => {
    const since = Date.now();
    const { spans } = await sent("tracer");
    assert.deepEqual(inOrder(await zipkin.dependencies(since)), CALLS);
    const whole = await doctorOn("-", JSON.stringify(spans));
    assert.deepEqual([whole.status, faultsIn(whole.out)], [0, []], whole.out);
    const broken = await doctorOn("-", JSON.stringify((await sent("tracer-dropping")).spans));
    assert.deepEqual(faultsIn(broken.out), ["drops-context checkout.shop"], broken.out);
    assert.match(broken.out, /\(50 of 50, certain\)/);
  },
);
