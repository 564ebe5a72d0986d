import { once } from "node:events";
import { createServer, request, type IncomingMessage, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { text } from "node:stream/consumers";

/** A call that the suite asks for. */
interface Call {
  url: string;
  arguments: unknown;
}

/**
 * A service as the suite wants it: it POSTs each call's arguments to the call's URL, through its sidecar, before it answers. Of the
 * request's headers it passes on those that are named, as they came, and no others.
 */
export class CallingService {
  private constructor(
    private readonly server: Server,
    readonly port: number,
  ) {}

  static async start(passesOn: readonly string[], sidecar: () => number): Promise<CallingService> {
    const server = createServer({ keepAliveTimeout: 0 }, (incoming, answer) => {
      void serve(incoming, passesOn, sidecar()).then(
        () => answer.setHeader("content-type", "application/json").end("{}"),
        (error: Error) => answer.writeHead(500).end(error.message),
      );
    });
    server.listen(0, "127.0.0.1");
    await once(server, "listening");
    return new CallingService(server, (server.address() as AddressInfo).port);
  }

  async stop(): Promise<void> {
    this.server.closeAllConnections();
    this.server.close();
    await once(this.server, "close");
  }
}

async function serve(incoming: IncomingMessage, passesOn: readonly string[], sidecar: number): Promise<void> {
  const calls = JSON.parse((await text(incoming)) || "[]") as Call[];
  const { rawHeaders } = incoming;
  const kept = rawHeaders.flatMap((name, index) =>
    index % 2 === 0 && passesOn.includes(name.toLowerCase()) ? [name, rawHeaders[index + 1] ?? ""] : [],
  );
  for (const call of calls) await post(call, kept, sidecar);
}

async function post(call: Call, headers: readonly string[], port: number): Promise<void> {
  const { host, pathname } = new URL(call.url);
  const body = JSON.stringify(call.arguments);
  const own = ["host", host, "content-type", "application/json", "content-length", `${Buffer.byteLength(body)}`];
  const outgoing = request({ host: "127.0.0.1", port, path: pathname, method: "POST", headers: [...own, ...headers] });
  outgoing.end(body);
  const [answer] = (await once(outgoing, "response")) as [IncomingMessage];
  await text(answer);
}
