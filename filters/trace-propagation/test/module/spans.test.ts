/** What spans say: names, kinds, parents, attributes and errors, decoded by OpenTelemetry's own messages. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { ReportingScenario, NODE, onlySpan, received, type Exchange } from "./reporting-scenario.ts";
import { SPAN, TRACE, traceparent } from "./scenario.ts";
import type { ReceivedSpan } from "./otlp.ts";

const SAMPLED = { traceparent: traceparent() };

/** The span of one request. */
function spanOf(exchange: Exchange, reporting: object = {}): ReceivedSpan {
  const scenario = new ReportingScenario(reporting);
  scenario.exchange({ ...exchange, headers: { ...SAMPLED, ...exchange.headers } });
  return onlySpan(scenario.flush());
}

const answered = (code: bigint, flags = 0n, code_details = "via_upstream"): Exchange["ends"] => ({
  response: { ...(code === 0n ? {} : { code }), flags, code_details },
});

test("an inbound request is a SERVER span, with the sender's as its parent and the id that went on", () => {
  const scenario = new ReportingScenario({});
  const began = scenario.emulator.clock.realtime;
  const sent = scenario.exchange({
    headers: { ...SAMPLED, "x-request-id": "9f4c", "user-agent": "curl/8" },
    milliseconds: 12,
  });
  const span = onlySpan(scenario.flush());
  assert.deepEqual(
    { ...span, attributes: undefined },
    {
      traceId: TRACE,
      spanId: sent.span,
      parentSpanId: SPAN,
      name: "GET",
      kind: "SERVER",
      flags: 0x301,
      traceState: `signalbox=${sent.span}`,
      start: began,
      end: began + 12_000_000n,
      isError: false,
      attributes: undefined,
    },
  );
  assert.deepEqual(span.attributes, {
    "http.request.method": "GET",
    "server.address": "reviews",
    "server.port": 80,
    "url.path": "/",
    "url.scheme": "http",
    "user_agent.original": "curl/8",
    "http.response.status_code": 200,
    response_flags: "-",
    "client.address": "10.0.0.9",
    "network.protocol.version": "1.1",
    upstream_cluster: "inbound|9080||",
    "guid:x-request-id": "9f4c",
  });
});

test("an outbound one is a CLIENT span, whose parent is the request that caused it", () => {
  const scenario = new ReportingScenario({ batch: { scheduledDelay: "200ms" } }, { join: {} });
  const served = scenario.begin({ headers: { ...SAMPLED, "x-request-id": "9f4c" } });
  const called = scenario.exchange({ direction: "outbound", headers: { "x-request-id": "9f4c" } });
  served.end();
  assert.equal(scenario.root.tickPeriod, 200);
  const [client, server] = received(scenario.flush()).spans;
  assert.ok(client && server);
  assert.deepEqual([client.kind, client.traceId, client.spanId], ["CLIENT", TRACE, called.span]);
  assert.deepEqual([client.parentSpanId, server.spanId, server.parentSpanId], [served.span, served.span, SPAN]);
  // Its parent is this proxy's own: known not to be remote.
  assert.deepEqual([client.flags, server.flags], [0x101, 0x301]);
  const { attributes } = client;
  assert.equal(attributes["url.full"], "http://reviews/");
  assert.equal(attributes["network.peer.address"], "10.0.0.1");
  assert.equal(attributes["network.peer.port"], 9080);
  for (const absent of ["url.path", "client.address", "http.request.resend_count"])
    assert.ok(!(absent in attributes), absent);
});

test("a root has no parent; a trace without a span has none either", () => {
  const scenario = new ReportingScenario({}, { sampling: { randomSamplingPercentage: 100 }, extract: ["w3c", "xray"] });
  scenario.exchange({});
  scenario.exchange({ headers: { "x-amzn-trace-id": "Root=1-5759e988-bd862e3fe1be46a994272793;Sampled=1" } });
  const [root, xray] = received(scenario.flush()).spans;
  assert.deepEqual([root?.parentSpanId, root?.flags], ["", 0x103]);
  assert.deepEqual([xray?.parentSpanId, xray?.traceId], ["", "5759e988bd862e3fe1be46a994272793"]);
});

test("what is not sampled has no span, and costs what it does without reporting", () => {
  const headers = { traceparent: traceparent(undefined, undefined, "00") };
  const calls = (scenario: ReportingScenario): string[] => {
    scenario.exchange({ headers });
    scenario.exchange({ headers });
    scenario.vm.hostCalls.length = 0;
    scenario.exchange({ headers });
    return [...scenario.vm.calls].map((call) => call.replace(/[0-9a-f]{16}-00|signalbox=.*/g, ""));
  };
  const scenario = new ReportingScenario({});
  const names = calls(scenario).map((call) => call.split(" ")[0]);
  assert.deepEqual(names, [
    "get_header_map_pairs",
    "increment_metric",
    "replace_header_map_value",
    "increment_metric",
    "replace_header_map_value",
  ]);
  assert.equal(scenario.root.tickPeriod, 0);
  assert.deepEqual(scenario.counts, {});
});

