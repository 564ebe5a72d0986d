/** Spans of requests that end in another way than most: upgrades, answers of other filters, retries, and clients that hang up. */
import assert from "node:assert/strict";
import { once } from "node:events";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { after, before, test } from "node:test";
import {
  cluster,
  Envoy,
  fetchOnce,
  forward,
  Http1,
  Http2,
  inlineWasm,
  listener,
  lua,
  until,
  type HeaderLine,
  type JsonObject,
} from "../../../../test/support/envoy/index.ts";
import type { ReceivedSpan } from "../module/otlp.ts";
import { Collector } from "./collector.ts";
import { Gate, RESET, Service } from "./service.ts";
import { INBOUND, OUTBOUND, TRACEPARENT } from "./traces.ts";

const gate = new Gate();
let collector: Collector;
let service: Service;
let upgrading: Server;
let envoy: Envoy;

/** A filter that answers a request with the status in a header of it. */
function answering(header: string): JsonObject {
  return lua(`function envoy_on_request(handle)
    local status = handle:headers():get("${header}")
    if status then handle:respond({[":status"] = status}, "answered") end
  end`);
}

before(async () => {
  collector = await Collector.start();
  const failed = new Set<string>();
  service = await Service.start(async ({ path }) => {
    if (path.startsWith("/held/")) await gate.pass(path);
    if (!path.startsWith("/fails-once/") || failed.has(path)) return "served";
    failed.add(path);
    return RESET;
  });
  upgrading = createServer()
    .on("upgrade", (_request, socket) => {
      socket.write("HTTP/1.1 101 Switching Protocols\r\nupgrade: websocket\r\nconnection: upgrade\r\n\r\n");
      socket.on("data", (bytes) => socket.write(bytes)).on("error", () => undefined);
    })
    .listen(0, "127.0.0.1");
  await once(upgrading, "listening");
  const plugin = inlineWasm("reviews", {
    module: "trace-propagation",
    configuration: {
      participate: true,
      reporting: {
        opentelemetry: { cluster: "collector", http: { authority: "otel:4318" } },
        batch: { scheduledDelay: "100ms" },
      },
    },
  });
  const retried = { route: { cluster: "service", retry_policy: { retry_on: "reset", num_retries: 1 } } };
  const routes = [forward("upgrading", { prefix: "/chat" }), forward("service", { prefix: "/" }, retried)];
  const chain = {
    filters: [answering("x-before"), plugin, answering("x-behind")],
    routes,
    manager: { upgrade_configs: [{ upgrade_type: "websocket" }] },
  };
  envoy = await Envoy.start({
    clusters: [
      cluster("service", service.port),
      cluster("upgrading", (upgrading.address() as AddressInfo).port),
      cluster("collector", collector.port),
    ],
    listeners: [
      { ...listener("inbound", chain), listener: INBOUND },
      { ...listener("outbound", chain), listener: OUTBOUND },
    ],
  });
});
after(async () => {
  await envoy?.stop();
  await service?.stop();
  upgrading?.closeAllConnections();
  upgrading?.close();
  await collector?.stop();
});

function spansOf(path: string): ReceivedSpan[] {
  return collector.spans.filter(({ attributes }) =>
    String(attributes["url.path"] ?? attributes["url.full"]).endsWith(path),
  );
}

async function spanOf(path: string): Promise<ReceivedSpan> {
  const spans = await until(`a span of ${path}`, () => spansOf(path).length > 0 && spansOf(path));
  assert.equal(spans.length, 1);
  return spans[0]!;
}

/** What a span says of the end: the status, the flags, whether it is an error, and its type. */
function told({ attributes, isError }: ReceivedSpan): unknown[] {
  const status = attributes["http.response.status_code"];
  return [
    status === undefined ? undefined : Number(status),
    attributes["response_flags"],
    isError,
    attributes["error.type"],
  ];
}

test("an upgrade is one span, which ends with its connection and is no error", async () => {
  const headers = [
    ["upgrade", "websocket"],
    ["connection", "upgrade"],
    ["sec-websocket-version", "13"],
    ["sec-websocket-key", "dGhlIHNhbXBsZSBub25jZQ=="],
  ];
  const connection = await Http1.connect(envoy.port("inbound"));
  const lines = [...headers, TRACEPARENT].map(([name, value]) => `${name}: ${value}\r\n`);
  connection.send(`GET /chat/1 HTTP/1.1\r\nhost: reviews\r\n${lines.join("")}\r\n`);
  await until("the upgrade", async () => (await envoy.stat("http.inbound.downstream_cx_upgrades_active")) === 1);
  // Another request comes and its span is sent: that of the upgrade is not there yet.
  await fetchOnce(envoy.port("inbound"), { path: "/meanwhile", headers: [TRACEPARENT] });
  await spanOf("/meanwhile");
  assert.deepEqual(spansOf("/chat/1"), []);
  connection.close();
  const span = await spanOf("/chat/1");
  assert.deepEqual([told(span)[0], span.isError], [101, false]);
});

test("an answer of a filter behind this one has a span as any; one of a filter before has none", async () => {
  const send = async (path: string, header: string, status: string): Promise<number> => {
    const headers: HeaderLine[] = [TRACEPARENT, [header, status]];
    return (await fetchOnce(envoy.port("inbound"), { path, headers })).status;
  };
  assert.equal(await send("/before", "x-before", "403"), 403);
  assert.equal(await send("/behind/403", "x-behind", "403"), 403);
  assert.equal(await send("/behind/503", "x-behind", "503"), 503);
  assert.deepEqual(told(await spanOf("/behind/403")), [403, "-", false, undefined]);
  assert.deepEqual(told(await spanOf("/behind/503")), [503, "-", true, "503"]);
  assert.deepEqual(spansOf("/before"), []);
});

test("E32: a request that Envoy sends again is one CLIENT span, which says so", async () => {
  const { status } = await fetchOnce(envoy.port("outbound"), { path: "/fails-once/1", headers: [TRACEPARENT] });
  assert.equal(status, 200);
  const span = await spanOf("/fails-once/1");
  assert.deepEqual([span.kind, Number(span.attributes["http.request.resend_count"])], ["CLIENT", 1]);
  assert.equal(span.isError, false);
});

test("a client that hangs up leaves a span that is no error, over HTTP/1.1 and HTTP/2", async () => {
  const port = envoy.port("inbound");
  const plain = await Http1.connect(port);
  plain.send(`GET /held/1 HTTP/1.1\r\nhost: reviews\r\n${TRACEPARENT.join(": ")}\r\n\r\n`);
  await until("it to come", () => gate.has("/held/1"));
  plain.close();
  assert.deepEqual(told(await spanOf("/held/1")), [undefined, "DC", false, undefined]);
  const session = await Http2.connect(port);
  const [name, value] = TRACEPARENT;
  const settled = session.request({ ":path": "/held/2", [name]: value }).catch(() => undefined);
  await until("it to come", () => gate.has("/held/2"));
  session.close();
  await settled;
  const [status, flags, isError] = told(await spanOf("/held/2"));
  assert.deepEqual([status, isError], [undefined, false]);
  assert.match(String(flags), /^(DC|DR)$/);
});
