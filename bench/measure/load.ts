import { connect, type Socket } from "node:net";

const TURN_LIMIT_MS = 20_000;
/** Bytes that an answer may have at most, headers included. */
const ANSWER_LIMIT = 16 * 1024;
const SUCCESS = "HTTP/1.1 200 ";

/** What is special about the requests of a turn and their answers; nothing if nothing is said. */
export interface Exchange {
  /** What some requests may get instead: a status, a space and a body. */
  sometimes?: string;
  /** A header of which each request has the next value, the first one again after the last. */
  rotates?: Rotation;
  /** Whether answers differ in length, as those of an upstream do, for which Envoy says how long it took. */
  lengthVaries?: boolean;
}

/** A header and its values. */
export interface Rotation {
  header: string;
  values: readonly string[];
}

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
  private readonly requests: readonly Buffer[];
  /** Which request is the next one. */
  private nextRequest = 0;
  private readonly body: Buffer;
  /** How the answer that some requests get begins and ends. */
  private readonly other: readonly [start: Buffer, body: Buffer] | undefined;
  /** Bytes of a whole answer: of the first, which all others must equal. */
  private size = 0;
  private left = 0;
  private open = 0;
  private done: () => void = () => {};
  private failed: (reason: Error) => void = () => {};

  private readonly lengthVaries: boolean;

  private constructor(headers: Readonly<Record<string, string>>, body: string, exchange: Exchange) {
    const { sometimes, rotates, lengthVaries = false } = exchange;
    this.requests = rotates?.values.map((value) => request({ ...headers, [rotates.header]: value })) ?? [
      request(headers),
    ];
    this.body = Buffer.from(body, "latin1");
    this.lengthVaries = lengthVaries;
    const [, status, otherBody] = /^(\d{3}) (.*)$/s.exec(sometimes ?? "") ?? [];
    if (status !== undefined) this.other = [Buffer.from(`HTTP/1.1 ${status} `), Buffer.from(otherBody ?? "", "latin1")];
  }

  /**
   * Opens `count` connections to `port`. Each request is a GET of /reviews with `headers`; each answer must be 200 with
   * `body`, or what the exchange says.
   */
  static async open(
    port: number,
    count: number,
    headers: Readonly<Record<string, string>>,
    body: string,
    exchange: Exchange = {},
  ): Promise<Connections> {
    const connections = new Connections(headers, body, exchange);
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
    this.sockets[index]!.write(this.requests[this.nextRequest]!);
    this.nextRequest = (this.nextRequest + 1) % this.requests.length;
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
    if (this.lengthVaries) return this.takeOfAnyLength(index, buffer, size);
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

  /** The answer ends where its body does, which is in one piece; so no other part of an answer may end like the body. */
  private takeOfAnyLength(index: number, buffer: Buffer, size: number): boolean {
    if (this.received[index] === 0 && buffer.toString("latin1", 0, SUCCESS.length) !== SUCCESS) {
      this.failed(new Error(`another answer than 200:\n${buffer.toString("latin1", 0, size)}`));
      return true;
    }
    this.received[index]! += size;
    if (!endsWith(buffer, size, this.body)) return true;
    this.received[index] = 0;
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

function request(headers: Readonly<Record<string, string>>): Buffer {
  const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}\r\n`);
  return Buffer.from(`GET /reviews HTTP/1.1\r\nhost: reviews\r\n${lines.join("")}\r\n`, "latin1");
}

/**
 * The bytes of the first answer, which Envoy writes whole at once, as it does every direct response; 1, which no answer
 * equals, where it is not the expected one.
 */
function sizeOfFirst(answer: Buffer, body: Buffer): number {
  const end = answer.indexOf("\r\n\r\n");
  const expected = end + 4 + body.length;
  const fits = end >= 0 && answer.length === expected && answer.toString("latin1", 0, SUCCESS.length) === SUCCESS;
  return fits ? expected : 1;
}

function endsWith(buffer: Buffer, size: number, end: Buffer): boolean {
  return size >= end.length && buffer.compare(end, 0, end.length, size - end.length, size) === 0;
}