test("errors: of a server from 500 on, of a client from 400 on, and no client that hangs up", () => {
  const outcome = (direction: "inbound" | "outbound", ...ends: Parameters<typeof answered>): unknown => {
    const { isError, attributes } = spanOf({ direction, ends: answered(...ends) });
    return isError ? attributes["error.type"] : "error.type" in attributes ? "error.type without an error" : undefined;
  };
  assert.equal(outcome("inbound", 404n), undefined);
  assert.equal(outcome("outbound", 404n), "404");
  assert.equal(outcome("inbound", 503n, 0x20n, "upstream_reset_before_response_started{connection_failure}"), "503");
  assert.equal(outcome("inbound", 101n), undefined);
  assert.equal(outcome("inbound", 0n, 0x4000n, "downstream_remote_disconnect"), undefined);
  assert.equal(
    outcome("inbound", 0n, 0x10n, "upstream_reset_before_response_started{remote reset}"),
    "upstream_reset_before_response_started",
  );
  assert.equal(
    outcome("inbound", 200n, 0x40n, "upstream_reset_after_response_started{x}"),
    "upstream_reset_after_response_started",
  );
  assert.equal(outcome("inbound", 200n, 0x400n, "via_upstream"), undefined);
});

test("flags are told by Envoy's names", () => {
  const names = (flags: bigint): unknown => spanOf({ ends: answered(503n, flags) }).attributes["response_flags"];
  assert.equal(names(0x20n | 0x8000n), "UF,URX");
  assert.equal(names(0x1n | 0x1000n | 0x80000n | 0x100000n | 0x20000000n), "LH,UAEX,UMSDR,RFCF,UDO");
});

test("E40 (istio#53025): gRPC is named by its method, and 13 is an error, 5 on a server none", () => {
  const grpc = (direction: "inbound" | "outbound", grpc_status: bigint): ReceivedSpan =>
    spanOf({
      direction,
      headers: { "content-type": "application/grpc+proto", ":path": "/hipstershop.Cart/GetCart" },
      ends: { response: { code: 200n, flags: 0n, code_details: "via_upstream", grpc_status } },
    });
  const internal = grpc("inbound", 13n);
  assert.equal(internal.name, "hipstershop.Cart/GetCart");
  assert.equal(internal.attributes["rpc.system"], "grpc");
  assert.equal(internal.attributes["rpc.method"], "hipstershop.Cart/GetCart");
  assert.equal(internal.attributes["rpc.grpc.status_code"], 13);
  assert.equal(internal.attributes["error.type"], "13");
  assert.deepEqual([internal.isError, grpc("inbound", 5n).isError, grpc("outbound", 5n).isError], [true, false, true]);
  assert.equal(grpc("outbound", 0n).isError, false);
});

test("E32 (opentelemetry-ebpf-instrumentation#2592): Envoy's retries are one CLIENT span, which says how many", () => {
  const upstream = { address: "[2001:db8::1]:9080", request_attempt_count: 3n };
  const { attributes } = spanOf({ direction: "outbound", ends: { upstream } });
  assert.equal(attributes["http.request.resend_count"], 2);
  assert.equal(attributes["network.peer.address"], "2001:db8::1");
});

test("secrets of a URL are not told, and a rewritten path is the one that came", () => {
  const path = "/a?x=1&X-Amz-Signature=abc&sig=d&signal=2&Signature=#top";
  const server = spanOf({ headers: { ":path": "/rewritten", "x-envoy-original-path": path } });
  assert.equal(server.attributes["url.path"], "/a");
  assert.equal(server.attributes["url.query"], "x=1&X-Amz-Signature=REDACTED&sig=REDACTED&signal=2&Signature=REDACTED");
  const client = spanOf({
    direction: "outbound",
    headers: { ":path": "/a?sig=1", ":authority": "user:secret@reviews:9080", ":scheme": "https" },
  });
  assert.equal(client.attributes["url.full"], "https://reviews:9080/a?sig=REDACTED");
  assert.equal(client.attributes["server.address"], "reviews");
  assert.equal(client.attributes["server.port"], 9080);
});

