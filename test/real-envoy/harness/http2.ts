import {
  connect,
  type ClientHttp2Session,
  type OutgoingHttpHeaders,
  type SecureClientSessionOptions,
} from "node:http2";
import { once } from "node:events";
import type { HeaderLine } from "./http1.ts";

/** An answer over HTTP/2. */
export interface Http2Answer {
  status: number;
  /** Pseudo-headers left out. */
  headers: HeaderLine[];
  body: string;
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

  /** Sends one request, pseudo-headers included: `{":path": "/reviews", "end-user": ["a", "b"]}`. */
  async request(headers: OutgoingHttpHeaders, body = ""): Promise<Http2Answer> {
    const stream = this.session.request(headers, { endStream: body === "" });
    if (body !== "") stream.end(body, "latin1");
    const [fields] = (await once(stream, "response")) as [Record<string, string | string[]>];
    const chunks: Buffer[] = [];
    for await (const chunk of stream) chunks.push(chunk as Buffer);
    const lines = Object.entries(fields).filter(([name]) => !name.startsWith(":"));
    return {
      status: Number(fields[":status"]),
      headers: lines.flatMap(([name, value]) => [value].flat().map((one): HeaderLine => [name, one])),
      body: Buffer.concat(chunks).toString("latin1"),
    };
  }

  close(): void {
    this.session.destroy();
  }
}
