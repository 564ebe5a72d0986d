import { once } from "node:events";
import { createServer } from "node:http2";
import type { Http2Server, IncomingHttpHeaders, ServerHttp2Session, ServerHttp2Stream } from "node:http2";
import type { AddressInfo } from "node:net";
import { all, answer } from "./echo.ts";

/** What Node gives with a stream; the types do not tell of the last, names and values in turn as they came. */
type StreamEvent = [stream: ServerHttp2Stream, fields: IncomingHttpHeaders, flags: number, headers: readonly string[]];

/** `Echo` over HTTP/2 by prior knowledge, without upgrades; gRPC gets `grpc-status: 0` as a trailer. */
export class Http2Echo {
  readonly port: number;
  readonly #server: Http2Server;
  readonly #sessions: Set<ServerHttp2Session>;

  private constructor(server: Http2Server, sessions: Set<ServerHttp2Session>) {
    this.#server = server;
    this.#sessions = sessions;
    this.port = (server.address() as AddressInfo).port;
  }

  static async start(): Promise<Http2Echo> {
    const server = createServer();
    const sessions = new Set<ServerHttp2Session>();
    server.on("session", (session) => {
      sessions.add(session);
      session.once("close", () => sessions.delete(session));
    });
    server.on("stream", (...[stream, fields, , headers]: StreamEvent) => {
      stream.on("error", () => {});
      const { ":method": method = "", ":path": path = "" } = fields;
      const reply = (body: Buffer): void => respond(stream, method, headers, answer(method, path, headers, body));
      // What Envoy breaks off has no answer.
      all(stream).then(reply, () => {});
    });
    server.listen(0, "127.0.0.1");
    await once(server, "listening");
    return new Http2Echo(server, sessions);
  }

  async stop(): Promise<void> {
    for (const session of this.#sessions) session.destroy();
    this.#server.close();
    await once(this.#server, "close");
  }
}

function respond(
  stream: ServerHttp2Stream,
  method: string,
  request: readonly string[],
  lines: readonly (readonly [string, string])[],
): void {
  if (stream.destroyed) return;
  const fields: Record<string, string | string[]> = { ":status": "200" };
  for (const [name, value] of lines) fields[name] = name in fields ? [fields[name] ?? [], value].flat() : value;
  const isGrpc = (request[request.indexOf("content-type") + 1] ?? "").startsWith("application/grpc");
  if (isGrpc) fields["content-type"] = "application/grpc";
  if (method === "HEAD") {
    stream.respond(fields, { endStream: true });
    return;
  }
  if (isGrpc) stream.once("wantTrailers", () => stream.sendTrailers({ "grpc-status": "0" }));
  stream.respond(fields, { waitForTrailers: isGrpc });
  stream.end("ok");
}
