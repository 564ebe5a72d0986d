/** The demonstration as a user runs it, once for each thing that services can pass on; with `DEMO=smallest` for one of them. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { signalbox } from "../cli/test/run.ts";
import { diagnose } from "../cli/trace/doctor/doctor.ts";
import { analysed } from "../cli/trace/report/analysis.ts";
import { reportOf, type Report } from "../cli/trace/report/summary.ts";
import { until } from "../envoy/deadline.ts";
import { findJaeger } from "../test/backends/jaeger.ts";
import { findZipkin } from "../test/backends/zipkin.ts";
import { BACKEND, fetchOnce } from "../test/support/envoy/index.ts";
import { SERVICES, SPANS_OF_A_REQUEST, spanServiceOf, type ServiceName } from "./bookinfo.ts";
import { hasPrometheus } from "./metrics.ts";
import { REQUESTS } from "./story/story.ts";
import { spansSince } from "./story/traffic.ts";
import { DemoRun } from "./test/run.ts";

const skip = BACKEND === "process" ? false : "its Envoys are processes; compose.test.ts has the containers";

/** What the doctor says of the services' own traces, and how many traces their requests are. */
const BROKEN = {
  "x-request-id": {
    faults: [
      /drops-context productpage\.default: passes on x-request-id and no trace headers: .* \(48 of 48, certain\)/,
      /drops-context reviews\.default: passes on x-request-id and no trace headers: .* \(24 of 24, certain\)/,
    ],
    // The gateway's, productpage's two calls, and reviews' one begin a trace.
    traces: 4 * REQUESTS,
  },
  none: {
    faults: [
      /drops-context productpage\.default: passes on neither trace headers nor x-request-id: .* \(48 of 48, likely\)/,
      /drops-context reviews\.default: passes on neither trace headers nor x-request-id: .* \(24 of 24, likely\)/,
    ],
    traces: 4 * REQUESTS,
  },
  all: { faults: [], traces: REQUESTS },
};

const ALL = Object.keys(BROKEN) as (keyof typeof BROKEN)[];
const isSmallest = process.env.DEMO === "smallest";
/** Servers that are tried if they are there; `make demo-test` builds no Jaeger. */
const SERVERS = isSmallest
  ? []
  : [
      { traces: "jaeger", found: findJaeger() },
      { traces: "zipkin", found: findZipkin() },
    ];

/** What is tried: what the services pass on, and what has the traces. */
const TRIED = [
  ...(isSmallest ? ALL.slice(0, 1) : ALL).map((propagate) => ({ propagate, traces: "collector", skip })),
  ...SERVERS.map((one) => ({ propagate: ALL[0]!, traces: one.traces, skip: skip || missingIn(one.found) })),
];

for (const { propagate, traces: has, skip } of TRIED) {
  test(
    `make demo PROPAGATE=${propagate} TRACES=${has}: what breaks is found, and whole with the plugin`,
    { skip },
    async (t) => {
      const run = new DemoRun({ PROPAGATE: propagate, TRACES: has });
      t.after(() => run.clear());
      await run.prints("Ctrl-C ends everything");
      const { printed } = run;

      const [, before = "", after = ""] = printed.split(/^\d\. /m);
      const { faults, traces } = BROKEN[propagate];
      for (const fault of faults) assert.match(before, fault);
      assert.match(before, examined(traces, faults.length));
      assert.match(after, examined(REQUESTS, 0));
      assert.match(printed, /opened the circuit \([1-9]\d* times?\), and refused [1-5] of the next\n/);
      assert.match(printed, /let in as a probe, and closed the circuit/);
      assert.match(printed, /For Jason, ratings answers 500 \(x-fault-injected: jason-has-no-ratings\)/);
      assert.match(printed, /For others it answers 200\./);
      assert.match(
        printed,
        /^ +ratings\.default, GET.*: 500, in the proxy of reviews\.default, which did not ask ratings\.default; handled by reviews\.default$/im,
      );

      assert.match(printed, NAMES[has]!);
      const places = placesIn(printed);
      await numbersAreWhatWasTold(places);
      assert.match((await fetchOnce(portOf(places.page), { path: "/" })).body, /<svg[\s\S]*ratings\.default/);
      if (hasPrometheus()) await countersArrive(printed);

      assert.equal(await run.end("SIGINT"), 0, run.printed);
      assert.deepEqual(run.left(), { files: [], programs: [] });
      for (const place of Object.values(places)) await assert.rejects(fetchOnce(portOf(place)), /ECONNREFUSED/);
    },
  );
}

for (const [env, says] of [
  [{ PROPAGATE: "b3" }, "PROPAGATE is b3, which is none of none, x-request-id, all.\n"],
  [{ TRACES: "tempo" }, "TRACES is tempo, which is none of jaeger, zipkin, collector.\n"],
] as const) {
  test(`${JSON.stringify(env)} is one clear line, and nothing is left`, { skip }, async (t) => {
    const run = new DemoRun(env);
    t.after(() => run.clear());
    assert.equal(await run.end(), 1);
    assert.equal(run.printed, says);
    assert.deepEqual(run.left(), { files: [], programs: [] });
  });
}

