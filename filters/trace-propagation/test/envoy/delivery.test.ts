/**
 * Spans on their way to collectors of all kinds, under load: no request waits for them or fails, each recorded span is sent or counted as dropped,
 * and the pushes of configurations lose none.
 */
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import {
  cluster,
  discovered,
  Envoy,
  freePort,
  underLoad,
  until,
  type HeaderLine,
  type JsonObject,
} from "../../../../test/support/envoy/index.ts";
import { publishedCapabilities } from "../../../../test/support/module/capabilities.ts";
import { TRACE_PROPAGATION } from "../module/compiled.ts";
import { Collector, type Answering } from "./collector.ts";
import { Service } from "./service.ts";
import { roomy, sidecar } from "./sidecar.ts";
import { counted, counters, newSpan, newTrace, traceparent } from "./traces.ts";

const WORKERS = 3;
/** Of each collector; more than its queue holds. */
const REQUESTS = 400;
const QUEUE = 64;
const PUSHES = 6;

/** What each collector answers; those without are none. */
const ANSWERS: Readonly<Record<string, Answering | undefined>> = {
  willing: undefined,
  slow: (response, taken) =>
    setTimeout(() => {
      taken();
      response.end();
    }, 300),
  refusing: (response) => response.writeHead(400).end("no"),
  failing: (response) => response.writeHead(500).end("no"),
  busy: (response) => response.writeHead(503, { "retry-after": "1" }).end(),
  hanging: () => undefined,
  "breaking-off": (response) =>
    response.writeHead(200, { "content-length": "1000" }).write("half", () => response.destroy()),
  nonsense: (response, taken) => {
    taken();
    response.writeHead(200, { "content-type": "text/html", "retry-after": "soon" }).end("<html>\x0a\xff\xff\xff\xff");
  },
  resetting: (response) => response.destroy(),
};
/** Clusters that are none to send to: nothing listens; no host; not there; one whose hosts come with connections (istio#31194, envoy#14878). */
const WITHOUT = ["down", "empty", "absent", "original-dst"];
const KINDS = [...Object.keys(ANSWERS), ...WITHOUT];
/** The plugin that is not told when its configuration goes. */
const UNTOLD = "untold";

/** With room for all spans, which wait until the configuration goes. */
const ROOMY = { maxQueueSize: 65536, maxExportBatchSize: 512, scheduledDelay: "60s" };

const collectors = new Map<string, Collector>();
let service: Service;
let envoy: Envoy;

before(async () => {
  for (const [kind, answers] of Object.entries(ANSWERS)) collectors.set(kind, await Collector.start(answers));
  service = await Service.start(() => "served");
  envoy = await Envoy.start({
    concurrency: WORKERS,
    clusters: [
      roomy("service", service.port),
      ...[...collectors].map(([kind, { port }]) => cluster(kind, port)),
      cluster("down", await freePort()),
      { name: "empty", type: "STATIC" },
      { name: "original-dst", type: "ORIGINAL_DST", lb_policy: "CLUSTER_PROVIDED" },
    ],
    filters: {
      ...Object.fromEntries(KINDS.map((kind) => [kind, { module: "trace-propagation", configuration: to(kind) }])),
      [UNTOLD]: { module: "trace-propagation", configuration: to("willing", ROOMY), plugin: withoutDone() },
    },
    listeners: [...KINDS, UNTOLD].flatMap((kind) =>
      sidecar({ name: kind, configuration: {}, filter: discovered(kind), workload: "service", calls: "service" }),
    ),
  });
});
after(async () => {
  await envoy?.stop();
  await service?.stop();
  for (const collector of collectors.values()) await collector.stop();
});

/** Every capability that the module needs but that callback. */
function withoutDone(): JsonObject {
  const names = publishedCapabilities(TRACE_PROPAGATION).filter((name) => name !== "proxy_on_done");
  const allowed_capabilities = Object.fromEntries(["_initialize", ...names].map((name) => [name, {}]));
  return { capability_restriction_config: { allowed_capabilities } };
}

