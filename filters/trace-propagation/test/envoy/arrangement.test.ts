/** The filter beside Envoy's own tracer, in each of the arrangements that the README names: what is sent, and what the filter says of it. */
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import {
  BACKEND,
  cluster,
  Envoy,
  fetchOnce,
  forward,
  freePort,
  inlineWasm,
  listener,
  typed,
  until,
  Upstream,
  type HeaderLine,
  type JsonObject,
  type Listener,
  type Seen,
} from "../../../../test/support/envoy/index.ts";
import { envoyIsBefore } from "../../../../tools/envoy-binary.ts";

const TRACE = "4bf92f3577b34da6a3ce929d0e0e4736";
const SPAN = "00f067aa0ba902b7";
const TRACEPARENT: HeaderLine = ["traceparent", `00-${TRACE}-${SPAN}-01`];
const B3: HeaderLine = ["b3", `${TRACE}-${SPAN}-1`];
/** What the filter makes of `B3`. */
const TRANSLATED = `00-${TRACE}-${SPAN}-01`;

const UNTRACED = "no Envoy tracer writes trace headers after trace-propagation";
const TRACED = "Envoy's tracer overwrites the trace headers of trace-propagation";
const UPSTREAM = "trace-propagation runs as an upstream filter";

/** Two connection managers in one Envoy need no name that a container could not resolve. */
const skip = BACKEND === "process" ? false : "one listener of Envoy's calls another by its port";

/** `no_context_propagation` came with 1.38: 1.36.4 does not know it. */
const silent = skip ? skip : !envoyIsBefore(38) ? false : "this Envoy's tracers have no no_context_propagation";

let upstream: Upstream;
let envoy: Envoy;

function filter(name: string): JsonObject {
  const configuration = { extract: ["w3c", "b3-single"], inject: ["w3c"], sampling: { randomSamplingPercentage: 100 } };
  return inlineWasm(name, { module: "trace-propagation", configuration });
}

/** A tracer whose reports go nowhere. */
function tracing(fields: JsonObject = {}): JsonObject {
  const provider = typed("envoy.config.trace.v3.OpenTelemetryConfig", {
    grpc_service: { envoy_grpc: { cluster_name: "nowhere" }, timeout: "0.25s" },
    service_name: "reviews",
  });
  return {
    tracing: {
      provider: { name: "envoy.tracers.opentelemetry", typed_config: provider },
      random_sampling: { value: 100 },
      ...fields,
    },
  };
}

function silentListener(): Listener {
  const manager = tracing({ no_context_propagation: true });
  return listener("silent", { filters: [filter("silent")], routes: [forward("reviews")], manager });
}

function zipkin(): JsonObject {
  const provider = typed("envoy.config.trace.v3.ZipkinConfig", {
    collector_cluster: "nowhere",
    collector_endpoint: "/api/v2/spans",
    collector_endpoint_version: "HTTP_JSON",
  });
  return {
    tracing: { provider: { name: "envoy.tracers.zipkin", typed_config: provider }, random_sampling: { value: 100 } },
  };
}

function upstreamFilters(): JsonObject {
  const options = typed("envoy.extensions.upstreams.http.v3.HttpProtocolOptions", {
    explicit_http_config: { http_protocol_options: {} },
    http_filters: [
      filter("upstream"),
      {
        name: "envoy.filters.http.upstream_codec",
        typed_config: typed("envoy.extensions.filters.http.upstream_codec.v3.UpstreamCodec"),
      },
    ],
  });
  return { typed_extension_protocol_options: { "envoy.extensions.upstreams.http.v3.HttpProtocolOptions": options } };
}

function at(port: number, made: Listener): Listener {
  return { ...made, listener: { address: { socket_address: { address: "127.0.0.1", port_value: port } } } };
}