test("a method that nobody knows is no name, and bytes that are no UTF-8 are none of a span", () => {
  const span = spanOf({ headers: { ":method": "FROB", "user-agent": "caf\u00e9 \u00c3\u00a9" } });
  assert.equal(span.name, "HTTP");
  assert.equal(span.attributes["http.request.method"], "_OTHER");
  assert.equal(span.attributes["http.request.method_original"], "FROB");
  // A lone byte e9, and é in its two bytes.
  assert.equal(span.attributes["user_agent.original"], "caf? é");
});

test("maxTagLength cuts at a code point", () => {
  const span = spanOf(
    { headers: { "user-agent": "abc\u00c3\u00a9" } },
    { opentelemetry: { service: "otel.observability.svc.cluster.local", maxTagLength: 4 } },
  );
  assert.equal(span.attributes["user_agent.original"], "abc");
});

test("E28 (jaeger#1459), E34 (kiali#2664): the service is named as Istio names it, and the resource says where it runs, with host.ip", () => {
  const node = {
    ...NODE,
    metadata: {
      ...NODE.metadata,
      WORKLOAD_NAME: "reviews-v1",
      OWNER: "kubernetes://apis/apps/v1/namespaces/default/deployments/reviews-v1",
      NODE_NAME: "worker-1",
      CLUSTER_ID: "Kubernetes",
      MESH_ID: "cluster.local",
      LABELS: {
        "service.istio.io/canonical-name": "reviews",
        "service.istio.io/canonical-revision": "v1",
        "app.kubernetes.io/name": "shop-reviews",
      },
    },
  };
  const scenario = new ReportingScenario({}, {}, {}, node);
  scenario.exchange({ headers: SAMPLED });
  const { resource, scope } = received(scenario.flush());
  assert.equal(scope, "signalbox");
  assert.deepEqual(resource, {
    "service.name": "reviews.default",
    "service.namespace": "default",
    "service.version": "v1",
    "service.instance.id": "default.reviews-v1-abc.istio-proxy",
    "k8s.namespace.name": "default",
    "k8s.pod.name": "reviews-v1-abc",
    "k8s.deployment.name": "reviews-v1",
    "k8s.node.name": "worker-1",
    "k8s.cluster.name": "Kubernetes",
    "host.ip": "10.1.2.3",
    "telemetry.sdk.name": "signalbox",
    "telemetry.sdk.language": "webassembly",
    "telemetry.sdk.version": "0.1.0",
    node_id: NODE.id,
    "istio.canonical_service": "reviews",
    "istio.canonical_revision": "v1",
    "istio.mesh_id": "cluster.local",
    "istio.cluster_id": "Kubernetes",
    "istio.namespace": "default",
  });
  const service = "otel.observability.svc.cluster.local";
  const enriched = { opentelemetry: { service, serviceAttributeEnrichment: "OTEL_SEMANTIC_CONVENTIONS" } };
  const named = new ReportingScenario({ ...enriched, enableIstioTags: false }, {}, {}, node);
  named.exchange({ headers: SAMPLED });
  const told = received(named.flush()).resource;
  assert.equal(told["service.name"], "shop-reviews");
  assert.ok(!Object.keys(told).some((key) => key.startsWith("istio.")));
});

test("E19 (istio#55637): a gateway has a SERVER span, and below it a CLIENT span whose id goes upstream", () => {
  const node = { ...NODE, id: "router~10.1.2.3~gateway-abc.istio-system~istio-system.svc.cluster.local" };
  const scenario = new ReportingScenario({}, {}, {}, node);
  const sent = scenario.exchange({ direction: "outbound", headers: SAMPLED, ends: answered(404n) });
  const [server, client] = received(scenario.flush()).spans;
  assert.ok(server && client);
  assert.deepEqual([server.kind, server.parentSpanId, server.isError, server.flags], ["SERVER", SPAN, false, 0x301]);
  assert.deepEqual(
    [client.kind, client.parentSpanId, client.isError, client.flags],
    ["CLIENT", server.spanId, true, 0x101],
  );
  assert.equal(sent.span, client.spanId);
  assert.notEqual(server.spanId, client.spanId);
  assert.ok("url.full" in client.attributes && "url.path" in server.attributes);

  const only = new ReportingScenario({ match: { mode: "CLIENT" } }, {}, {}, node);
  const through = only.exchange({ direction: "outbound", headers: SAMPLED });
  const span = onlySpan(only.flush());
  assert.deepEqual([span.kind, span.parentSpanId, span.spanId], ["CLIENT", SPAN, through.span]);
});

test("match.mode says which direction has spans", () => {
  const scenario = new ReportingScenario({ match: { mode: "SERVER" } });
  scenario.exchange({ direction: "outbound", headers: SAMPLED });
  assert.equal(scenario.root.tickPeriod, 0);
  scenario.exchange({ headers: SAMPLED });
  assert.equal(onlySpan(scenario.flush()).kind, "SERVER");
});

