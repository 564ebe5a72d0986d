/** What is asked of Jaeger and Zipkin, and what is said of servers that are absent, closed, or something else. */
import assert from "node:assert/strict";
import { once } from "node:events";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { test, type TestContext } from "node:test";
import { streams } from "../../output/streams.ts";
import { Progress } from "./progress.ts";
import { spansOf } from "./read.ts";

/** 2026-11-28T12:00:00Z. */
const NOW = 1795867200000;
const START = "2026-11-28T11:00:00.000Z";
const END = "2026-11-28T12:00:00.000Z";

type Answering = (path: string, query: URLSearchParams, request: IncomingMessage, response: ServerResponse) => unknown;

/**
 * A server that answers with the JSON that the function gives, and with 404 where it gives nothing; its address, and the paths that it was
 * asked for.
 */
async function serving(t: TestContext, answering: Answering): Promise<{ address: string; asked: string[] }> {
  const asked: string[] = [];
  const server = createServer((request, response) => {
    const url = new URL(request.url ?? "", "http://localhost");
    asked.push(url.pathname);
    const answer = answering(url.pathname, url.searchParams, request, response);
    if (response.writableEnded) return;
    response.writeHead(answer === undefined ? 404 : 200, { "content-type": "application/json" });
    response.end(JSON.stringify(answer ?? { error: { httpCode: 404, message: "not found" } }));
  }).listen(0, "127.0.0.1");
  await once(server, "listening");
  t.after(() => void server.close());
  return { address: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, asked };
}

function otlp(...ids: string[]): unknown {
  const spans = ids.map((id) => ({
    traceId: id.padStart(32, "a"),
    spanId: id.padStart(16, "b"),
    name: "GET",
    startTimeUnixNano: `${NOW - 1000}000000`,
    endTimeUnixNano: `${NOW}000000`,
  }));
  const attributes = [{ key: "service.name", value: { stringValue: "reviews" } }];
  return { resourceSpans: [{ resource: { attributes }, scopeSpans: [{ spans }] }] };
}

const ids = async (address: string, selection = {}): Promise<string[]> =>
  (await spansOf([address], selection, NOW)).map(({ traceId }) => traceId.replace(/^a+/, ""));

test("Jaeger's API v3 is asked first, for each service, with both spellings of its parameters", async (t) => {
  const { address, asked } = await serving(t, (path, query) => {
    if (path === "/jaeger/api/v3/services") return { services: ["reviews", "ratings"] };
    if (path !== "/jaeger/api/v3/traces") return undefined;
    for (const [camel, snake, value] of [
      ["query.startTimeMin", "query.start_time_min", START],
      ["query.startTimeMax", "query.start_time_max", END],
      ["query.searchDepth", "query.num_traces", "100"],
      ["query.rawTraces", "query.raw_traces", "true"],
    ] as const) {
      assert.equal(query.get(camel), value);
      assert.equal(query.get(snake), value);
    }
    assert.equal(query.get("query.serviceName"), query.get("query.service_name"));
    // Both services take part in trace 2. Of ratings there is nothing else.
    return { result: query.get("query.service_name") === "reviews" ? otlp("1", "2", "2") : otlp("2") };
  });
  // ratings comes before reviews, whose trace 2 is had already. A page of the UI stands for the server.
  for (const page of ["", "/", "/search?service=ratings"]) {
    assert.deepEqual(await ids(`${address}/jaeger${page}`), ["2", "1"], page);
  }
  assert.equal(asked[0], "/jaeger/api/v3/services");
});

test("one trace is asked for by its id, or by the address of its page", async (t) => {
  const id = "1".padStart(32, "a");
  const { address } = await serving(t, (path) => {
    if (path === "/api/v3/services") return { services: ["reviews"] };
    return path === `/api/v3/traces/${id}` ? { result: otlp("1") } : undefined;
  });
  assert.deepEqual(await ids(address, { trace: id.toUpperCase() }), ["1"]);
  assert.deepEqual(await ids(`${address}/trace/${id}`), ["1"]);
  // Jaeger says by 404 that it has no such trace.
  assert.deepEqual(await ids(address, { trace: "2".padStart(32, "a") }), []);
});

test("the API of Jaeger's UI is asked where there is no v3", async (t) => {
  const { address, asked } = await serving(t, (path, query) => {
    if (path === "/api/services") return { data: ["reviews"], errors: null };
    if (path !== "/api/traces") return undefined;
    assert.equal(query.get("service"), "reviews");
    assert.equal(query.get("operation"), "GET");
    assert.equal(query.get("limit"), "7");
    assert.equal(query.get("start"), String((NOW - 60_000) * 1000));
    assert.equal(query.get("end"), String(NOW * 1000));
    const process = { serviceName: "reviews", tags: [] };
    const span = { spanID: "1", operationName: "GET", startTime: NOW * 1000, duration: 1, process };
    return { data: [{ traceID: "1".padStart(32, "a"), spans: [span], processes: {} }] };
  });
  assert.deepEqual(await ids(address, { service: "reviews", operation: "GET", limit: 7, since: 60_000 }), ["1"]);
  assert.deepEqual(asked, ["/api/v3/services", "/api/services", "/api/traces"]);
});

