import { once } from "node:events";
import { Agent, createServer, request, type IncomingMessage, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { text } from "node:stream/consumers";
import type { HeaderLine } from "../../../../test/support/envoy/index.ts";

/** At once to one port: enough for all workers to get some. */
const CONNECTIONS = 64;

/** More than any test has a service get: in bytes. */
const LARGEST_HEADERS = 4_000_000;

/** A request as a service gets it: its header lines as they came. */
export interface Received {
  path: string;
  headers: HeaderLine[];
}

/** What `serve` gives where the connection is to be broken off instead of an answer. */
export const RESET = Symbol("reset");

/** An HTTP/1.1 client whose connections live on. */
export class Caller {
  private readonly agent = new Agent({ keepAlive: true, maxSockets: CONNECTIONS });

  /** Calls a service by a port of 127.0.0.1, with these headers beside `host`: its answer. Throws where that is not 200. */
  async call<T>(port: number, path: string, headers: readonly HeaderLine[] = []): Promise<T> {
    const fields = ["host", "localhost", ...headers.flat()];
    const outgoing = request({ host: "127.0.0.1", port, path, headers: fields, agent: this.agent }).end();
    const [answer] = (await once(outgoing, "response")) as [IncomingMessage];
    const body = await text(answer);
    if (answer.statusCode !== 200) throw new Error(`${path}: ${answer.statusCode} ${body}`);
    return JSON.parse(body) as T;
  }

  close(): void {
    this.agent.destroy();
  }
}

/** A workload's HTTP/1.1 server on a free port of 127.0.0.1. */
export class Service {
  private constructor(
    private readonly server: Server,
    private readonly caller: Caller,
    readonly port: number,
  ) {}

  /** @param serve what is answered as JSON, with status 200, as soon as it is known; `RESET` for no answer */
  static async start(serve: (received: Received, caller: Caller) => unknown): Promise<Service> {
    const caller = new Caller();
    const answerTo = async (incoming: IncomingMessage): Promise<unknown> =>
      await serve({ path: incoming.url ?? "", headers: linesOf(incoming.rawHeaders) }, caller);
    // An idle connection that is closed just as Envoy takes it again loses a request, which is no fault of a filter.
    const server = createServer({ maxHeaderSize: LARGEST_HEADERS, keepAliveTimeout: 0 }, (incoming, answer) => {
      incoming.resume();
      void answerTo(incoming).then(
        (what) => (what === RESET ? incoming.socket.destroy() : answer.end(JSON.stringify(what))),
        (error: Error) => answer.writeHead(500).end(`${error.stack}`),
      );
    });
    server.listen(0, "127.0.0.1");
    await once(server, "listening");
    return new Service(server, caller, (server.address() as AddressInfo).port);
  }

  async stop(): Promise<void> {
    this.caller.close();
    this.server.closeAllConnections();
    this.server.close();
    await once(this.server, "close");
  }
}

function linesOf(raw: readonly string[]): HeaderLine[] {
  return raw.flatMap((value, index): HeaderLine[] => (index % 2 === 1 ? [[raw[index - 1] ?? "", value]] : []));
}

/** Requests that stay in flight until they are let go. */
export class Gate {
  private readonly waiting = new Map<string, () => void>();

  /** Waits until `open` is called for the name. */
  async pass(name: string): Promise<void> {
    await new Promise<void>((resolve) => this.waiting.set(name, resolve));
  }

  has(name: string): boolean {
    return this.waiting.has(name);
  }

  open(name: string): void {
    const go = this.waiting.get(name);
    this.waiting.delete(name);
    go?.();
  }
}
