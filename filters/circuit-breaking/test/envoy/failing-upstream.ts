import { once } from "node:events";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";

/** What is done with a request, by the last segment of its path. */
type Act = (request: IncomingMessage, response: ServerResponse, upstream: FailingUpstream) => void;

/** A status is answered as it is; else: */
const ACTS: Readonly<Record<string, Act>> = {
  /** The connection breaks before any answer. */
  reset: (request) => void request.socket.destroy(),
  /** And after the headers. */
  "reset-after": (request, response) => {
    response.writeHead(200, { "content-length": "100" });
    response.write("x", () => request.socket.destroy());
  },
  /** There is no answer until `release`, which then is 200. */
  hold: (_, response, upstream) => upstream.hold(response),
};

/** An HTTP/1.1 server that answers as the path says, `/…/503` or `/…/reset`, and counts what came by the first segment. */
export class FailingUpstream {
  /** How many requests came, by the first segment of their path. */
  readonly arrivals = new Map<string, number>();
  private readonly held: ServerResponse[] = [];

  private constructor(
    private readonly server: Server,
    readonly port: number,
  ) {}

  static async start(): Promise<FailingUpstream> {
    const server = createServer({ keepAliveTimeout: 0 }, (request, response) => {
      const [, first = "", ...rest] = (request.url ?? "").split("/");
      upstream.arrivals.set(first, (upstream.arrivals.get(first) ?? 0) + 1);
      const last = rest.at(-1) ?? "200";
      const act = ACTS[last];
      if (act !== undefined) return act(request, response, upstream);
      const [status = "200", retryAfter] = last.split("+");
      response.writeHead(Number(status), retryAfter === undefined ? {} : { "retry-after": retryAfter });
      response.end("upstream");
    });
    server.listen(0, "127.0.0.1");
    await once(server, "listening");
    const upstream = new FailingUpstream(server, (server.address() as AddressInfo).port);
    return upstream;
  }

  /** How many came. */
  came(first: string): number {
    return this.arrivals.get(first) ?? 0;
  }

  hold(response: ServerResponse): void {
    this.held.push(response);
  }

  /** Answers all that are held. */
  release(status = 200): void {
    for (const response of this.held.splice(0)) response.writeHead(status).end("released");
  }

  async stop(): Promise<void> {
    this.server.closeAllConnections();
    this.server.close();
    await once(this.server, "close");
  }
}