test("Zipkin is asked where nothing is Jaeger's", async (t) => {
  const { address, asked } = await serving(t, (path, query) => {
    if (path === "/api/v2/services") return ["reviews"];
    const traceId = "1".padStart(32, "a");
    const spans = [
      { traceId, id: "1", name: "get /", timestamp: NOW * 1000, localEndpoint: { serviceName: "reviews" } },
    ];
    if (path === `/api/v2/trace/${traceId}`) return spans;
    if (path !== "/api/v2/traces") return undefined;
    assert.deepEqual(Object.fromEntries(query), {
      serviceName: "reviews",
      spanName: "get /",
      limit: "100",
      endTs: String(NOW),
      lookback: "3600000",
    });
    return [spans];
  });
  assert.deepEqual(await ids(address, { operation: "GET /" }), ["1"]);
  assert.deepEqual(await ids(`${address}/zipkin/traces/${"1".padStart(32, "a")}`), ["1"]);
  assert.equal(asked[2], "/api/v2/services");
});

test("an address of an API or a file is fetched as it is", async (t) => {
  const { address, asked } = await serving(t, () => otlp("1"));
  assert.deepEqual(await ids(`${address}/spans.json`), ["1"]);
  assert.deepEqual(await ids(`${address}/api/traces/1`, { service: "ratings" }), []);
  assert.deepEqual(asked, ["/spans.json", "/api/traces/1"]);
});

test("name and password of the address are sent, and not shown", async (t) => {
  const { address } = await serving(t, (path, _query, request, response) => {
    if (request.headers.authorization === `Basic ${Buffer.from("anna:s p").toString("base64")}`) {
      return path === "/api/v3/services" ? { services: [] } : undefined;
    }
    response.writeHead(401).end();
    return undefined;
  });
  const named = (login: string): string => address.replace("//", `//${login}@`);
  assert.deepEqual(await ids(named("anna:s%20p")), []);
  const said = { message: `${address}: it refuses the name and password of the address (401)` };
  await assert.rejects(ids(named("anna:secret")), said);
  await assert.rejects(ids(address), {
    message: new RegExp(`^${address}: it wants a login \\(401\\): write http://NAME:PASSWORD@`),
  });
});

test("a server that is something else is named, with what it answers", async (t) => {
  const page = await serving(t, (path, _query, _request, response) => {
    response.writeHead(200, { "content-type": "text/html; charset=utf-8" }).end("<!doctype html>");
    return path;
  });
  await assert.rejects(ids(page.address), {
    message:
      `${page.address}: it is neither Jaeger nor Zipkin: it answers /api/v3/services 200 text/html, ` +
      "/api/services 200 text/html, /api/v2/services 200 text/html",
  });
  await assert.rejects(ids(`${page.address}/spans.json`), {
    message: `${page.address}/spans.json: the server answers a page of HTML, and spans in JSON were expected`,
  });
  const broken = await serving(t, (path, _query, _request, response) => {
    if (path === "/api/v3/services") return { services: ["reviews"] };
    response.writeHead(500).end('{"error":{"httpCode":500,"message":"the storage is full"}}');
    return undefined;
  });
  await assert.rejects(ids(broken.address), {
    message: `${broken.address}/api/v3/traces: the server answers 500: the storage is full`,
  });
  const wrong = await serving(t, (path) => (path === "/api/v3/services" ? { services: ["a"] } : { result: 7 }));
  await assert.rejects(ids(wrong.address), { message: /\/api\/v3\/traces: expected spans as OTLP/ });
});

test("a server that is not there is named, with the reason", async () => {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, "close");
  await assert.rejects(ids(`http://127.0.0.1:${port}`), {
    message: `http://127.0.0.1:${port}: nothing listens there: is the server running, and is this its port?`,
  });
  await assert.rejects(ids("http://"), { message: /^http:\/\/: expected the address of a server/ });
  await assert.rejects(ids("jaeger:16686"), {
    message: /no such file; if it is a server, write http:\/\/jaeger:16686$/,
  });
});

test("a long download shows how far it is on a terminal, and leaves nothing behind", (t) => {
  const { err } = streams;
  let written = "";
  streams.err = (text) => void (written += text);
  t.after(() => void (streams.err = err));
  const MEGABYTE = 1_000_000;
  const download = (onTerminal: boolean): void => {
    const progress = new Progress(onTerminal);
    progress.begin("reviews (1 of 2 services)");
    progress.add(MEGABYTE / 10);
    progress.add(MEGABYTE);
    progress.begin("a (2 of 2 services)");
    progress.add(MEGABYTE);
    progress.end();
  };
  download(false);
  assert.equal(written, "");
  download(true);
  const [, first, second = "", blank, last] = written.split("\r");
  assert.equal(first, "1.1 MB, reviews (1 of 2 services)");
  assert.equal(second, "2.1 MB, a (2 of 2 services)".padEnd(first.length));
  assert.match(blank ?? "", /^ +$/);
  assert.equal(last, "");
});
