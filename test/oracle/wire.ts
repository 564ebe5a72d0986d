/** HTTP/1.1 by hand over a keep-alive connection, so that any byte can be sent and every header is seen as it came. */
import { connect } from "node:net";
import type { Socket } from "node:net";
import { connect as connectTls, type SecureContext } from "node:tls";

/** An HTTP/1.1 request; every string is bytes, one character each. */
export interface Request {
  method: string;
  /** The path with its query. */
  target: string;
  /** The value of `host`. */
  authority: string;
  /** In order, repetitions included; without `host`. */
  headers: [string, string][];
  /** With an absolute URL of this scheme as request target instead of the path alone. */
  absolute?: "http" | "https";
  /** With a `content-length` of its own; none where absent. */
  body?: string;
}

/** A response: bytes as one character each, header names as they came. */
export interface Response {
  status: number;
  headers: [string, string][];
  body: string;
}

/** The bytes of a request. */
export function serialize(request: Request): Buffer {
  const { method, target, authority, headers, absolute, body } = request;
  const line = absolute && method !== "CONNECT" ? `${absolute}://${authority}${target}` : target;
  const lines = [
    `${method} ${line} HTTP/1.1`,
    `host: ${authority}`,
    ...headers.map(([name, value]) => `${name}: ${value}`),
    ...(body === undefined ? [] : [`content-length: ${body.length}`]),
  ];
  return Buffer.from(`${lines.join("\r\n")}\r\n\r\n${body ?? ""}`, "latin1");
}

/** A response at the start of what was received, and the rest; undefined while more has to come. */
function parse(received: string, method: string, ended: boolean): Response | undefined {
  const end = received.indexOf("\r\n\r\n");
  if (end < 0) return undefined;
  const [first = "", ...lines] = received.slice(0, end).split("\r\n");
  const status = Number(first.split(" ")[1]);
  const headers = lines.map((line): [string, string] => {
    const colon = line.indexOf(":");
    return [line.slice(0, colon), line.slice(colon + 1).trim()];
  });
  const value = (name: string) => headers.find(([key]) => key.toLowerCase() === name)?.[1];
  const rest = received.slice(end + 4);
  if (method === "HEAD" || status === 101 || status === 204 || status === 304) return { status, headers, body: "" };
  const length = value("content-length");
  if (length !== undefined) {
    return rest.length < Number(length) ? undefined : { status, headers, body: rest.slice(0, Number(length)) };
  }
  if (value("transfer-encoding") === "chunked") {
    if (!rest.endsWith("0\r\n\r\n")) return undefined;
    return { status, headers, body: rest.replace(/[0-9a-f]+\r\n([^]*?)\r\n/g, "$1") };
  }
  return ended ? { status, headers, body: rest } : undefined;
}

/** Whether the peer may close the connection after this exchange, so that the next one needs a new connection. */
function ends(request: Request, response: Response): boolean {
  const closes = response.headers.some(([name, value]) => name.toLowerCase() === "connection" && value === "close");
  return closes || request.method === "CONNECT" || request.headers.some(([name]) => name === "upgrade");
}

/** One client of one listener; requests go one after the other. */
export class Client {
  readonly #port: number;
  readonly #preface: string;
  readonly #certificate: SecureContext | undefined;
  #socket: Socket | undefined;

  /**
   * @param preface sent first on each connection: the PROXY protocol line that carries the destination's port.
   * @param certificate the client's own, for TLS; without one it is plaintext.
   */
  constructor(port: number, preface: string, certificate?: SecureContext) {
    this.#port = port;
    this.#preface = preface;
    this.#certificate = certificate;
  }

  #connection(): Socket {
    if (this.#socket) return this.#socket;
    const plain = connect(this.#port, "127.0.0.1");
    plain.setNoDelay(true);
    if (this.#preface) plain.write(this.#preface);
    const socket = this.#certificate === undefined ? plain : this.#secured(plain, this.#certificate);
    socket.setEncoding("latin1");
    this.#socket = socket;
    return socket;
  }

  #secured(socket: Socket, secureContext: SecureContext): Socket {
    return connectTls({ socket, secureContext, ALPNProtocols: ["http/1.1"], rejectUnauthorized: false });
  }

  /** Sends one request and gives its response; fails when the connection ends without one. */
  send(request: Request): Promise<Response> {
    const socket = this.#connection();
    return new Promise((resolve, reject) => {
      let received = "";
      const finish = (outcome: Response | Error): void => {
        socket.removeAllListeners();
        if (outcome instanceof Error || ends(request, outcome)) this.close();
        if (outcome instanceof Error) reject(outcome);
        else resolve(outcome);
      };
      const advance = (ended: boolean): void => {
        const response = parse(received, request.method, ended);
        if (response) finish(response);
        else if (ended) finish(new Error(`connection ended after ${JSON.stringify(received)}`));
      };
      socket.on("data", (chunk: string) => {
        received += chunk;
        advance(false);
      });
      socket.on("end", () => advance(true));
      socket.on("error", finish);
      socket.write(serialize(request));
    });
  }

  close(): void {
    this.#socket?.on("error", () => {});
    this.#socket?.destroy();
    this.#socket = undefined;
  }
}
