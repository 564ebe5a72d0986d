import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { test, type TestContext } from "node:test";
import { parse } from "yaml";
import { until } from "../../../envoy/deadline.ts";
import { PROJECT } from "../../../tools/project.ts";
import type { Seen } from "../harness/application.ts";
import { countersOf } from "../harness/counters.ts";
import { COLLECTOR, COLLECTOR_HOST } from "../harness/istiod.ts";
import type { Resource } from "../harness/kubernetes.ts";
import { listenersOf } from "../harness/listeners.ts";
import type { Mesh } from "../harness/mesh.ts";
import { namesPlugin, selecting, type PluginSpec } from "../harness/plugins.ts";
import { startSpanBackend, type SpanBackend, type ToldSpan } from "../harness/span-backend.ts";
import { steadily } from "../harness/steadily.ts";
import { DIRECTIONS, TRACED, areTraced, type Tracers } from "../harness/tracers.ts";
import { seen, type Workload } from "../harness/workload.ts";
import { ISTIO_VERSION } from "../programs/builds.ts";

/** Requests of each arrangement. */
const REQUESTS = 5;

/** What a request through sleep, reviews and httpbin must be at the backend: each trace that it has a span in, spans below their parents. */
type Traces = readonly string[];

const WHOLE: Traces = [
  `SERVER sleep, filter
  CLIENT sleep, filter
    SERVER reviews, filter
      CLIENT reviews, filter
        SERVER httpbin, filter`,
];

/** Envoy's SERVER spans beside the filter's, but for the first, which has no header to go by. */
const BESIDE = `SERVER sleep, filter
  CLIENT sleep, filter
    SERVER reviews, Envoy
    SERVER reviews, filter
      CLIENT reviews, filter
        SERVER httpbin, Envoy
        SERVER httpbin, filter`;

/**
 * Istio's tracing reports to the same backend. The folders of `manifests/tracing`, for all workloads, what each makes of the tracers, and
 * what README.md, "Beside Envoy's tracer", says of it; without a folder the tracer is on.
 */
const ARRANGEMENTS: readonly { folder?: string; tracers: Tracers; traces: Traces }[] = [
  {
    // No header names the filter's spans: at each hop another trace begins.
    tracers: ["on", "on"],
    traces: [
      `CLIENT reviews, Envoy
  SERVER httpbin, Envoy
  SERVER httpbin, filter`,
      `CLIENT sleep, Envoy
  SERVER reviews, Envoy
  SERVER reviews, filter
    CLIENT reviews, filter`,
      "SERVER sleep, Envoy",
      `SERVER sleep, filter
  CLIENT sleep, filter`,
    ],
  },
  { folder: "off", tracers: ["none", "none"], traces: WHOLE },
  { folder: "next-hop", tracers: ["on", "none"], traces: ["SERVER sleep, Envoy", BESIDE] },
  {
    folder: "silent",
    tracers: ["silent", "silent"],
    traces: ["CLIENT reviews, Envoy", "CLIENT sleep, Envoy", "SERVER sleep, Envoy", BESIDE],
  },
];

/** docs/istio.md, "From nothing to a trace in Jaeger". */
function documentation(): string {
  return readFileSync(join(PROJECT, "docs/istio.md"), "utf8").split("### From nothing to a trace in Jaeger")[1]!;
}

/** What `kubectl patch` does there to the Service, so that Jaeger's strategies can be asked for. */
function documentedPatch(): object[] {
  const command = /kubectl patch service (\S+) -n (\S+) --type json \\\n +-p '(.*)'/.exec(documentation());
  const [, service, namespace, patch = ""] = command ?? [];
  assert.deepEqual([service, namespace], [COLLECTOR.app, COLLECTOR.namespace]);
  return JSON.parse(patch) as object[];
}

/** The plugin there, with an image that there is. */
function documentedPlugin(mesh: Mesh, name: string, selector?: { matchLabels: Record<string, string> }): Resource {
  const block = /^ {3}```yaml\n([\s\S]*?)^ {3}```/m.exec(documentation())?.[1] ?? "";
  const { metadata, spec, ...plugin } = parse(block) as Resource & { metadata: object; spec: object };
  const image = mesh.image("trace-propagation");
  return { ...plugin, metadata: { ...metadata, name }, spec: { ...spec, ...image, ...(selector && { selector }) } };
}

