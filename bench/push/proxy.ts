import { mkdirSync, rmSync } from "node:fs";
import { connect } from "node:net";
import { once } from "node:events";
import { resolve } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { freePort } from "../../test/support/envoy/ports.ts";
import { envoyBinary } from "../../tools/envoy-binary.ts";
import { directResponse, matchHeader, type Listener } from "../measure/bootstrap.ts";
import { OUT } from "../measure/compile.ts";
import { cpuNanoseconds, threadNamed } from "../measure/cpu.ts";
import { startEnvoy, type Envoy } from "../measure/envoy.ts";
import { extensionFile, listenersFile, moveInto, sourceOf, type Kind } from "./files.ts";
import { PROBED, type Pushed } from "./variants.ts";

/** How long the connections of a replaced listener live on, in seconds; Envoy's default is 600. */
export const DRAIN_SECONDS = 5;
/** So seldom that requests that ask, of which one costs native RBAC milliseconds, hardly make the others wait. */
export const PROBE_EVERY_MS = 20;
/** Each worker has a share of new connections: so many in a row say that all workers decide by the new configuration. */
const PROBES_IN_A_ROW = 8;
const LIMIT_MS = 60_000;
const NEIGHBOUR = "neighbour";

/** CPU time of an Envoy, in milliseconds or in milliseconds of each millisecond. */
export interface Cpu {
  main: number;
  workers: number;
}

/** An Envoy with something that is pushed, and another listener of the same workers whose requests wait for that. */
export class Proxy {
  private version = 0;
  private readonly threads: number[];

  private constructor(
    readonly pushed: Pushed,
    readonly workers: number,
    private readonly envoy: Envoy,
    private readonly folder: string,
    /** The port of the listener that is pushed. */
    readonly port: number,
  ) {
    const names = Array.from({ length: workers }, (_, index) => `wrk:worker_${index}`);
    this.threads = names.map((name) => threadNamed(envoy.pid, name));
  }

  /** Starts it with the first configuration, and waits until that decides. */
  static async start(pushed: Pushed, workers: number): Promise<Proxy> {
    const folder = resolve(OUT, "push", `${pushed.name}-${workers}`);
    const port = await freePort();
    rmSync(folder, { recursive: true, force: true });
    mkdirSync(folder, { recursive: true });
    const neighbour: Listener = { name: NEIGHBOUR, filters: [], routes: [directResponse(matchHeader(), "ok")] };
    moveInto(folder, "listeners", listenersFile(pushed, folder, port, valueOf(0)));
    if (pushed.by === "extension") moveInto(folder, "extension", extensionFile(pushed, valueOf(0)));
    const fields = { dynamic_resources: { lds_config: sourceOf(folder, "listeners") } };
    const flags = ["--drain-time-s", `${DRAIN_SECONDS}`];
    const envoy = await startEnvoy(envoyBinary(), [neighbour], folder, undefined, workers, { fields, flags });
    const proxy = new Proxy(pushed, workers, envoy, folder, port);
    await proxy.decided();
    return proxy;
  }

  get pid(): number {
    return this.envoy.pid;
  }

  /** The port of the other listener. */
  get neighbour(): number {
    return this.envoy.ports.get(NEIGHBOUR)!;
  }

  /** The bytes of what is pushed, in Envoy's JSON form. */
  get bytes(): number {
    return Buffer.byteLength(this.next());
  }

  /** The CPU time so far of the main thread and of all workers, in milliseconds. */
  cpu(): Cpu {
    const ms = (thread: number): number => cpuNanoseconds(this.pid, thread) / 1e6;
    return { main: ms(this.pid), workers: this.threads.reduce((sum, thread) => sum + ms(thread), 0) };
  }

  /** Pushes the next configuration. Gives how many milliseconds later a new connection was decided by it first, once all are. */
  async push(): Promise<number> {
    this.version += 1;
    const text = this.next();
    const start = moveInto(this.folder, this.kind, text);
    return (await this.decided()) - start;
  }

  async stop(): Promise<void> {
    await this.envoy.stop();
  }

  /** Waits until every new connection is decided by the configuration pushed last; when the first one was. */
  private async decided(): Promise<number> {
    const { header, decided } = this.pushed;
    const limit = performance.now() + LIMIT_MS;
    let first = Infinity;
    for (let inARow = 0; inARow < PROBES_IN_A_ROW;) {
      const body = await ask(this.port, `${header}: ${valueOf(this.version)}`);
      inARow = body === decided ? inARow + 1 : 0;
      if (inARow > 0) first = Math.min(first, performance.now());
      else if (performance.now() > limit)
        throw new Error(`${this.pushed.name} ${this.version}: it still answers ${body}`);
      else await pause(PROBE_EVERY_MS);
    }
    return first;
  }

  /** The file for the configuration of the present version. */
  private next(): string {
    const value = valueOf(this.version);
    return this.kind === "extension"
      ? extensionFile(this.pushed, value)
      : listenersFile(this.pushed, this.folder, this.port, value);
  }

  private get kind(): Kind {
    return this.pushed.by === "extension" ? "extension" : "listeners";
  }
}

function valueOf(version: number): string {
  return `push-${version}`;
}

/** The body that a request on a connection of its own gets; what went wrong if it gets none. */
async function ask(port: number, header: string): Promise<string> {
  const socket = connect({ host: "127.0.0.1", port, noDelay: true });
  try {
    await once(socket, "connect");
    socket.write(`GET ${PROBED} HTTP/1.1\r\nhost: reviews\r\n${header}\r\nconnection: close\r\n\r\n`);
    let answer = "";
    // Not to the end: Envoy leaves the connection open for a second more (`delayed_close_timeout`).
    for await (const bytes of socket) {
      answer += (bytes as Buffer).toString("latin1");
      const [head = "", body] = answer.split("\r\n\r\n");
      if (body !== undefined && body.length === Number(/^content-length: (\d+)/im.exec(head)?.[1])) return body;
    }
    return answer;
  } catch (error) {
    return String(error);
  } finally {
    socket.destroy();
  }
}
