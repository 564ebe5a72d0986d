import type { TraceAnalysis } from "./analysis.ts";
import { percentile } from "./percentile.ts";

/** Requests of one kind: those whose root has this service and name. Times are in microseconds. */
export interface Operation {
  readonly service: string;
  readonly name: string;
  readonly count: number;
  /** How many of them failed, as the root says. */
  readonly errors: number;
  readonly p50: number;
  readonly p95: number;
  readonly p99: number;
}

/** The operations of some traces, the most frequent first. */
export function operationsOf(traces: readonly TraceAnalysis[]): Operation[] {
  const groups = new Map<string, TraceAnalysis[]>();
  for (const trace of traces) {
    const key = JSON.stringify([trace.tree.roots[0]?.span.service, trace.tree.roots[0]?.span.name]);
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [trace]);
    else group.push(trace);
  }
  const operations = [...groups.values()].map((group): Operation => {
    const durations = group.map(({ duration }) => duration).sort((a, b) => a - b);
    const root = group[0]?.tree.roots[0]?.span;
    return {
      service: root?.service ?? "",
      name: root?.name ?? "",
      count: group.length,
      errors: group.filter(({ tree }) => tree.roots[0]?.span.error === true).length,
      p50: percentile(durations, 50),
      p95: percentile(durations, 95),
      p99: percentile(durations, 99),
    };
  });
  return operations.sort((a, b) => b.count - a.count);
}

/** The slowest of several traces beside the median one, by the services' own time in microseconds. */
export interface Comparison {
  readonly slowest: TraceAnalysis;
  readonly median: TraceAnalysis;
  /** The largest difference first. */
  readonly services: readonly { service: string; slowest: number; median: number }[];
}

/** Compares within the most frequent operation; `undefined` if it has one trace only. */
export function comparison(traces: readonly TraceAnalysis[]): Comparison | undefined {
  const [most] = operationsOf(traces);
  const same = traces.filter(({ tree }) => {
    return tree.roots[0]?.span.service === most?.service && tree.roots[0]?.span.name === most?.name;
  });
  const sorted = same.sort((a, b) => a.duration - b.duration);
  const slowest = sorted.at(-1);
  const median = sorted[Math.ceil(sorted.length / 2) - 1];
  if (slowest === undefined || median === undefined || slowest === median) return undefined;
  const [slow, usual] = [selfTimes(slowest), selfTimes(median)];
  const services = [...new Set([...slow.keys(), ...usual.keys()])].map((service) => {
    return { service, slowest: slow.get(service) ?? 0, median: usual.get(service) ?? 0 };
  });
  const difference = (one: { slowest: number; median: number }): number => Math.abs(one.slowest - one.median);
  return { slowest, median, services: services.sort((a, b) => difference(b) - difference(a)) };
}

function selfTimes({ calls }: TraceAnalysis): Map<string, number> {
  const times = new Map<string, number>();
  for (const { service, self } of calls.visits) times.set(service, (times.get(service) ?? 0) + self);
  for (const { child, duration } of calls.unanswered.values()) times.set(child, (times.get(child) ?? 0) + duration);
  return times;
}
