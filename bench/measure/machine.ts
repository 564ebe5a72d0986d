import { readFileSync } from "node:fs";
import { cpus, totalmem } from "node:os";

/** The processor's name, the number of cores and the memory, in one line. */
export function machine(): string {
  const cores = cpus();
  return `${cores[0]?.model.trim() ?? "unknown processor"}, ${cores.length} cores, ${Math.round(totalmem() / 2 ** 30)} GiB`;
}

/** CPU time of the whole machine and of some of its processes, in clock ticks. */
export interface CpuUse {
  /** What all cores had, idle time and the hypervisor's share included. */
  all: number;
  /** What they worked: user, nice, system and interrupts. */
  worked: number;
  /** What the hypervisor gave to others while this machine wanted it. */
  stolen: number;
  /** What the named processes worked. */
  own: number;
}

/** Reads `/proc/stat` (proc(5)) and the given processes' own counters. */
export function cpuUse(pids: readonly number[]): CpuUse {
  const line = readFileSync("/proc/stat", "utf8").split("\n")[0]!;
  const [user, nice, system, idle, iowait, irq, softirq, steal] = line.trim().split(/\s+/).slice(1).map(Number) as [
    number,
    number,
    number,
    number,
    number,
    number,
    number,
    number,
  ];
  const worked = user + nice + system + irq + softirq;
  return { all: worked + idle + iowait + steal, worked, stolen: steal, own: sum(pids.map(ticksOf)) };
}

/** What others took of the machine between two readings, as shares of 0 to 1: other processes, and the hypervisor. */
export function disturbance(before: CpuUse, after: CpuUse): { others: number; stolen: number } {
  const all = after.all - before.all;
  const others = after.worked - before.worked - (after.own - before.own);
  return { others: Math.max(0, others) / all, stolen: (after.stolen - before.stolen) / all };
}

function ticksOf(pid: number): number {
  const stat = readFileSync(`/proc/${pid}/stat`, "utf8");
  const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
  return Number(fields[11]) + Number(fields[12]);
}

function sum(figures: readonly number[]): number {
  return figures.reduce((total, figure) => total + figure, 0);
}