test("Ctrl-C while it starts leaves nothing", { skip }, async (t) => {
  const run = new DemoRun({ TRACES: "collector" });
  t.after(() => run.clear());
  await until("its folder", () => run.left().files.length > 0);
  assert.equal(await run.end("SIGINT"), 0, run.printed);
  assert.deepEqual(run.left(), { files: [], programs: [] });
});

const NAMES: Readonly<Record<string, RegExp>> = {
  collector: /http:\S+ +a collector in this process/,
  jaeger: /http:\S+ +Jaeger, /,
  zipkin: /http:\S+ +Zipkin, /,
};

function missingIn(found: object): string | false {
  return "missing" in found ? String(found.missing) : false;
}

interface Places {
  readonly gateway: string;
  readonly traces: string;
  readonly page: string;
}

function placesIn(printed: string): Places {
  const place = (pattern: RegExp): string =>
    pattern.exec(printed)?.[1] ?? assert.fail(`${pattern} is not in ${printed}`);
  return {
    gateway: place(/curl (http:\S+)\/productpage\n/),
    traces: place(/trace doctor --since \S+ (http:\S+)\n/),
    page: place(/(http:\S+) +the report of the traces/),
  };
}

function examined(traces: number, faults: number): RegExp {
  const spans = REQUESTS * SPANS_OF_A_REQUEST;
  return new RegExp(`${traces} traces of ${spans} spans examined: ${faults} faults, `);
}

function portOf(place: string): number {
  return Number(new URL(place).port);
}

const SENT = 10;

/** What each service was told to take is in the report, service by service, and in the critical path of each trace. */
async function numbersAreWhatWasTold({ gateway, traces }: Places): Promise<void> {
  const began = Date.now();
  for (let sent = 0; sent < SENT; sent++) {
    assert.equal((await fetchOnce(portOf(gateway), { path: "/productpage" })).status, 200);
  }
  const spans = await spansSince({ traces }, began, SENT * SPANS_OF_A_REQUEST);
  assert.deepEqual(
    diagnose(spans).map(({ id }) => id),
    ["few"],
  );
  const report = reportOf(analysed(spans));
  assert.deepEqual(report.errors, []);
  assert.deepEqual([...report.dependencies].map(edgeOf).sort(), EDGES);
  for (const { name, takesMs } of SERVICES) {
    const found = report.services.find(({ service }) => service === spanServiceOf(name));
    assert.deepEqual([found?.calls, found?.errors], [SENT, 0], name);
    assert.ok((found?.selfMs ?? 0) >= SENT * takesMs, `${name} took ${found?.selfMs} ms`);
  }
  for (const { child, p50Ms } of report.dependencies) assert.ok(p50Ms >= withCalls(child), `${child} ${p50Ms} ms`);
  assert.equal(report.traces.length, SENT);
  for (const trace of report.traces) {
    assert.deepEqual([trace.services, trace.errors], [5, 0]);
    assertOnPath(trace);
  }

  const one = await signalbox(["trace", "report", "--trace", report.traces[0]!.trace, "--output", "json", traces]);
  assert.deepEqual((JSON.parse(one.out) as Report).traces, [report.traces[0]]);
}

const EDGES = [
  `istio-ingressgateway.istio-system → productpage.default ${SENT} 0`,
  `productpage.default → details.default ${SENT} 0`,
  `productpage.default → reviews.default ${SENT} 0`,
  `reviews.default → ratings.default ${SENT} 0`,
];

function edgeOf({ parent, child, calls, errors }: Report["dependencies"][number]): string {
  return `${parent} → ${child} ${calls} ${errors}`;
}

/** What a service takes with its calls, one after the other, at least. */
function withCalls(spanService: string): number {
  const time = (name: ServiceName): number => {
    const { takesMs, calls } = SERVICES.find((one) => one.name === name)!;
    return calls.reduce((sum, callee) => sum + time(callee), takesMs);
  };
  return time(SERVICES.find(({ name }) => spanServiceOf(name) === spanService)!.name);
}

/** All services work one after the other, so the request waits for all that each of them was told to take. */
function assertOnPath({ criticalPath, durationMs }: Report["traces"][number]): void {
  const works = criticalPath.filter(
    ({ kind, service }) => kind === "app" && service !== "istio-ingressgateway.istio-system",
  );
  assert.deepEqual(
    works.map(({ service }) => service),
    SERVICES.map(({ name }) => spanServiceOf(name)),
  );
  for (const [at, { ms, service }] of works.entries()) assert.ok(ms >= SERVICES[at]!.takesMs, `${service} ${ms} ms`);
  assert.ok(durationMs >= withCalls("productpage.default"));
}

async function countersArrive(printed: string): Promise<void> {
  const [, metrics = ""] = /(http:\S+) +Prometheus/.exec(printed) ?? [];
  const asked = `/api/v1/query?query=${encodeURIComponent("sum(trace_propagation_spans_sent)")}`;
  await until("the filter's counters at Prometheus", async () => {
    const { body } = await fetchOnce(portOf(metrics), { path: asked });
    return /"value":\[[\d.]+,"[1-9]/.test(body);
  });
}
