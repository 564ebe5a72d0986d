import { once } from "node:events";
import { createServer } from "node:http";
import type { Server } from "node:http";
import type { AddressInfo } from "node:net";

/** What the upstream saw of a request: bytes as one character each, headers in order, as they came. */
export interface Seen {
  method: string;
  target: string;
  headers: [string, string][];
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
  ["content-length", "2"],
];

/** Reads what `SEEN` carries. */
export function decodeSeen(value: string): Seen {
  return JSON.parse(Buffer.from(value, "base64url").toString("utf8")) as Seen;
}

/**
 * An HTTP/1.1 server on a free port of 127.0.0.1 that answers every request, upgrades among them, with what it saw.
 * It never closes an idle connection, so that Envoy's pool never meets one that is just being closed.
 */
export class Echo {
  readonly port: number;
  readonly #server: Server;

  private constructor(server: Server) {
    this.#server = server;
    this.port = (server.address() as AddressInfo).port;
  }

  static async start(): Promise<Echo> {
    const server = createServer({ keepAliveTimeout: 0, requestTimeout: 0 }, (request, response) => {
      const { rawHeaders, method = "", url: target = "" } = request;
      const headers = rawHeaders.flatMap((name, index): [string, string][] =>
        index % 2 === 0 ? [[name, rawHeaders[index + 1] ?? ""]] : [],
      );
      const seen: Seen = { method, target, headers };
      request.resume();
      response.sendDate = false;
      const encoded = Buffer.from(JSON.stringify(seen), "utf8").toString("base64url");
      response.writeHead(200, [...RESPONSE_HEADERS, [SEEN, encoded]].flat());
      response.end(method === "HEAD" ? undefined : "ok");
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