/** The digit in which Envoy's connection manager notes why a request is traced. */
const withoutReason = (id: string): string => id.slice(0, 14) + id.slice(15);

/** The traces that spans of a request are in. */
function tracesOf(spans: readonly ToldSpan[]): string[] {
  const outline = (span: ToldSpan, depth: number): string => {
    const orphan = span.parent !== undefined && !spans.some(({ id }) => id === span.parent);
    const service = span.service.replace(/\.default$/, "");
    const line = `${"  ".repeat(depth)}${span.kind} ${service}, ${span.by}${depth === 0 && orphan ? ", orphan" : ""}`;
    const below = spans.filter(({ trace, parent }) => trace === span.trace && parent === span.id);
    return [line, ...below.map((one) => outline(one, depth + 1)).sort()].join("\n");
  };
  const tops = spans.filter((span) => !spans.some(({ trace, id }) => trace === span.trace && id === span.parent));
  return tops.map((span) => outline(span, 0)).sort();
}

/** Spans that trace-propagation reports, at a Jaeger that is a workload of the mesh, beside what Istio's own tracing reports to it. */
export function spans(mesh: () => Mesh): void {
  let started: Promise<SpanBackend> | undefined;
  const backendFor = async (t: TestContext): Promise<SpanBackend> => {
    const backend = await (started ??= mesh().startCollector(startSpanBackend));
    if (backend.standsIn !== undefined) t.diagnostic(`${backend.standsIn}; the spans are decoded here instead`);
    return backend;
  };
  const workloads = (): Workload[] => [mesh().sleep, mesh().reviewsV1, mesh().reviewsV2, mesh().httpbin];

  const report = async (t: TestContext, plugin: Resource, at: readonly Workload[]): Promise<void> => {
    const { name } = plugin["metadata"] as { name: string };
    await mesh().apply(t, plugin);
    for (const { admin } of at)
      for (const direction of DIRECTIONS)
        await until(`${name} to be in force`, async () =>
          namesPlugin(await listenersOf(admin, direction), "default", name),
        );
  };

  /** Has the whole mesh traced, and the spans come soon. */
  const trace = async (t: TestContext): Promise<void> => {
    for (const { admin } of workloads())
      await admin.get("/runtime_modify?tracing.opentelemetry.flush_interval_ms=200", "POST");
    await mesh().apply(t, TRACED);
  };

  /** Sends requests, and asserts that the backend has them as they must be. */
  const assertTraces = async (
    backend: SpanBackend,
    send: (id: string) => Promise<unknown>,
    expected: Traces,
  ): Promise<void> => {
    const ids = Array.from({ length: REQUESTS }, () => randomUUID());
    await Promise.all(ids.map(send));
    const count = ids.length * expected.join("\n").split("\n").length;
    const own = new Set(ids.map(withoutReason));
    let spans: readonly ToldSpan[] = [];
    const ownOf = async (): Promise<readonly ToldSpan[]> =>
      (await backend.told()).spans.filter(({ requestId }) => own.has(withoutReason(requestId)));
    try {
      await until(`${count} spans`, async () => (spans = await ownOf()).length >= count);
    } catch (error) {
      const counted = await Promise.all(workloads().map(async ({ admin }) => await admin.get("/stats?filter=spans")));
      throw new Error(`${(error as Error).message}:\n${tracesOf(spans).join("\n")}\n${counted.join("\n")}`);
    }
    for (const id of own) {
      const of = spans.filter(({ requestId }) => withoutReason(requestId) === id);
      assert.deepEqual(tracesOf(of), expected, JSON.stringify(of, undefined, 1));
    }
    assert.deepEqual((await backend.told()).warnings, []);
  };

  /** A request of somebody without a sidecar, to three services that pass on x-request-id alone. */
  const throughThree = async (id: string): Promise<Seen> => {
    const answer = await mesh().sleep.receive({ path: "/call/reviews/call/httpbin", headers: { "x-request-id": id } });
    const last = seen(answer);
    assert.equal(last.workload, "httpbin");
    return last;
  };

  test("spans in a mesh: one trace a request, whatever else is traced where README.md says so", async (t) => {
    const backend = await backendFor(t);
    await report(t, documentedPlugin(mesh(), "spans"), workloads());
    await t.test("spans in a mesh without a tracing provider", async () => {
      await assertTraces(backend, throughThree, WHOLE);
    });
    await trace(t);
    for (const { folder, tracers, traces } of ARRANGEMENTS) {
      const name = folder === undefined ? "Istio's tracing on" : `manifests/tracing/${folder}`;
      await t.test(`spans in a mesh with ${name}`, async (t) => {
        if (folder === "silent" && ISTIO_VERSION === "1.29.1")
          return t.skip("disableContextPropagation is newer than Istio 1.29");
        if (folder !== undefined) await mesh().apply(t, ...forAll(await mesh().manifests(`tracing/${folder}`)));
        await until(`tracers: ${tracers.join(", ")}`, async () => await areTraced(workloads(), tracers));
        await assertTraces(backend, throughThree, traces);
      });
    }
  });

  test("spans in a mesh: signalbox reports them, and samples as Jaeger says once its Service has the port that docs/istio.md adds", async (t) => {
    const backend = await backendFor(t);
    const { spec, ...plugin } = documentedPlugin(mesh(), "spans-of-signalbox") as Resource & { spec: PluginSpec };
    const jaegerRemote = { service: COLLECTOR_HOST, pollingInterval: "1s", initialSamplingRate: 0 };
    const tracePropagation = { ...spec.pluginConfig, sampling: { jaegerRemote } };
    const pluginConfig = { tracePropagation };
    await report(t, { ...plugin, spec: { ...spec, ...mesh().image("signalbox"), pluginConfig } }, workloads());
    const isSampled = async (): Promise<boolean> =>
      /-0[13]$/.test((await throughThree(randomUUID())).headers["traceparent"] ?? "");
    const asked = async (result: "failed" | "updated"): Promise<boolean> => {
      const name = `trace_propagation_sampling_remote_${result}`;
      const counters = await Promise.all(workloads().map(async ({ admin }) => await countersOf(admin)));
      return counters.every((each) => (each.get(name) ?? 0) > 0);
    };
    await until("sidecars to find no port for strategies", async () => await asked("failed"));
    assert.equal(await isSampled(), false);
    const metadata = { name: COLLECTOR.app, namespace: COLLECTOR.namespace };
    const service = { apiVersion: "v1", kind: "Service", metadata };
    await mesh().patch(service, documentedPatch());
    t.after(async () => await mesh().patch(service, [{ op: "remove", path: "/spec/ports/1" }]));
    await until("strategies to be there", async () => await asked("updated"));
    await steadily("requests are sampled", isSampled);
    await assertTraces(backend, throughThree, WHOLE);
  });

  test("spans in a mesh: reviews has the filter and manifests/tracing/off, the others Istio's tracing: one trace", async (t) => {
    const backend = await backendFor(t);
    const reviews = [mesh().reviewsV1, mesh().reviewsV2];
    await report(t, documentedPlugin(mesh(), "spans-of-reviews", selecting("reviews")), reviews);
    await mesh().apply(t, ...(await mesh().manifests("tracing/off")));
    await trace(t);
    await until("the others to be traced", async () => await areTraced([mesh().sleep, mesh().httpbin], ["on", "on"]));
    await until("reviews not to be traced", async () => await areTraced(reviews, ["none", "none"]));
    const send = async (id: string): Promise<void> => {
      const headers = { "x-request-id": id };
      assert.equal(
        seen(await mesh().sleep.send({ host: "reviews", path: "/call/httpbin", headers })).workload,
        "httpbin",
      );
    };
    await assertTraces(backend, send, [
      `CLIENT sleep, Envoy
  SERVER reviews, filter
    CLIENT reviews, filter
      SERVER httpbin, Envoy`,
    ]);
  });
}

/** The same for all workloads of the namespace. */
function forAll(resources: readonly Resource[]): Resource[] {
  return resources.map(({ spec, ...resource }) => {
    const { selector: _, ...rest } = spec as Record<string, unknown>;
    return { ...resource, spec: rest };
  });
}
