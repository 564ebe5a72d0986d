import { fork, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { setTimeout as pause } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { residentBytes } from "../measure/resident.ts";
import { DRAIN_SECONDS, type Proxy } from "./proxy.ts";

/** After this the first requests on new connections are over. */
const LEAD_IN_MS = 200;
/** So long nothing is pushed, for what the requests alone cost. */
const QUIET_MS = 400;
/** What a push still does when all decide by it counts too, such as giving back what was there before. */
const AFTER_MS = 500;
const LEAST_MS = 1_000;

/** What one push came to. */
export interface Push {
  /** Of all requests of the other listener meanwhile, in milliseconds. */
  waits: number[];
  /** Until a new connection is decided by it, in milliseconds. */
  decided: number;
  /** CPU time in milliseconds, less what the requests cost. */
  main: number;
  workers: number;
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
    await pause(Math.max(0, (DRAIN_SECONDS + 1) * 1000 - sinceLast));
    const drained = residentBytes(proxy.pid);
    await this.tell({ open: proxy.neighbour }, "opened");
    await pause(LEAD_IN_MS);
    const before = proxy.cpu();
    await pause(QUIET_MS);
    const quiet = proxy.cpu();
    const start = performance.now();
    this.process.send({ begin: true });
    const decided = proxy.pushed.by === undefined ? 0 : await proxy.push();
    await pause(Math.max(AFTER_MS, LEAST_MS - (performance.now() - start)));
    const { waits } = await this.tell<{ waits: number[] }>({ end: true }, "waits");
    const after = proxy.cpu();
    const share = (performance.now() - start) / QUIET_MS;
    this.process.send({ close: true });
    const own = (of: "main" | "workers"): number => after[of] - quiet[of] - (quiet[of] - before[of]) * share;
    const pushed = residentBytes(proxy.pid);
    return { waits, decided, main: own("main"), workers: own("workers"), drained, pushed };
  }

  stop(): void {
    this.process.disconnect();
  }

  private async tell<Answer>(message: object, field: string): Promise<Answer> {
    this.process.send(message);
    const [answer] = (await once(this.process, "message")) as [Record<string, unknown>];
    if (!(field in answer)) throw new Error(`the neighbour answered ${JSON.stringify(answer)}`);
    return answer as Answer;
  }
}
