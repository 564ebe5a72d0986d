import { createHash } from "node:crypto";
import { once } from "node:events";
import { createServer } from "node:http";
import type { IncomingMessage, Server } from "node:http";
import type { AddressInfo } from "node:net";

/** What the upstream saw of a request: bytes as one character each, headers in order, as they came. */
export interface Seen {
  method: string;
  target: string;
  headers: [string, string][];
  /** How long its body was, and the SHA-256 of it. */
  body: string;
}

/** The response header that carries what was seen, so that it is there for HEAD requests too. */
export const SEEN = "x-seen";

/** The response headers that generated operations on responses find. */
const RESPONSE_HEADERS: [string, string][] = [
  ["x-up", "one"],
  ["x-up", "two"],
  ["x-keep", "here"],
  ["set-cookie", "a=1"],
  ["set-cookie", "b=2"],
  ["content-type", "text/plain"],
];

/** Reads what `SEEN` carries. */
export function decodeSeen(value: string): Seen {
  return JSON.parse(Buffer.from(value, "base64url").toString("utf8")) as Seen;
}

/** All response headers for a request whose headers were `raw`, names and values in turn; what was seen of it among them. */
export function answer(method: string, target: string, raw: readonly string[], body: Buffer): [string, string][] {
  const headers = raw.flatMap((name, index): [string, string][] =>
    index % 2 === 0 ? [[name, raw[index + 1] ?? ""]] : [],
  );
  const digest = createHash("sha256").update(body).digest("base64url");
  const seen: Seen = { method, target, headers, body: `${body.length} ${digest}` };
  return [...RESPONSE_HEADERS, [SEEN, Buffer.from(JSON.stringify(seen), "utf8").toString("base64url")]];
}

function answerHttp1({ method = "", url = "", rawHeaders }: IncomingMessage, body: Buffer): [string, string][] {
  return answer(method, url, rawHeaders, body);
}

/** All that a stream gives; rejects where it is broken off. */
export async function all(stream: AsyncIterable<Buffer>): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of stream) chunks.push(chunk);
  return Buffer.concat(chunks);
}

/**
 * An HTTP/1.1 server on a free port of 127.0.0.1 that answers every request with what it saw, and grants upgrades.
 * It never closes an idle connection, so that Envoy's pool never meets one that is just being closed.
 */
export class Echo {
  readonly port: number;
  readonly #server: Server;

  private constructor(server: Server) {
    this.#server = server;
    this.port = (server.address() as AddressInfo).port;
  }

  /** @param ready holds the answer to a request back until it resolves; none is held where not given */
  static async start(ready: (request: IncomingMessage) => Promise<void> = async () => {}): Promise<Echo> {
    const server = createServer({ keepAliveTimeout: 0, requestTimeout: 0 }, (request, response) => {
      const reply = (body: Buffer): void => {
        response.sendDate = false;
        response.writeHead(200, [...answerHttp1(request, body), ["content-length", "2"]].flat());
        response.end(request.method === "HEAD" ? undefined : "ok");
      };
      const answerWhenReady = async (): Promise<void> => {
        const body = await all(request);
        await ready(request);
        reply(body);
      };
      // What Envoy breaks off has no answer.
      answerWhenReady().catch(() => {});
    });
    server.on("upgrade", (request, socket) => {
      const lines = answerHttp1(request, Buffer.alloc(0)).map(([name, value]) => `${name}: ${value}`);
      const granted = ["HTTP/1.1 101 Switching Protocols", "connection: Upgrade", "upgrade: websocket", ...lines];
      socket.on("error", () => {});
      socket.end(`${granted.join("\r\n")}\r\n\r\n`, "latin1");
    });
    server.listen(0, "127.0.0.1");
    await once(server, "listening");
    return new Echo(server);
  }

  async stop(): Promise<void> {
    this.#server.closeAllConnections();
    this.#server.close();
    await once(this.#server, "close");
  }
}
