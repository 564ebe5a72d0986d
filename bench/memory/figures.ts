import { Connections } from "../measure/load.ts";
import { HEADERS } from "../measure/requests.ts";
import { positive } from "../measure/settings.ts";
import { median } from "../measure/statistics.ts";
import { DENIED } from "../variants/policy.ts";

/** How many processes each figure is the median of. */
export const REPEATS = positive("REPEATS", 3);
/** What each process answers before its memory is read, so that V8 has compiled what it compiles. */
export const REQUESTS = positive("REQUESTS", 20_000);
/** The same of native filters, whose requests take milliseconds with 10,000 rules, and which compile nothing. */
export const FEW_REQUESTS = Math.min(100, REQUESTS);
/** The workers of a sidecar as Istio starts it (`proxy.concurrency` 2), and of a smaller and a larger one. */
export const WORKERS = [1, 2, 4] as const;
export const MEBIBYTE = 2 ** 20;

/** So many that the kernel gives each worker some. */
const CONNECTIONS = 64;
const TURN = 1000;

/** Has the listener at a port answer so many requests, each with `body` or `sometimes`, by default RBAC's refusal. */
export async function answer(port: number, body: string, requests: number, sometimes = DENIED): Promise<void> {
  const load = await Connections.open(port, CONNECTIONS, HEADERS, body, { sometimes });
  try {
    // In turns, as one must not take longer than some seconds on a busy machine.
    for (let sent = 0; sent < requests; sent += TURN) await load.turn(Math.min(TURN, requests - sent));
  } finally {
    load.close();
  }
}

/** The median of the figures of some processes, in MiB, which it prints with their extremes. */
export function told(what: string, figures: readonly number[]): number {
  const spread = `${Math.min(...figures).toFixed(1)} to ${Math.max(...figures).toFixed(1)}`;
  console.log(`${what}: ${median(figures).toFixed(1)} MiB (${spread})`);
  return median(figures);
}