before(async () => {
  if (skip) return;
  upstream = await Upstream.start("reviews");
  const [behind, nowhere] = [await freePort(), await freePort()];
  envoy = await Envoy.start({
    logLevels: "wasm:info",
    clusters: [
      cluster("reviews", upstream.port),
      cluster("behind", behind),
      cluster("nowhere", nowhere),
      cluster("filtered", upstream.port, upstreamFilters()),
    ],
    listeners: [
      listener("untraced", { filters: [filter("untraced")], routes: [forward("reviews")] }),
      listener("traced", { filters: [filter("traced")], routes: [forward("reviews")], manager: tracing() }),
      listener("zipkin", { filters: [filter("zipkin")], routes: [forward("reviews")], manager: zipkin() }),
      ...(silent ? [] : [silentListener()]),
      listener("front", { filters: [filter("front")], routes: [forward("behind")] }),
      at(behind, listener("behind", { routes: [forward("reviews")], manager: tracing() })),
      listener("plain", { routes: [forward("filtered")], manager: tracing() }),
    ],
  });
});

after(async () => {
  await envoy?.stop();
  await upstream?.stop();
});

/** What the upstream got of that header, of a request to a listener. */
async function sent(name: string, header: string, ...headers: HeaderLine[]): Promise<string[]> {
  const answer = await fetchOnce(envoy.port(name), { path: "/", headers });
  const seen = JSON.parse(answer.body) as Seen;
  return seen.headers.filter(([key]) => key.toLowerCase() === header).map(([, value]) => value);
}

/** The lines that a plugin logged about where it stands. */
function told(name: string): string[] {
  const lines = envoy.log().split("\n");
  const about = [UNTRACED, TRACED, UPSTREAM];
  return lines.flatMap((line) =>
    line.includes(` wasm log ${name} `) ? about.filter((one) => line.includes(one)) : [],
  );
}

/** A few requests on each worker, and what was said by then: once for each worker's root that saw one. */
async function saysOnce(name: string, what: string): Promise<void> {
  await until(`${name} to tell its arrangement`, () => told(name).length > 0);
  const lines = told(name);
  assert.deepEqual([...new Set(lines)], [what]);
  assert.ok(lines.length <= 2, `${lines.length} lines of two workers`);
}

test("tracing off: what the filter writes is what is sent", { skip }, async () => {
  for (let i = 0; i < 20; i++) assert.deepEqual(await sent("untraced", "traceparent", B3), [TRANSLATED]);
  await saysOnce("untraced", UNTRACED);
});

test(
  "a tracer that reports and does not propagate: what the filter writes is what is sent",
  { skip: silent },
  async () => {
    for (let i = 0; i < 20; i++) assert.deepEqual(await sent("silent", "traceparent", B3), [TRANSLATED]);
    await saysOnce("silent", UNTRACED);
  },
);

test(
  "OpenTelemetry's tracer on the same listener: it replaces what the filter writes, which is said",
  { skip },
  async () => {
    for (let i = 0; i < 20; i++) assert.notDeepEqual(await sent("traced", "traceparent", B3), [TRANSLATED]);
    await saysOnce("traced", TRACED);
  },
);

test("Zipkin's tracer on the same listener: it writes its own format beside, which is said", { skip }, async () => {
  for (let i = 0; i < 20; i++) assert.notDeepEqual(await sent("zipkin", "x-b3-traceid", TRACEPARENT), []);
  await saysOnce("zipkin", TRACED);
});

test("two connection managers: the traced one behind joins the filter's trace", { skip }, async () => {
  for (let i = 0; i < 20; i++) {
    const [traceparent = ""] = await sent("front", "traceparent", B3);
    assert.match(traceparent, new RegExp(`^00-${TRACE}-[0-9a-f]{16}-01$`));
    assert.notEqual(traceparent, TRANSLATED);
  }
  await saysOnce("front", UNTRACED);
});

test("an upstream filter: it sees what Envoy's tracer sends, and says where it runs", { skip }, async () => {
  for (let i = 0; i < 20; i++) {
    const [traceparent = ""] = await sent("plain", "traceparent", TRACEPARENT);
    assert.match(traceparent, new RegExp(`^00-${TRACE}-[0-9a-f]{16}-01$`));
  }
  await saysOnce("upstream", UPSTREAM);
});
