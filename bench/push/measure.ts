import { fork, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { setTimeout as pause } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { residentBytes } from "../measure/resident.ts";
import type { Waits } from "./neighbour.ts";
import { DRAIN_SECONDS, type Cpu, type Proxy } from "./proxy.ts";

/** After this the first requests on new connections are over. */
const LEAD_IN_MS = 200;
/** So long nothing is pushed, for what the requests alone cost. */
const QUIET_MS = 400;
/** What a push still does when all decide by it counts too, such as giving back what was there before. */
const AFTER_MS = 500;
const LEAST_MS = 1_000;

/** What one push came to. */
export interface Push {
  /** Of all requests of the other listener meanwhile, in milliseconds, and how late their client was at worst. */
  waits: number[];
  late: number;
  /** Until a new connection is decided by it, in milliseconds. */
  decided: number;
  /** How long it was measured, in milliseconds. */
  took: number;
  /** What Envoy took in that time, requests included. */
  cpu: Cpu;
  /** What requests alone took before, of each millisecond. */
  quiet: Cpu;
  /** Resident memory in bytes: before, when all that was there before is drained, and directly after it. */
  drained: number;
  pushed: number;
}

/** The process that asks other listeners. */
export class Neighbour {
  private readonly process: ChildProcess;

  constructor() {
    this.process = fork(fileURLToPath(new URL("neighbour.ts", import.meta.url)), { execArgv: ["--import", "tsx"] });
  }

  get pid(): number {
    return this.process.pid!;
  }

  /** Measures a push, or as long without one where nothing is pushed. */
  async measure(proxy: Proxy, sinceLast: number): Promise<Push> {
    const drained = await memoryOnceDrained(proxy, sinceLast);
    await this.tell({ open: proxy.neighbour }, "opened");
    await pause(LEAD_IN_MS);
    const began = performance.now();
    const before = proxy.cpu();
    await pause(QUIET_MS);
    const start = performance.now();
    const quiet = proxy.cpu();
    this.process.send({ begin: true });
    const decided = proxy.pushed.by === undefined ? 0 : await proxy.push();
    await pause(Math.max(AFTER_MS, LEAST_MS - (performance.now() - start)));
    const { waits, late } = await this.tell<Waits>({ end: true }, "waits");
    const took = performance.now() - start;
    const after = proxy.cpu();
    this.process.send({ close: true });
    const cpu = { main: after.main - quiet.main, workers: after.workers - quiet.workers };
    const share = (of: keyof Cpu): number => (quiet[of] - before[of]) / (start - began);
    const pushed = residentBytes(proxy.pid);
    return {
      waits,
      late,
      decided,
      took,
      cpu,
      quiet: { main: share("main"), workers: share("workers") },
      drained,
      pushed,
    };
  }

  stop(): void {
    if (this.process.connected) this.process.disconnect();
  }

  private async tell<Answer>(message: object, field: string): Promise<Answer> {
    const ended = new AbortController();
    const exited = once(this.process, "exit", ended).then(() => {
      throw new Error("the process that asks the other listeners has ended");
    });
    try {
      this.process.send(message);
      const [answer] = (await Promise.race([once(this.process, "message", ended), exited])) as [
        Record<string, unknown>,
      ];
      if (!(field in answer)) throw new Error(`the neighbour answered ${JSON.stringify(answer)}`);
      return answer as Answer;
    } finally {
      exited.catch(() => undefined);
      ended.abort();
    }
  }
}

/** Waits until all is over that was there before the last push; what is resident then, in bytes. */
export async function memoryOnceDrained(proxy: Proxy, sinceLast: number): Promise<number> {
  await pause(Math.max(0, (DRAIN_SECONDS + 1) * 1000 - sinceLast));
  return residentBytes(proxy.pid);
}
