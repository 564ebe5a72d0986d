/** An upstream that answers what the request asks for, on a connection for each request. */
import { EventEmitter, once } from "node:events";
import { createServer, type Server, type Socket } from "node:net";

/** The request header that says what is to be done, such as `status=503` or `reset`. */
export const ACT = "x-act";
/** The request header that tells requests apart. */
export const ID = "x-id";

/** The request header in which Envoy counts. */
const ATTEMPT = "x-envoy-attempt-count";
/** How often a request is sent again if its route has retries; the last time it has the status of `last`, if there is one. */
export const RETRIES = 2;

/** What is done with a request, by the first word of `ACT`; `words` are the others, by name. */
type Act = (socket: Socket, words: ReadonlyMap<string, string>, upstream: ScriptedUpstream, id: string) => void;

const ACTS: Readonly<Record<string, Act>> = {
  /** An answer. */
  status: (socket, words) => void socket.end(response(words)),
  /** One that breaks off after its headers. */
  break: (socket, words) => void socket.end(head(words, ["content-length: 100"]) + "x"),
  /** The connection is closed before any answer. */
  close: (socket) => void socket.end(),
  /** The same by RST. */
  reset: (socket) => void socket.resetAndDestroy(),
  /** Bytes that are no HTTP. */
  garbage: (socket) => void socket.end("garbage\r\n\r\n"),
  /** No answer. */
  silence: () => undefined,
  /** None until `release`. */
  hold: (socket, words, upstream, id) => upstream.hold(id, () => socket.end(response(words))),
};

function head(words: ReadonlyMap<string, string>, lines: readonly string[]): string {
  const grpc = words.get("grpc");
  const own = grpc === undefined ? [] : [`grpc-status: ${grpc}`];
  return [`HTTP/1.1 ${words.get("status")} Scripted`, ...lines, ...own, "", ""].join("\r\n");
}

/** With `trailer` the gRPC status follows the body; with `empty` there is no body. */
function response(words: ReadonlyMap<string, string>): string {
  const trailer = words.get("trailer");
  if (trailer !== undefined) {
    const lines = ["transfer-encoding: chunked", "trailer: grpc-status", "content-type: application/grpc"];
    return `${head(words, lines)}2\r\nok\r\n0\r\ngrpc-status: ${trailer}\r\n\r\n`;
  }
  const status = words.get("status");
  if (status === "204" || status === "304") return head(words, []);
  return words.has("empty") ? head(words, ["content-length: 0"]) : `${head(words, ["content-length: 2"])}ok`;
}

/** Listens at an address of its own, so that nobody takes its port while it refuses connections. */
export class ScriptedUpstream {
  private readonly events = new EventEmitter().setMaxListeners(0);
  private readonly held = new Map<string, () => void>();
  private readonly sockets = new Set<Socket>();
  private readonly idle = new Set<Socket>();
  private readonly here = new Set<string>();
  private server: Server | undefined;
  /** How many requests came. */
  arrivals = 0;

  private constructor(
    readonly address: string,
    readonly port: number,
  ) {}

  static async start(address: string, port: number): Promise<ScriptedUpstream> {
    const upstream = new ScriptedUpstream(address, port);
    await upstream.listen();
    return upstream;
  }

  /** Takes connections, until `refuse`. */
  async listen(): Promise<void> {
    const server = createServer({ allowHalfOpen: true }, (socket) => this.serve(socket));
    server.listen(this.port, this.address);
    await once(server, "listening");
    this.server = server;
  }

  /** Takes none from now on. */
  refuse(): void {
    this.server?.close();
    this.server = undefined;
  }

  /** Resolves when the request is here. */
  async arrived(id: string): Promise<void> {
    if (!this.here.has(id)) await once(this.events, `arrived ${id}`);
  }

  /** Resolves when the connection of a request is closed. */
  async gone(id: string): Promise<void> {
    if (this.here.has(id)) await once(this.events, `gone ${id}`);
  }

  hold(id: string, answer: () => void): void {
    this.held.set(id, answer);
  }

  /** Answers a request that is held. */
  release(id: string): void {
    this.held.get(id)?.();
    this.held.delete(id);
  }

  /** Closes connections on which no request came, and waits until Envoy has closed them too. */
  async closeIdle(): Promise<void> {
    const closed = [...this.idle].map((socket) => once(socket, "close"));
    for (const socket of this.idle) socket.end();
    await Promise.all(closed);
  }

  stop(): void {
    this.refuse();
    for (const socket of this.sockets) socket.destroy();
  }

  private serve(socket: Socket): void {
    this.sockets.add(socket);
    this.idle.add(socket);
    let received = "";
    let id = "";
    socket.setEncoding("latin1");
    socket.on("error", () => undefined);
    // What Envoy closes is closed, also if it still waits for an answer.
    socket.on("end", () => socket.end());
    socket.on("close", () => {
      this.sockets.delete(socket);
      this.idle.delete(socket);
      this.here.delete(id);
      this.events.emit(`gone ${id}`);
    });
    socket.on("data", (text: string) => {
      received += text;
      if (id !== "" || !received.includes("\r\n\r\n")) return;
      const value = (name: string): string => new RegExp(`^${name}: (.*)\r$`, "m").exec(received)?.[1] ?? "";
      id = value(ID);
      this.arrivals += 1;
      this.idle.delete(socket);
      this.here.add(id);
      this.events.emit(`arrived ${id}`);
      const words = new Map(
        value(ACT)
          .split(" ")
          .map((word) => word.split("=") as [string, string]),
      );
      const [first = ""] = words.keys();
      const last = words.get("last");
      if (last !== undefined && Number(value(ATTEMPT)) > RETRIES) words.set("status", last);
      ACTS[first]!(socket, words, this, id);
    });
  }
}
