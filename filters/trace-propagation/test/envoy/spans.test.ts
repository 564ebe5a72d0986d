/** Spans from real Envoys to a collector, which decodes them by OpenTelemetry's own messages. */
import assert from "node:assert/strict";
import { once } from "node:events";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { after, before, test } from "node:test";
import {
  cluster,
  Envoy,
  fetchOnce,
  until,
  type HeaderLine,
  type JsonObject,
  type Listener,
} from "../../../../test/support/envoy/index.ts";
import { decodeTraces, type ReceivedSpan } from "../module/otlp.ts";
import { Service } from "./service.ts";
import { sidecar } from "./sidecar.ts";

const TRACE = "4bf92f3577b34da6a3ce929d0e0e4736";
const PARENT = "00f067aa0ba902b7";
const SAMPLED: HeaderLine = ["traceparent", `00-${TRACE}-${PARENT}-01`];

/** What the collector got: paths, content types, and the spans of all requests. */
const paths = new Set<string>();
const types = new Set<string>();
const spans: ReceivedSpan[] = [];
const zipkin: ZipkinSpan[] = [];

/** What Zipkin takes (openzipkin/zipkin: zipkin2/Span.java), as far as it is looked at. */
interface ZipkinSpan {
  readonly traceId: string;
  readonly id: string;
  readonly parentId?: string;
  readonly kind: string;
  readonly name: string;
  readonly timestamp: number;
  readonly duration: number;
  readonly localEndpoint: { readonly serviceName: string };
  readonly tags: Readonly<Record<string, unknown>>;
}
/** What it answers next, in order; then 200. */
const answers: number[] = [];

let collector: Server;
let service: Service;
let envoy: Envoy;

before(async () => {
  collector = createServer({ keepAliveTimeout: 0 }, (request, response) => {
    const chunks: Buffer[] = [];
    request.on("data", (chunk: Buffer) => chunks.push(chunk));
    request.on("end", () => {
      const status = answers.shift() ?? 200;
      paths.add(`${request.method} ${request.url}`);
      types.add(request.headers["content-type"] ?? "");
      if (request.url === "/api/v2/spans") {
        zipkin.push(...(JSON.parse(Buffer.concat(chunks).toString()) as ZipkinSpan[]));
        response.writeHead(202).end();
        return;
      }
      if (status === 200) spans.push(...decodeTraces(Buffer.concat(chunks)).spans);
      response.writeHead(status, status === 200 ? {} : { "retry-after": "0" }).end();
    });
  }).listen(0, "127.0.0.1");
  await once(collector, "listening");
  service = await Service.start(({ headers }) => ({ headers }));
  const reporting = {
    opentelemetry: { cluster: "collector", http: { authority: "otel:4318" } },
    batch: { scheduledDelay: "100ms" },
  };
  envoy = await Envoy.start({
    clusters: [cluster("service", service.port), cluster("collector", (collector.address() as AddressInfo).port)],
    listeners: [
      ...reporter("reviews", reporting),
      ...reporter("ratings", {
        zipkin: { cluster: "collector", authority: "zipkin:9411" },
        batch: { scheduledDelay: "100ms" },
        customTags: { odd: { header: { name: "x-odd" } } },
      }),
    ],
  });
});
after(async () => {
  await envoy?.stop();
  await service?.stop();
  collector.closeAllConnections();
  collector.close();
});

function reporter(name: string, reporting: JsonObject): Listener[] {
  const configuration = { participate: true, join: { keys: ["x-request-id"] }, reporting };
  return sidecar({ name, configuration, workload: "service", calls: "service" });
}

function spansOf(key: string): ReceivedSpan[] {
  return spans.filter(({ attributes }) => attributes["guid:x-request-id"] === key);
}

test("a request and the call that it causes are a SERVER span and a CLIENT span below it, in the trace that came", async () => {
  await fetchOnce(envoy.port("reviews:inbound"), { path: "/reviews/1", headers: [SAMPLED, ["x-request-id", "one"]] });
  await fetchOnce(envoy.port("reviews:outbound"), { path: "/ratings/1", headers: [["x-request-id", "one"]] });
  await until("both spans", () => spansOf("one").length === 2);
  const server = spansOf("one").find(({ kind }) => kind === "SERVER");
  const client = spansOf("one").find(({ kind }) => kind === "CLIENT");
  assert.deepEqual(
    [server?.kind, server?.traceId, server?.parentSpanId, server?.name],
    ["SERVER", TRACE, PARENT, "GET"],
  );
  assert.deepEqual([client?.kind, client?.traceId, client?.parentSpanId], ["CLIENT", TRACE, server?.spanId]);
  assert.equal(server?.attributes["url.path"], "/reviews/1");
  assert.equal(String(server?.attributes["http.response.status_code"]), "200");
  assert.ok(paths.has("POST /v1/traces") && types.has("application/x-protobuf"));
});

test("a collector that is busy gets the same spans again", async () => {
  answers.push(503, 429);
  await fetchOnce(envoy.port("reviews:inbound"), { path: "/", headers: [SAMPLED, ["x-request-id", "two"]] });
  await until("the span", () => spansOf("two").length === 1);
});

test("a request that is not sampled has no span", async () => {
  const unsampled: HeaderLine = ["traceparent", `00-${TRACE}-${PARENT}-00`];
  await fetchOnce(envoy.port("reviews:inbound"), { path: "/", headers: [unsampled, ["x-request-id", "three"]] });
  await fetchOnce(envoy.port("reviews:inbound"), { path: "/", headers: [SAMPLED, ["x-request-id", "four"]] });
  await until("the span of the request after it", () => spansOf("four").length === 1);
  assert.deepEqual(spansOf("three"), []);
});

test("Zipkin gets its JSON: ids in hexadecimal, whole microseconds, tags that are strings, and one id for each span", async () => {
  const began = Date.now() * 1000;
  const headers: HeaderLine[] = [SAMPLED, ["x-request-id", "five"], ["x-odd", '"quoted" \\ and \ttabbed']];
  await fetchOnce(envoy.port("ratings:inbound"), { path: "/ratings/1", headers });
  await fetchOnce(envoy.port("ratings:outbound"), { path: "/details/1", headers: [["x-request-id", "five"]] });
  await until("both spans", () => zipkin.length === 2);
  const server = zipkin.find(({ kind }) => kind === "SERVER");
  const client = zipkin.find(({ kind }) => kind === "CLIENT");
  assert.deepEqual([server?.traceId, server?.parentId], [TRACE, PARENT]);
  assert.deepEqual([client?.traceId, client?.parentId], [TRACE, server?.id]);
  assert.equal(server?.tags.odd, '"quoted" \\ and \ttabbed');
  for (const { id, timestamp, duration, localEndpoint, tags, name } of zipkin) {
    assert.match(id, /^[0-9a-f]{16}$/);
    assert.ok(Number.isInteger(timestamp) && timestamp >= began - 1_000_000, String(timestamp));
    assert.ok(Number.isInteger(duration) && duration >= 1, String(duration));
    assert.ok(localEndpoint.serviceName.length > 0 && name.length > 0);
    for (const value of Object.values(tags)) assert.equal(typeof value, "string");
  }
});
