import { once } from "node:events";
import { createServer, type Server, type ServerResponse } from "node:http";
import { buffer } from "node:stream/consumers";
import type { Place } from "../services/call.ts";
import { decodeExport } from "./messages.ts";
import { TraceStore } from "./store.ts";

/** How many traces an answer has if nobody says it. */
const LIMIT = 100;

/**
 * A collector in this process, for machines without Jaeger: it takes OTLP by HTTP at `/v1/traces`, keeps spans in memory, and answers
 * the part of Jaeger's API v3 that `signalbox trace` asks for. Throws if it cannot listen there.
 */
export async function startCollector({ host, port }: Place): Promise<Server> {
  const store = new TraceStore();
  const server = createServer((request, response) => {
    const url = new URL(request.url ?? "/", "http://collector");
    if (request.method === "POST" && url.pathname === "/v1/traces") {
      void buffer(request).then((body) => take(store, body, response));
    } else {
      request.resume();
      answerQuery(store, url, response);
    }
  });
  server.listen(port, host);
  await once(server, "listening");
  return server;
}

function take(store: TraceStore, body: Buffer, response: ServerResponse): void {
  try {
    store.add(decodeExport(body));
    response.writeHead(200, { "content-type": "application/x-protobuf" }).end();
  } catch (error) {
    response.writeHead(400).end((error as Error).message);
  }
}

/** Jaeger: cmd/jaeger/internal/extension/jaegerquery/internal/apiv3/http_gateway.go. */
function answerQuery(store: TraceStore, { pathname, searchParams }: URL, response: ServerResponse): void {
  const [, trace] = /^\/api\/v3\/traces\/([\da-f]{1,32})$/.exec(pathname) ?? [];
  if (pathname === "/api/v3/services") return json(response, 200, { services: store.services() });
  if (trace !== undefined) return found(response, store.trace(trace));
  if (pathname !== "/api/v3/traces") return json(response, 404, { error: { httpCode: 404, message: "not found" } });
  const value = (name: string): string | undefined => searchParams.get(`query.${name}`) ?? undefined;
  const [from, to] = [value("startTimeMin"), value("startTimeMax")].map((text) => Date.parse(text ?? "")) as [
    number,
    number,
  ];
  if (Number.isNaN(from) || Number.isNaN(to)) {
    const message = "query.startTimeMin and query.startTimeMax are required";
    return json(response, 400, { error: { httpCode: 400, message } });
  }
  const limit = Number(value("searchDepth") ?? LIMIT);
  found(response, store.find({ service: value("serviceName"), operation: value("operationName"), from, to, limit }));
}

function found(response: ServerResponse, resourceSpans: readonly object[]): void {
  if (resourceSpans.length > 0) return json(response, 200, { result: { resourceSpans } });
  json(response, 404, { error: { httpCode: 404, message: "No traces found" } });
}

function json(response: ServerResponse, status: number, body: object): void {
  response.writeHead(status, { "content-type": "application/json" }).end(JSON.stringify(body));
}
