/** HTTP/2 by hand (RFC 9113, RFC 7541), so that a request can be what a client library refuses to send. */
import { once } from "node:events";
import type { Duplex } from "node:stream";

const PREFACE = "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n";
const [DATA, HEADERS, RESET, SETTINGS, GOAWAY] = [0, 1, 3, 4, 7];
const [END_STREAM, ACK, END_HEADERS] = [1, 1, 4];

/** A header field as it is sent, pseudo-headers included; one character a byte. */
export type Field = readonly [name: string, value: string];

/** What became of a request. */
export interface FramesAnswer {
  /** The body; undefined where the stream or the connection was ended instead. */
  body: string | undefined;
  /** The error code that ended it (RFC 9113, section 7), or `closed`. */
  ended: number | "closed" | undefined;
}

function frame(type: number, flags: number, stream: number, payload: Buffer): Buffer {
  const head = Buffer.alloc(9);
  head.writeUIntBE(payload.length, 0, 3);
  head.writeUInt8(type, 3);
  head.writeUInt8(flags, 4);
  head.writeUInt32BE(stream, 5);
  return Buffer.concat([head, payload]);
}

/** An integer with a 7-bit prefix (RFC 7541, section 5.1) and the bytes it counts. */
function text(value: string): Buffer {
  const bytes = Buffer.from(value, "latin1");
  if (bytes.length < 127) return Buffer.concat([Buffer.of(bytes.length), bytes]);
  const digits: number[] = [];
  let rest = bytes.length - 127;
  for (; rest >= 128; rest = Math.floor(rest / 128)) digits.push((rest % 128) + 128);
  return Buffer.concat([Buffer.of(127, ...digits, rest), bytes]);
}

/** Each field as a literal that is not indexed and has a new name (RFC 7541, section 6.2.2). */
function block(fields: readonly Field[]): Buffer {
  return Buffer.concat(fields.flatMap(([name, value]) => [Buffer.of(0), text(name), text(value)]));
}

/** Sends one request without a body over a connection that nothing of HTTP/2 has been sent on, and gives its answer. */
export async function requestInFrames(connection: Duplex, fields: readonly Field[]): Promise<FramesAnswer> {
  connection.on("error", () => {});
  connection.write(
    Buffer.concat([
      Buffer.from(PREFACE),
      frame(SETTINGS, 0, 0, Buffer.alloc(0)),
      frame(HEADERS, END_STREAM | END_HEADERS, 1, block(fields)),
    ]),
  );
  let received = Buffer.alloc(0);
  let body = "";
  const take = (): FramesAnswer | undefined => {
    while (received.length >= 9) {
      const length = received.readUIntBE(0, 3);
      if (received.length < 9 + length) return undefined;
      const [type, flags] = [received.readUInt8(3), received.readUInt8(4)];
      const payload = received.subarray(9, 9 + length);
      received = received.subarray(9 + length);
      if (type === SETTINGS && !(flags & ACK)) connection.write(frame(SETTINGS, ACK, 0, Buffer.alloc(0)));
      if (type === RESET) return { body: undefined, ended: payload.readUInt32BE(0) };
      if (type === GOAWAY) return { body: undefined, ended: payload.readUInt32BE(4) };
      if (type === DATA) body += payload.toString("latin1");
      if ((type === DATA || type === HEADERS) && flags & END_STREAM) return { body, ended: undefined };
    }
    return undefined;
  };
  const closed = once(connection, "close").then((): FramesAnswer => ({ body: undefined, ended: "closed" }));
  const answered = new Promise<FramesAnswer>((resolve) => {
    connection.on("data", (bytes: Buffer) => {
      received = Buffer.concat([received, bytes]);
      const answer = take();
      if (answer) resolve(answer);
    });
  });
  const answer = await Promise.race([closed, answered]);
  connection.destroy();
  return answer;
}
