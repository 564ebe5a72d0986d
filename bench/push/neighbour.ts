/**
 * A process by itself that asks one listener, and tells how long each request waited. Requests are due at fixed times, whatever became
 * of those before: one that is due while its connection still waits counts from when it was due, as a user's request would wait too.
 *
 * Messages: `{open: port}`, `{begin: true}`, `{end: true}`, which is answered with all waits since `begin` in milliseconds, `{close: true}`.
 */
import { connect, type Socket } from "node:net";

const CONNECTIONS = 8;
const INTERVAL_MS = 1;
const REQUEST = "GET / HTTP/1.1\r\nhost: neighbour\r\n\r\n";

class Connection {
  /** When the requests that are not answered were due, oldest first. The first one is sent. */
  private readonly due: number[] = [];
  private received = "";

  constructor(
    private readonly socket: Socket,
    private readonly answered: (wait: number) => void,
  ) {
    socket.on("data", (bytes) => this.take(bytes.toString("latin1")));
    socket.on("close", () => fail("Envoy closed a connection"));
  }

  ask(): void {
    this.due.push(performance.now());
    if (this.due.length === 1) this.socket.write(REQUEST);
  }

  close(): void {
    this.socket.removeAllListeners("close").destroy();
  }

  private take(text: string): void {
    this.received += text;
    if (!this.received.endsWith("\r\n\r\nok")) return;
    if (!this.received.startsWith("HTTP/1.1 200 ")) fail(`another answer: ${this.received}`);
    this.received = "";
    this.answered(performance.now() - this.due.shift()!);
    if (this.due.length > 0) this.socket.write(REQUEST);
  }
}

let connections: Connection[] = [];
let timer: NodeJS.Timeout | undefined;
let waits: number[] = [];

async function open(port: number): Promise<void> {
  connections = await Promise.all(
    Array.from({ length: CONNECTIONS }, async () => {
      const socket = connect({ host: "127.0.0.1", port, noDelay: true });
      await new Promise((resolve, reject) => socket.once("connect", resolve).once("error", reject));
      return new Connection(socket, (wait) => waits.push(wait));
    }),
  );
  let next = 0;
  timer = setInterval(() => connections[next++ % CONNECTIONS]!.ask(), INTERVAL_MS);
  process.send!({ opened: true });
}

function close(): void {
  clearInterval(timer);
  for (const connection of connections) connection.close();
}

function fail(reason: string): void {
  console.error(reason);
  process.exit(1);
}

process.on("message", (message: { open?: number; begin?: true; end?: true; close?: true }) => {
  if (message.open !== undefined) void open(message.open);
  if (message.begin) waits = [];
  if (message.end) process.send!({ waits });
  if (message.close) close();
});
process.on("disconnect", () => process.exit(0));
