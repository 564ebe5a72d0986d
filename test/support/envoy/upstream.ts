import { once } from "node:events";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import type { HeaderLine } from "./http1.ts";

/** What an upstream saw of a request, as it answers it in JSON. */
export interface Seen {
  upstream: string;
  method: string;
  path: string;
  /** As they came: names as sent, repeated ones apart, Latin-1. */
  headers: HeaderLine[];
  /** How long the body was. */
  bodyBytes: number;
}

/** An HTTP/1.1 server on a free port of 127.0.0.1 that answers 200 with what it saw (`Seen`, in Latin-1). */
export class Upstream {
  private constructor(
    private readonly server: Server,
    readonly port: number,
  ) {}

  static async start(name: string): Promise<Upstream> {
    // An idle connection that is closed just as Envoy takes it again loses a request, which is no fault of a filter.
    const server = createServer({ keepAliveTimeout: 0 }, (request, response) => {
      const { rawHeaders, method = "", url = "" } = request;
      const headers = rawHeaders.flatMap((value, index): HeaderLine[] =>
        index % 2 === 1 ? [[rawHeaders[index - 1] ?? "", value]] : [],
      );
      let bodyBytes = 0;
      request.on("data", (bytes: Buffer) => (bodyBytes += bytes.length));
      request.on("end", () => {
        const seen: Seen = { upstream: name, method, path: url, headers, bodyBytes };
        const body = Buffer.from(JSON.stringify(seen), "latin1");
        response.setHeader("content-type", "application/json").end(body);
      });
    });
    server.listen(0, "127.0.0.1");
    await once(server, "listening");
    return new Upstream(server, (server.address() as AddressInfo).port);
  }

  async stop(): Promise<void> {
    this.server.closeAllConnections();
    this.server.close();
    await once(this.server, "close");
  }
}