test("operations name a span, by the first that matches", () => {
  const scenario = new ReportingScenario({
    operations: [
      { match: [{ uri: { regex: "/reviews/[0-9]+" } }], name: "/reviews/{id}" },
      { match: [{ uri: { prefix: "/" } }], name: "/" },
    ],
  });
  scenario.exchange({ headers: { ...SAMPLED, ":path": "/reviews/7?x=1" } });
  scenario.exchange({ headers: { ...SAMPLED, ":path": "/reviews" } });
  const { spans } = received(scenario.flush());
  assert.deepEqual(
    spans.map(({ name, attributes }) => [name, attributes["http.route"]]),
    [
      ["GET /reviews/{id}", "/reviews/{id}"],
      ["GET /", "/"],
    ],
  );
});

test("E18 (istio#51140): disableSpanReporting takes the span and leaves the headers", () => {
  const scenario = new ReportingScenario({
    rules: [{ match: [{ uri: { prefix: "/healthz" } }], disableSpanReporting: true }],
  });
  const sent = scenario.exchange({ headers: { ...SAMPLED, ":path": "/healthz" } });
  assert.equal(sent.get("traceparent"), traceparent(TRACE, sent.span));
  assert.deepEqual([scenario.root.tickPeriod, scenario.counts], [0, {}]);
});

test("custom tags: literal, header with and without its default, environment", () => {
  const scenario = new ReportingScenario(
    {
      customTags: {
        mesh: { literal: { value: "blue" } },
        tenant: { header: { name: "X-Tenant", defaultValue: "none" } },
        user: { header: { name: "x-user" } },
        zone: { environment: { name: "ZONE", defaultValue: "unknown" } },
        rack: { environment: { name: "RACK", defaultValue: "unknown" } },
      },
    },
    {},
    { environment: { ZONE: "eu-1" } },
  );
  scenario.exchange({ headers: { ...SAMPLED, "x-tenant": "acme" } });
  scenario.exchange({ headers: { ...SAMPLED, "x-user": "u1" } });
  const tags = received(scenario.flush()).spans.map(({ attributes: { mesh, tenant, user, zone, rack } }) => [
    ...[mesh, tenant, user, zone, rack],
  ]);
  assert.deepEqual(tags, [
    ["blue", "acme", undefined, "eu-1", "unknown"],
    ["blue", "none", "u1", "eu-1", "unknown"],
  ]);
});

test("what carries spans itself has none, and what asks for strategies neither, also where all of it would be kept", () => {
  const scenario = new ReportingScenario({}, { keep: [{ match: [{ uri: { prefix: "/" } }] }] });
  const unsampled = { traceparent: traceparent(undefined, undefined, "00") };
  scenario.exchange({ headers: { ...SAMPLED, "user-agent": "OTel-OTLP-Exporter-Go/1.36.0" } });
  scenario.exchange({ headers: { ...SAMPLED, ":path": "/v1/traces" } });
  for (const agent of ["OTel-OTLP-Exporter-Signalbox/0.1.0", "Signalbox-JaegerRemote/0.1.0"])
    for (const direction of ["inbound", "outbound"] as const)
      for (const trace of [SAMPLED, unsampled])
        scenario.exchange({ direction, headers: { ...trace, "user-agent": agent } });
  assert.deepEqual([scenario.root.tickPeriod, scenario.counts], [0, {}]);
});

for (const [what, more, flags] of [
  ["a span", {}, "01"],
  ["a span that is kept", { keep: [{ latency: { thresholdMs: 1 } }] }, "00"],
] as const) {
  /** One request of 12 ms, at whose end the thread has to wait some times before it reads the wall clock; and when it began. */
  const waiting = (times: number): { span: ReceivedSpan; began: bigint } => {
    const scenario = new ReportingScenario({}, more);
    const { clock } = scenario.emulator;
    const began = clock.realtime;
    // Nothing fails: `when` is asked just before the host reads the clock.
    const when = (): boolean => {
      if (times-- > 0) clock.advance(0.3);
      return false;
    };
    scenario.emulator.fail("proxy_get_current_time_nanoseconds", undefined, { when });
    scenario.exchange({ headers: { traceparent: traceparent(undefined, undefined, flags) }, milliseconds: 12 });
    return { span: onlySpan(scenario.flush()), began };
  };

  test(`E28 (jaeger#1459): ${what} begins when the request came, also if the thread has to wait between the two clocks`, () => {
    const { span, began } = waiting(1);
    assert.deepEqual([span.start - began, span.end - began], [0n, 12_000_000n]);
  });

  test(`${what} has its length if the thread has to wait each time`, () => {
    const { span } = waiting(Infinity);
    assert.equal(span.end - span.start, 12_000_000n);
  });
}
