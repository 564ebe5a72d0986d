import {
  connect,
  type ClientHttp2Session,
  type ClientHttp2Stream,
  type OutgoingHttpHeaders,
  type SecureClientSessionOptions,
} from "node:http2";
import { once } from "node:events";
import type { Socket } from "node:net";
import type { HeaderLine } from "./http1.ts";

/** An answer over HTTP/2. */
export interface Http2Answer {
  status: number;
  /** Pseudo-headers left out. */
  headers: HeaderLine[];
  body: string;
  /** Such as gRPC's status; empty where none came. */
  trailers: HeaderLine[];
}

/** An HTTP/2 connection to a port of 127.0.0.1, over plaintext by prior knowledge or over TLS. */
export class Http2 {
  private constructor(private readonly session: ClientHttp2Session) {}

  /** `tls` (Node's own options, such as a client's certificate) makes it TLS, with any server certificate accepted. */
  static async connect(port: number, tls?: SecureClientSessionOptions): Promise<Http2> {
    const url = `${tls === undefined ? "http" : "https"}://127.0.0.1:${port}`;
    const session = connect(url, { rejectUnauthorized: false, ...tls });
    await once(session, "connect");
    return new Http2(session);
  }

  /** Takes over a connection that something has been sent on already, such as a PROXY protocol line. */
  static over(socket: Socket): Http2 {
    return new Http2(connect("http://127.0.0.1", { createConnection: () => socket }));
  }

  /**
   * Sends one request, pseudo-headers included: `{":path": "/reviews", "end-user": ["a", "b"]}`. Throws where the stream
   * ends without an answer.
   */
  async request(headers: OutgoingHttpHeaders, body = ""): Promise<Http2Answer> {
    const stream = this.session.request(headers, { endStream: body === "" });
    if (body !== "") stream.end(body, "latin1");
    let trailers: HeaderLine[] = [];
    stream.on("trailers", (fields: Fields) => (trailers = linesOf(fields)));
    const fields = await responseOf(stream);
    const chunks: Buffer[] = [];
    for await (const chunk of stream) chunks.push(chunk as Buffer);
    return {
      status: Number(fields[":status"]),
      headers: linesOf(fields),
      body: Buffer.concat(chunks).toString("latin1"),
      trailers,
    };
  }

  close(): void {
    this.session.destroy();
  }
}

function responseOf(stream: ClientHttp2Stream): Promise<Fields> {
  return new Promise((resolve, reject) => {
    stream.once("response", (fields) => resolve(fields as Fields));
    stream.once("error", reject);
    stream.once("close", () => reject(new Error("the stream ended without an answer")));
  });
}

type Fields = Readonly<Record<string, string | string[]>>;

function linesOf(fields: Fields): HeaderLine[] {
  const lines = Object.entries(fields).filter(([name]) => !name.startsWith(":"));
  return lines.flatMap(([name, value]) => [value].flat().map((one): HeaderLine => [name, one]));
}