function to(kind: string, more: JsonObject = {}): JsonObject {
  return {
    participate: true,
    reporting: {
      opentelemetry: { cluster: kind, http: { authority: "otel:4318", timeout: kind === "hanging" ? "1s" : "60s" } },
      batch: { scheduledDelay: "100ms", maxQueueSize: QUEUE, maxExportBatchSize: QUEUE / 2, ...more },
    },
  };
}

/** Sampled requests, for as long as some work takes and so many at least: how often each answer came. */
async function load(kind: string, work: () => Promise<void> = () => Promise.resolve()): Promise<Map<string, number>> {
  const requests = Array.from({ length: REQUESTS / 8 }, () => ({
    headers: [traceparent(newTrace(), newSpan())] as HeaderLine[],
  }));
  return await underLoad({ port: envoy.port(`${kind}:inbound`), requests }, work);
}

/** The sum of what was sent and what was dropped, whatever the cause. */
function ended(counts: Readonly<Record<string, number>>): number {
  return Object.entries(counts).reduce((sum, [name, n]) => sum + (/^spans\.(sent|dropped)/.test(name) ? n : 0), 0);
}

/** Waits until no span waits any more. */
async function allEnded(): Promise<void> {
  await until("all spans to be sent or counted", async () => {
    const counts = await counters(envoy);
    return ended(counts) === counts["spans.recorded"];
  });
}

test("E20, E35, E36, E37, E43: whatever collectors do, no request fails, and what was not sent is counted when the configuration goes", async () => {
  const rises = await counted(envoy, async () => {
    const told = await Promise.all(KINDS.map((kind) => load(kind)));
    for (const answers of told) assert.deepEqual([...answers.keys()], ['200 "served"']);
    // Those before them go, and with them all waiting ends.
    for (const kind of KINDS) assert.equal((await envoy.push(kind, { participate: true })).accepted, true, kind);
    await allEnded();
  });
  assert.equal(rises["spans.recorded"], KINDS.length * REQUESTS);
  assert.equal(ended(rises), rises["spans.recorded"]);
  const taken = [...collectors.values()].reduce((sum, { spans }) => sum + spans.length, 0);
  assert.equal(rises["spans.sent"], taken);
  for (const kind of ["no_cluster", "rejected", "gave_up", "queue_full"]) {
    assert.ok(rises[`spans.dropped.${kind}`]! > 0, kind);
  }
  for (const [kind, { faults, requests }] of collectors) {
    assert.deepEqual(faults, [], kind);
    assert.ok(requests > 0, kind);
  }
  assert.equal(envoy.ended(), false);
});

test("pushes under load: every span of the configurations that go is sent", async () => {
  const collector = collectors.get("willing")!;
  const before = collector.spans.length;
  await envoy.push("willing", to("willing", ROOMY));
  const rises = await counted(envoy, async () => {
    const told = await load("willing", async () => {
      for (let turn = 0; turn < PUSHES; turn++) {
        // Nothing is due before the next push: what is sent is sent because its configuration goes.
        const configuration = to("willing", { ...ROOMY, maxExportBatchSize: 511 - turn });
        assert.equal((await envoy.push("willing", configuration)).accepted, true);
      }
    });
    assert.deepEqual([...told.keys()], ['200 "served"']);
    await envoy.push("willing", { participate: true });
    await allEnded();
  });
  assert.equal(rises["spans.sent"], rises["spans.recorded"]);
  const spans = collector.spans.slice(before);
  assert.equal(spans.length, rises["spans.sent"]);
  assert.equal(new Set(spans.map(({ spanId }) => spanId)).size, spans.length);
});

test("without proxy_on_done the spans that wait go with their configuration, neither sent nor counted: nothing else tells of its end", async () => {
  const collector = collectors.get("willing")!;
  const before = collector.spans.length;
  await envoy.push("willing", to("willing", { ...ROOMY, maxExportBatchSize: 500 }));
  const rises = await counted(envoy, async () => {
    for (const kind of [UNTOLD, "willing"]) {
      await load(kind);
      await envoy.push(kind, { participate: true });
    }
    await until("the spans of the other", () => collector.spans.length - before === REQUESTS);
  });
  assert.equal(rises["spans.recorded"], 2 * REQUESTS);
  assert.equal(ended(rises), REQUESTS);
});
