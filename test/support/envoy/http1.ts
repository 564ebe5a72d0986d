import { connect, type Socket } from "node:net";
import { connect as connectTls, type ConnectionOptions } from "node:tls";
import { once } from "node:events";

/** A header as it is sent or came: one character a byte (Latin-1). */
export type HeaderLine = readonly [name: string, value: string];

/** An answer, nothing joined, folded or decoded. */
export interface Answer {
  status: number;
  headers: HeaderLine[];
  /** Latin-1, as the headers. */
  body: string;
}

/** A request whose header lines go out as they are given, in order, repeated ones too. `host` is added where absent. */
export interface Request {
  method?: string;
  path?: string;
  headers?: readonly HeaderLine[];
  body?: string;
}

/** An HTTP/1.1 connection that sends bytes as they are given, which Node's own client would mend or refuse. */
export class Http1 {
  private received = Buffer.alloc(0);
  private closed = false;
  private failure: Error | undefined;
  private wake: () => void = () => {};

  private constructor(private readonly socket: Socket) {
    socket.on("data", (bytes) => {
      this.received = Buffer.concat([this.received, bytes]);
      this.wake();
    });
    socket.on("error", (error) => (this.failure = error));
    socket.on("close", () => {
      this.closed = true;
      this.wake();
    });
  }

  /** Connects to a port of 127.0.0.1; `tls` (Node's own options) makes it TLS, with any server certificate accepted. */
  static async connect(port: number, tls?: ConnectionOptions): Promise<Http1> {
    if (tls === undefined) {
      const socket = connect(port, "127.0.0.1");
      await once(socket, "connect");
      return new Http1(socket);
    }
    const socket = connectTls({
      host: "127.0.0.1",
      port,
      rejectUnauthorized: false,
      ALPNProtocols: ["http/1.1"],
      ...tls,
    });
    await once(socket, "secureConnect");
    return new Http1(socket);
  }

  /** Takes over a connection that something has been sent on already, such as a PROXY protocol line. */
  static over(socket: Socket): Http1 {
    return new Http1(socket);
  }

  /** Sends one request and gives its answer. The connection can take the next one after that. */
  async request(request: Request): Promise<Answer> {
    this.ask(request);
    return await this.answer(request.method);
  }

  /** Sends one request, whatever becomes of it. */
  ask(request: Request): void {
    this.send(requestText(request.method ?? "GET", request));
  }

  /** Sends text as it is, one byte a character. */
  send(text: string): void {
    this.socket.write(text, "latin1");
  }

  /** Reads one answer. Throws where the connection ends before its end. */
  async answer(method = "GET"): Promise<Answer> {
    const [first, ...lines] = await this.head();
    const status = Number(first?.split(" ")[1]);
    if (status >= 100 && status < 200 && status !== 101) return await this.answer(method);
    const headers = lines.map((line): HeaderLine => {
      const colon = line.indexOf(":");
      return [line.slice(0, colon), line.slice(colon + 1).trim()];
    });
    const value = (name: string): string | undefined => headers.find(([key]) => key.toLowerCase() === name)?.[1];
    if (method === "HEAD" || status === 204 || status === 304 || status === 101) return { status, headers, body: "" };
    if (value("transfer-encoding") === "chunked") return { status, headers, body: await this.chunks() };
    const length = value("content-length");
    const body = length === undefined ? await this.rest() : await this.take((text) => within(text, Number(length)));
    return { status, headers, body };
  }

  /** Reads the lines of one head, which may be that of an interim answer such as 100 Continue. */
  async head(): Promise<string[]> {
    return (await this.take((text) => endOf(text, "\r\n\r\n"))).slice(0, -4).split("\r\n");
  }

  /** Whether some of an answer has come that nobody took yet. */
  get hasReceived(): boolean {
    return this.received.length > 0;
  }

  close(): void {
    this.socket.destroy();
  }

  private async chunks(): Promise<string> {
    let body = "";
    for (;;) {
      const size = parseInt(await this.take((text) => endOf(text, "\r\n")), 16);
      const chunk = await this.take((text) => within(text, size + 2));
      if (size === 0) return body;
      body += chunk.slice(0, -2);
    }
  }

  private async rest(): Promise<string> {
    while (!this.closed) await this.more();
    return await this.take((text) => text.length);
  }

  /** Takes as many bytes as `length` says, once it knows. */
  private async take(length: (text: string) => number | undefined): Promise<string> {
    for (;;) {
      const text = this.received.toString("latin1");
      const size = length(text);
      if (size !== undefined) {
        this.received = this.received.subarray(size);
        return text.slice(0, size);
      }
      if (this.closed) throw this.failure ?? new Error(`the connection ended after ${JSON.stringify(text)}`);
      await this.more();
    }
  }

  private async more(): Promise<void> {
    await new Promise<void>((resolve) => (this.wake = resolve));
  }
}

/** One request on a connection of its own. */
export async function fetchOnce(port: number, request: Request = {}, tls?: ConnectionOptions): Promise<Answer> {
  const connection = await Http1.connect(port, tls);
  try {
    return await connection.request(request);
  } finally {
    connection.close();
  }
}

function requestText(method: string, { path = "/", headers = [], body }: Request): string {
  const lines = headers.map(([name, value]) => `${name}: ${value}`);
  if (!headers.some(([name]) => name.toLowerCase() === "host")) lines.unshift("host: localhost");
  if (body !== undefined) lines.push(`content-length: ${Buffer.byteLength(body, "latin1")}`);
  return [`${method} ${path} HTTP/1.1`, ...lines, "", body ?? ""].join("\r\n");
}

function endOf(text: string, mark: string): number | undefined {
  const at = text.indexOf(mark);
  return at < 0 ? undefined : at + mark.length;
}

function within(text: string, size: number): number | undefined {
  return text.length < size ? undefined : size;
}
