import { readdirSync, readFileSync } from "node:fs";

/**
 * The Linux thread id of a process's thread by its name (`comm`, of which the kernel keeps 15 characters).
 *
 * Envoy names its workers `wrk:worker_0`, …; the main thread, which serves the admin page and flushes the stats, is
 * another, so that what it does is not counted as a request's cost.
 *
 * @throws Error where the process has no such thread
 */
export function threadNamed(pid: number, name: string): number {
  for (const tid of readdirSync(`/proc/${pid}/task`)) {
    if (readFileSync(`/proc/${pid}/task/${tid}/comm`, "utf8").trim() === name) return Number(tid);
  }
  throw new Error(`process ${pid} has no thread named ${name}`);
}

/**
 * The CPU time that a thread has had so far, user and system together, in nanoseconds: the first field of
 * `/proc/<pid>/task/<tid>/schedstat` (Linux, Documentation/scheduler/sched-stats). The counters of `/proc/<pid>/stat`
 * are the same time in steps of 10 ms, too coarse for rounds of a second.
 */
export function cpuNanoseconds(pid: number, tid: number): number {
  return Number(readFileSync(`/proc/${pid}/task/${tid}/schedstat`, "utf8").split(" ")[0]);
}

/** The share of its CPU time so far that a thread spent in user mode, in clock ticks: `[user, system]`. */
export function cpuTicks(pid: number, tid: number): [user: number, system: number] {
  const stat = readFileSync(`/proc/${pid}/task/${tid}/stat`, "utf8");
  const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
  return [Number(fields[11]), Number(fields[12])];
}
