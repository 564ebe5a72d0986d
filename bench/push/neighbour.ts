/**
 * A process by itself that asks one listener, and tells how long each request waited. Requests are due at fixed times, and each wait counts from
 * then (`open-loop.ts`), also if this process itself came late: how late is told too.
 *
 * Messages: `{open: port}`, `{begin: true}`, `{end: true}`, which is answered with all waits since `begin` in milliseconds and how late
 * this process was at worst, `{close: true}`.
 */
import { connect, type Socket } from "node:net";
import { Schedule, Turns } from "./open-loop.ts";

const CONNECTIONS = 8;
const INTERVAL_MS = 1;
const REQUEST = "GET / HTTP/1.1\r\nhost: neighbour\r\n\r\n";

/** What all requests came to since `begin`, those that are not answered included. */
export interface Waits {
  waits: number[];
  late: number;
}

class Connection {
  readonly turns: Turns;
  private received = "";

  constructor(
    private readonly socket: Socket,
    private readonly answered: (wait: number) => void,
  ) {
    this.turns = new Turns(() => socket.write(REQUEST));
    socket.on("data", (bytes) => this.take(bytes.toString("latin1")));
    socket.on("close", () => fail("Envoy closed a connection"));
  }

  close(): void {
    this.socket.removeAllListeners("close").destroy();
  }

  private take(text: string): void {
    this.received += text;
    if (!this.received.endsWith("\r\n\r\nok")) return;
    if (!this.received.startsWith("HTTP/1.1 200 ")) fail(`another answer: ${this.received}`);
    this.received = "";
    this.answered(this.turns.answered(performance.now()));
  }
}

let connections: Connection[] = [];
let timer: NodeJS.Timeout | undefined;
let waits: number[] = [];
let late = 0;

async function open(port: number): Promise<void> {
  connections = await Promise.all(
    Array.from({ length: CONNECTIONS }, async () => {
      const socket = connect({ host: "127.0.0.1", port, noDelay: true });
      await new Promise((resolve, reject) => socket.once("connect", resolve).once("error", reject));
      return new Connection(socket, (wait) => waits.push(wait));
    }),
  );
  const schedule = new Schedule(performance.now(), INTERVAL_MS);
  let next = 0;
  timer = setInterval(() => {
    for (const due of schedule.dueBy(performance.now())) {
      late = Math.max(late, performance.now() - due);
      connections[next++ % CONNECTIONS]!.turns.add(due);
    }
  }, INTERVAL_MS);
  process.send!({ opened: true });
}

function begin(): void {
  waits = [];
  late = 0;
}

function end(): Waits {
  const now = performance.now();
  return { waits: [...waits, ...connections.flatMap(({ turns }) => turns.waiting(now))], late };
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
  if (message.begin) begin();
  if (message.end) process.send!(end());
  if (message.close) close();
});
process.on("disconnect", () => process.exit(0));
