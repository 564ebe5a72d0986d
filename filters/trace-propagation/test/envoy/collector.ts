import assert from "node:assert/strict";
import { once } from "node:events";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { buffer } from "node:stream/consumers";
import { decodeTraces, type ReceivedSpan } from "../module/otlp.ts";

/** Answers a request that carries spans; `taken` has them count as taken. */
export type Answering = (response: ServerResponse, taken: () => void) => void;

/** Takes everything at once. */
export const WILLING: Answering = (response, taken) => {
  taken();
  response.end();
};

/** A collector on a free port of 127.0.0.1 that decodes what it gets, whatever it answers. */
export class Collector {
  /** The spans that it took. */
  readonly spans: ReceivedSpan[] = [];
  /** What it could not decode, or the sender should not have sent. */
  readonly faults: unknown[] = [];
  /** Requests that it got, and answers that were begun and not ended. */
  requests = 0;
  private server!: Server;

  /** Of each request; may be replaced while it runs. */
  constructor(public answers: Answering = WILLING) {}

  static async start(answers?: Answering): Promise<Collector> {
    const collector = new Collector(answers);
    collector.server = createServer({ keepAliveTimeout: 0 }, (request, response) => {
      void collector.take(request, response).catch((fault: unknown) => collector.faults.push(fault));
    }).listen(0, "127.0.0.1");
    await once(collector.server, "listening");
    return collector;
  }

  get port(): number {
    return (this.server.address() as AddressInfo).port;
  }

  async stop(): Promise<void> {
    this.server.closeAllConnections();
    this.server.close();
    await once(this.server, "close");
  }

  /** As strict as Go's server, which answers 400 to a host with `|` (istio/istio#35750). */
  private async take(request: IncomingMessage, response: ServerResponse): Promise<void> {
    this.requests++;
    response.on("error", () => undefined);
    const { spans } = decodeTraces(await buffer(request));
    assert.equal(`${request.method} ${request.url}`, "POST /v1/traces");
    assert.match(request.headers.host ?? "", /^[\w.-]+:\d+$/);
    this.answers(response, () => void this.spans.push(...spans));
  }
}
