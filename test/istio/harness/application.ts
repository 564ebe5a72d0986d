import { once } from "node:events";
import { createServer, type IncomingMessage, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { call } from "./client.ts";

/** The only header that the application hands on from a request to the calls that it makes for it. */
const PASSED_ON = "x-request-id";

/** What an application saw of a request, as it answers it. */
export interface Seen {
  /** The workload whose application it was. */
  workload: string;
  method: string;
  path: string;
  /** Names in lower case. */
  headers: Readonly<Record<string, string>>;
}

/**
 * Stands in for a workload's application, behind its sidecar: answers 200 with what it saw (`Seen`). For `/call/<host>` it asks
 * that host through its own sidecar first, for what of the path is after it, and answers with what came back. For `/status/<code>`
 * it answers with that status.
 */
export class Application {
  private constructor(
    private readonly server: Server,
    readonly port: number,
  ) {}

  /**
   * Starts one on a free port of 127.0.0.1.
   *
   * @param outbound where its sidecar takes what it sends
   */
  static async start(workload: string, outbound: { address: string; port: number }): Promise<Application> {
    const server = createServer({ keepAliveTimeout: 0 }, (request, response) => {
      const status = /^\/status\/(\d{3})$/.exec(request.url ?? "")?.[1];
      if (status !== undefined) response.writeHead(Number(status)).end();
      else
        answerFor(workload, request, outbound).then(
          (body) => response.setHeader("content-type", "application/json").end(body),
          (error: Error) => response.writeHead(502).end(error.message),
        );
    });
    server.listen(0, "127.0.0.1");
    await once(server, "listening");
    return new Application(server, (server.address() as AddressInfo).port);
  }

  async stop(): Promise<void> {
    this.server.closeAllConnections();
    this.server.close();
    await once(this.server, "close");
  }
}

async function answerFor(
  workload: string,
  { method = "", url = "", headers }: IncomingMessage,
  outbound: { address: string; port: number },
): Promise<string> {
  const [, callee, path] = /^\/call\/([^/]+)(\/.*)?$/.exec(url) ?? [];
  if (callee === undefined) return JSON.stringify({ workload, method, path: url, headers });
  const passedOn = headers[PASSED_ON];
  const own: Record<string, string> = typeof passedOn === "string" ? { [PASSED_ON]: passedOn } : {};
  return (await call(outbound.address, outbound.port, { host: callee, path: path ?? "/", headers: own })).body;
}
