import { until } from "../../../envoy/deadline.ts";
import type { Envoy } from "../../support/envoy/index.ts";

/** How many workers the tests of pushes have: `WORKERS`, or four. */
export const WORKERS = Number(process.env["WORKERS"]) || 4;

/** The field by which Envoy counts the connections of a listener, and those of any that takes its place, under this name. */
export function countedAs(name: string): { stat_prefix: string } {
  return { stat_prefix: name };
}

/** How many connections of a listener each worker has had so far (Envoy's docs/root/configuration/listeners/stats.rst, "Per-handler"). */
export async function connectionsByWorker(envoy: Envoy, listener: string): Promise<number[]> {
  const stats = await envoy.admin.stats();
  const of = (worker: number): string => `listener.${listener}.worker_${worker}.downstream_cx_total`;
  return Array.from({ length: WORKERS }, (_, worker) => Number(stats.get(of(worker)) ?? 0));
}

/** Calls `connect`, several times at once, until each worker has had a connection of this listener since. The kernel chooses the worker. */
export async function onEachWorker(envoy: Envoy, listener: string, connect: () => Promise<void>): Promise<void> {
  const before = await connectionsByWorker(envoy, listener);
  await until("each worker to have had a connection", async () => {
    await Promise.all(Array.from({ length: 2 * WORKERS }, connect));
    const now = await connectionsByWorker(envoy, listener);
    return now.every((connections, worker) => connections > before[worker]!);
  });
}
