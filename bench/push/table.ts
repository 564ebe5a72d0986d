import { machine } from "../measure/machine.ts";
import { median, quantile } from "../measure/statistics.ts";
import type { Push } from "./measure.ts";
import { DRAIN_SECONDS, PROBE_EVERY_MS, type Cpu } from "./proxy.ts";
import { IDLE, MOST_RULES, type Pushed } from "./variants.ts";

/** All pushes to one proxy. */
export interface Measured {
  pushed: Pushed;
  workers: number;
  /** Of what is pushed. */
  bytes: number;
  pushes: readonly Push[];
  /** Resident memory at the end, when all but the last configuration is drained, in bytes. */
  drained: number;
}

const MEBIBYTE = 2 ** 20;
/** What the worst wait may be at most: so many times native's, or so many milliseconds, whichever is more. */
const TARGET = { times: 2, milliseconds: 15 } as const;
/** If requests wait longer than this without a push, the machine is too busy to say whether the target is met. */
const CALM_MS = 5;

/** The whole result in Markdown. */
export function markdown(measured: readonly Measured[], others: { others: number; stolen: number }): string {
  const counts = [...new Set(measured.map(({ workers }) => workers))];
  const tables = counts.map((count) =>
    tableFor(
      count,
      measured.filter(({ workers }) => workers === count),
    ),
  );
  return `${heading(measured, others)}\n\n${tables.join("\n\n")}\n\n${targetTable(measured, counts)}\n`;
}

function heading(measured: readonly Measured[], { others, stolen }: { others: number; stolen: number }): string {
  const percent = (share: number): string => `${Math.round(share * 100)} %`;
  return `# What a push costs

Written by \`SUITES=push make bench\` on ${new Date().toISOString().slice(0, 10)}: ${machine()}.

Each variant is an Envoy by itself. One value of its last rule or route is changed and pushed, ${measured[0]?.pushes.length ?? 0} times, to all variants in turn, in an order drawn anew each time.
Meanwhile a request to another listener of the same workers is due every millisecond, on 8 connections; what it waits counts from when
it was due, also if its client was late (${lateness(measured)}). The wait is the worst of each push: the median of all pushes, with the least and the most. The quantile is of all requests during
all pushes. Every ${PROBE_EVERY_MS} ms a new connection asks whether the new configuration decides. CPU time is what the push takes beyond the requests. A replaced listener drains for ${DRAIN_SECONDS} s; resident memory is before
the first push, directly after a push (the median), and when all before the first and before the last push is drained. Times are in ms, memory in MiB.

Meanwhile other processes had ${percent(others)} of the machine's CPU time, and the hypervisor kept ${percent(stolen)} from it. Compare within a table.`;
}

/** What of the waits can be the client's own. */
function lateness(measured: readonly Measured[]): string {
  const late = measured.flatMap(({ pushes }) => pushes.map(({ late }) => late));
  return `at worst by ${median(late).toFixed(1)} ms in the median of all pushes, by ${Math.max(...late).toFixed(1)} ms in all`;
}

function tableFor(workers: number, measured: readonly Measured[]): string {
  const rows = measured.map(({ pushed, bytes, pushes, drained }) => {
    const of = (figure: (push: Push) => number): number[] => pushes.map(figure);
    const mib = (figure: number | undefined): string => (figure === undefined ? "" : (figure / MEBIBYTE).toFixed(0));
    const ofPushed = pushed.by === undefined ? () => "" : (cell: () => string) => cell();
    const all = pushes.flatMap(({ waits }) => waits);
    const cells = [
      pushed.title,
      ofPushed(() => size(bytes)),
      spread(of(worst)),
      quantile(all, 0.999).toFixed(1),
      ofPushed(() => spread(of(({ decided }) => decided))),
      ofPushed(() => added(pushes, "main").toFixed(0)),
      ofPushed(() => added(pushes, "workers").toFixed(0)),
      mib(pushes[0]?.drained),
      ofPushed(() => mib(median(of(({ pushed }) => pushed)))),
      ofPushed(() => mib(pushes[1]?.drained ?? drained)),
      ofPushed(() => mib(drained)),
    ];
    return `| ${cells.join(" | ")} |`;
  });
  return `## ${workers} ${workers === 1 ? "worker" : "workers"}

| pushed | size | worst wait | 99.9 % wait at most | decides after | CPU, main thread | CPU, workers | memory at first | after a push | drained, first | drained, last |
|---|---|---|---|---|---|---|---|---|---|---|
${rows.join("\n")}`;
}

/** The CPU time of a push in milliseconds: what was taken while it was measured, less what the requests of that time take. */
function added(pushes: readonly Push[], of: keyof Cpu): number {
  const requests = median(pushes.map(({ quiet }) => quiet[of]));
  return median(pushes.map(({ cpu, took }) => cpu[of] - requests * took));
}

function targetTable(measured: readonly Measured[], counts: readonly number[]): string {
  const worstOf = (name: string, count: number): number | undefined => {
    const found = measured.find(({ pushed, workers }) => pushed.name === name && workers === count);
    return found && median(found.pushes.map(worst));
  };
  const rows = counts.map((count) => {
    const ours = worstOf(MOST_RULES.ours, count);
    const native = worstOf(MOST_RULES.native, count);
    const title = `| 10,000 rules, ${count} ${count === 1 ? "worker" : "workers"}`;
    if (ours === undefined || native === undefined) return `${title} | not measured | | |`;
    const most = Math.max(TARGET.times * native, TARGET.milliseconds);
    const calm = worstOf(IDLE, count);
    const doubt =
      calm === undefined || calm > CALM_MS
        ? `, uncertain: ${calm === undefined ? "not measured" : `${calm.toFixed(1)} ms`} without a push`
        : "";
    const outcome = `${ours <= most ? "met" : "**missed**"}${doubt}`;
    return `${title} | at most ${most.toFixed(1)} | ${ours.toFixed(1)} | ${outcome} |`;
  });
  return `| worst wait, median | target: ${TARGET.times} times native RBAC's or ${TARGET.milliseconds} ms, whichever is more | measured | |
|---|---|---|---|
${rows.join("\n")}`;
}

function worst({ waits }: Push): number {
  return Math.max(...waits);
}

function spread(figures: readonly number[]): string {
  return `${median(figures).toFixed(1)} (${Math.min(...figures).toFixed(1)} to ${Math.max(...figures).toFixed(1)})`;
}

function size(bytes: number): string {
  return bytes < 1e6 ? `${(bytes / 1e3).toFixed(1)} kB` : `${(bytes / 1e6).toFixed(2)} MB`;
}
