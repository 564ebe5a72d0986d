import { createHash } from "node:crypto";
import { once } from "node:events";
import { createServer, type IncomingHttpHeaders } from "node:http";
import { constants, createServer as createHttp2Server } from "node:http2";
import type { AddressInfo, Server } from "node:net";
import type { Readable } from "node:stream";
import { cluster, typed, type JsonObject } from "../../../../test/support/envoy/index.ts";

export type Protocol = "http1" | "http2";

/** The header by which the upstream tells requests apart, and with which it answers them. */
export const ID = "x-id";

/** So long is the body that it answers `/large` with. */
export const LARGE = 1_000_000;

/** What came of a request once it had ended. */
export interface Delivery {
  sha256: string;
  bytes: number;
  trailers: Readonly<Record<string, string>>;
}

interface Incoming extends Readable {
  url?: string;
  headers: IncomingHttpHeaders;
  trailers: NodeJS.Dict<string>;
}

interface Outgoing {
  setHeader(name: string, value: string): unknown;
  addTrailers(trailers: Record<string, string>): void;
  writeHead(status: number): unknown;
  end(body?: string): unknown;
}

/**
 * A server on a free port of 127.0.0.1 that notes each request by its `x-id`. It answers 200, with the id in header and body; on
 * `/large` with a long body, on `/failing` with 500, on `/grpc` with trailers of gRPC, on `/reset` it resets the stream (or the
 * connection, with HTTP/1), and on `/silent` it never answers.
 */
export class DeliveryUpstream {
  /** How often a request has come, by its id. */
  readonly arrivals = new Map<string, number>();
  /** What came of those that came to their end, by their id. */
  readonly deliveries = new Map<string, Delivery>();
  private readonly open = new Set<{ destroy(): void }>();

  private constructor(
    private readonly protocol: Protocol,
    private readonly server: Server,
  ) {}

  static async start(protocol: Protocol): Promise<DeliveryUpstream> {
    // An idle connection that is closed just as Envoy takes it again loses a request, which is no fault of a filter.
    const server = protocol === "http1" ? createServer({ keepAliveTimeout: 0 }) : createHttp2Server();
    const upstream = new DeliveryUpstream(protocol, server);
    upstream.listen();
    server.on(protocol === "http1" ? "connection" : "session", (connection: { destroy(): void }) =>
      upstream.open.add(connection),
    );
    server.listen(0, "127.0.0.1");
    await once(server, "listening");
    return upstream;
  }

  /** A cluster of it that takes as many requests at once as a test sends. */
  cluster(name: string): JsonObject {
    const most = { max_connections: 100_000, max_pending_requests: 100_000, max_requests: 100_000 };
    const http = this.protocol === "http1" ? { http_protocol_options: { enable_trailers: true } } : HTTP2;
    return cluster(name, (this.server.address() as AddressInfo).port, {
      circuit_breakers: { thresholds: [most] },
      typed_extension_protocol_options: {
        "envoy.extensions.upstreams.http.v3.HttpProtocolOptions": typed(
          "envoy.extensions.upstreams.http.v3.HttpProtocolOptions",
          { explicit_http_config: http },
        ),
      },
    });
  }

  /** The ids that came more than once. */
  repeated(): string[] {
    return [...this.arrivals].filter(([, count]) => count > 1).map(([id]) => id);
  }

  async stop(): Promise<void> {
    for (const connection of this.open) connection.destroy();
    this.server.close();
    await once(this.server, "close");
  }

  private listen(): void {
    this.server.on("request", (request: Incoming, response: Outgoing) => {
      const id = String(request.headers[ID]);
      this.arrivals.set(id, (this.arrivals.get(id) ?? 0) + 1);
      request.on("error", () => undefined);
      if (request.url === "/reset") return this.reset(request);
      const hash = createHash("sha256");
      let bytes = 0;
      request.on("data", (chunk: Buffer) => {
        hash.update(chunk);
        bytes += chunk.length;
      });
      request.on("end", () => {
        const trailers = Object.fromEntries(Object.entries(request.trailers)) as Record<string, string>;
        this.deliveries.set(id, { sha256: hash.digest("hex"), bytes, trailers });
        answer(request.url ?? "", id, response);
      });
    });
  }

  private reset(request: Incoming): void {
    const { stream, socket } = request as unknown as {
      stream?: { close(code: number): void };
      socket: { destroy(): void };
    };
    if (this.protocol === "http2") stream?.close(constants.NGHTTP2_INTERNAL_ERROR);
    else socket.destroy();
  }
}

const HTTP2: JsonObject = { http2_protocol_options: { max_concurrent_streams: 2_147_483_647 } };

function answer(path: string, id: string, response: Outgoing): void {
  if (path === "/silent") return;
  response.setHeader(ID, id);
  if (path === "/failing") response.writeHead(500);
  if (path === "/grpc") {
    response.setHeader("content-type", "application/grpc");
    response.setHeader("trailer", "grpc-status");
    response.writeHead(200);
    response.addTrailers({ "grpc-status": "0" });
  }
  response.end(path === "/large" ? "x".repeat(LARGE) : id);
}
