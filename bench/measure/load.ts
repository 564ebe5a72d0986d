import { connect, type Socket } from "node:net";

const TURN_LIMIT_MS = 20_000;
/** Bytes that an answer may have at most, headers included. */
const ANSWER_LIMIT = 16 * 1024;

/**
 * Kept-alive HTTP/1.1 connections to one listener on 127.0.0.1, over which requests are sent in turns.
 *
 * A turn is a number of requests, and not a time as with the usual load generators: it can be as short as a few
 * milliseconds, so that the variants alternate faster than the clock of a shared machine wanders. Each connection has one
 * request under way and sends the next when the answer is whole.
 */
export class Connections {
  private readonly sockets: Socket[] = [];
  /** Bytes of the answer under way, for each socket. */
  private readonly received: number[] = [];
  private readonly request: Buffer;
  private readonly body: Buffer;
  /** How the answer that some requests get begins and ends. */
  private readonly other: readonly [start: Buffer, body: Buffer] | undefined;
  /** Bytes of a whole answer: of the first, which all others must equal. */
  private size = 0;
  private left = 0;
  private open = 0;
  private done: () => void = () => {};
  private failed: (reason: Error) => void = () => {};

  private constructor(headers: Readonly<Record<string, string>>, body: string, sometimes: string | undefined) {
    const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}\r\n`);
    this.request = Buffer.from(`GET /reviews HTTP/1.1\r\nhost: reviews\r\n${lines.join("")}\r\n`, "latin1");
    this.body = Buffer.from(body, "latin1");
    const [, status, otherBody] = /^(\d{3}) (.*)$/s.exec(sometimes ?? "") ?? [];
    if (status !== undefined) this.other = [Buffer.from(`HTTP/1.1 ${status} `), Buffer.from(otherBody ?? "", "latin1")];
  }

  /**
   * Opens `count` connections to `port`. Each request is a GET of /reviews with `headers`; each answer must be 200 with
   * `body`, or what some requests may get `sometimes`: a status, a space and a body.
   */
  static async open(
    port: number,
    count: number,
    headers: Readonly<Record<string, string>>,
    body: string,
    sometimes?: string,
  ): Promise<Connections> {
    const connections = new Connections(headers, body, sometimes);
    for (let index = 0; index < count; index++) await connections.connect(port, index);
    return connections;
  }

  /**
   * Sends `requests` in all and waits for all of their answers.
   *
   * @throws Error where an answer is another than the expected, a connection ends, or it takes longer than 20 s
   */
  async turn(requests: number): Promise<void> {
    const limit = setTimeout(() => this.failed(new Error(`no answer within ${TURN_LIMIT_MS} ms`)), TURN_LIMIT_MS);
    try {
      await new Promise<void>((resolve, reject) => {
        this.done = resolve;
        this.failed = reject;
        this.left = requests;
        this.open = 0;
        for (let index = 0; index < this.sockets.length && this.left > 0; index++) this.send(index);
      });
    } finally {
      clearTimeout(limit);
    }
  }

  /** Closes all connections. */
  close(): void {
    for (const socket of this.sockets) socket.removeAllListeners("close").destroy();
  }

  private send(index: number): void {
    this.left--;
    this.open++;
    this.sockets[index]!.write(this.request);
  }

  /** Every socket reads into a buffer of its own: a stream's chunk for each answer would cost more than the request. */
  private connect(port: number, index: number): Promise<void> {
    return new Promise((resolve, reject) => {
      const onread = {
        buffer: Buffer.alloc(ANSWER_LIMIT),
        callback: (size: number, buffer: Uint8Array): boolean => this.take(index, buffer as Buffer, size),
      };
      const socket = connect({ host: "127.0.0.1", port, noDelay: true, onread }, resolve);
      this.failed = reject;
      socket.on("error", (error) => this.failed(error));
      socket.on("close", () => this.failed(new Error("Envoy closed a connection")));
      this.received.push(0);
      this.sockets.push(socket);
    });
  }

  private take(index: number, buffer: Buffer, size: number): boolean {
    if (this.received[index] === 0 && this.isOther(buffer, size)) return this.next(index);
    if (this.size === 0) this.size = sizeOfFirst(buffer.subarray(0, size), this.body);
    const received = this.received[index]! + size;
    this.received[index] = received % this.size;
    if (received < this.size) return true;
    if (received > this.size || !endsWith(buffer, size, this.body)) {
      this.failed(new Error(`another answer than the first:\n${buffer.toString("latin1", 0, size)}`));
      return true;
    }
    return this.next(index);
  }

  private next(index: number): true {
    this.open--;
    if (this.left > 0) this.send(index);
    else if (this.open === 0) this.done();
    return true;
  }

  /** Whether this is, whole, the answer that some requests get; Envoy writes it at once, as it does direct responses. */
  private isOther(buffer: Buffer, size: number): boolean {
    if (this.other === undefined) return false;
    const [start, body] = this.other;
    return buffer.compare(start, 0, start.length, 0, start.length) === 0 && endsWith(buffer, size, body);
  }
}

/**
 * The bytes of the first answer, which Envoy writes whole at once, as it does every direct response; 1, which no answer
 * equals, where it is not the expected one.
 */
function sizeOfFirst(answer: Buffer, body: Buffer): number {
  const end = answer.indexOf("\r\n\r\n");
  const expected = end + 4 + body.length;
  const fits = end >= 0 && answer.length === expected && answer.toString("latin1", 0, 13) === "HTTP/1.1 200 ";
  return fits ? expected : 1;
}

function endsWith(buffer: Buffer, size: number, end: Buffer): boolean {
  return size >= end.length && buffer.compare(end, 0, end.length, size - end.length, size) === 0;
}
