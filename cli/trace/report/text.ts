import { count } from "../../output/count.ts";
import { paint } from "../../output/paint.ts";
import { edgesOf, type TraceAnalysis } from "./analysis.ts";
import { comparison, operationsOf, type Comparison } from "./compare.ts";
import { rowsOf, type Row } from "./rows.ts";
import { reportOf } from "./summary.ts";
import { began, cut, faultLine, pathLine, share, skewLine, symptom, time } from "./words.ts";

/** How many lines a list shows at most. */
const MAX_ROWS = 200;
const MAX_LISTED = 20;
const MAX_ERRORS = 10;

/** Columns of the bars, and of names. */
const BAR = 40;
const WIDEST_NAME = 44;

/** The report for people: of one trace its tree, of several also what they have in common. */
export function textReport(traces: readonly TraceAnalysis[]): string[] {
  const [first] = traces;
  if (first === undefined) return ["no traces: nothing in the input matches"];
  const lines = traces.length === 1 ? traceLines(first) : manyLines(traces);
  return lines.map(printable);
}

/** Without what a terminal would obey: a span can have any name. */
function printable(line: string): string {
  // Colours, which this command paints, stay.
  // eslint-disable-next-line no-control-regex
  return line.replace(/\x1b(?!\[\d{1,2}m)|[\0-\x08\x0a-\x1a\x1c-\x1f\x7f-\x9f]/g, "\ufffd");
}

function traceLines(trace: TraceAnalysis): string[] {
  const { tree, duration, services, faults, skews } = trace;
  const counts = [count(tree.nodes.length, "span"), count(services.length, "service"), count(faults.length, "error")];
  const rows = rowsOf(trace);
  const width = Math.min(
    WIDEST_NAME,
    Math.max(
      ...rows
        .slice(0, MAX_ROWS)
        .map(nameOf)
        .map(({ length }) => length),
    ),
  );
  return [
    [paint.bold(tree.roots[0]?.span.name || "(no name)"), tree.id, time(duration), ...counts].join("  "),
    ...rows.slice(0, MAX_ROWS).map((row) => rowLine(row, trace, width)),
    ...more(rows.length, MAX_ROWS),
    `critical path: ${pathLine(trace)}`,
    ...faults.slice(0, MAX_ERRORS).map((fault) => `${paint.red("error")}: ${faultLine(fault)}`),
    ...more(faults.length, MAX_ERRORS),
    ...skews.map((skew) => `clock: ${skewLine(skew)}`),
    ...(rows.some(({ orphan }) => orphan) ? ["? the span's parent is not in the trace: nobody reported it"] : []),
  ];
}

function nameOf({ depth, service, faults, orphan }: Row): string {
  return `${"  ".repeat(depth)}${service}${orphan ? " ?" : ""}${faults.length > 0 ? "  ✗" : ""}`;
}

function rowLine(row: Row, { start, duration }: TraceAnalysis, width: number): string {
  const name = nameOf(row);
  const shown = cut(name, width).padEnd(width);
  const scale = duration === 0 ? 0 : BAR / duration;
  const from = Math.min(BAR - 1, Math.max(0, Math.round((row.start - start) * scale)));
  const length = Math.max(1, Math.min(BAR - from, Math.round(row.duration * scale)));
  const bar = `${" ".repeat(from)}${(row.critical ? "█" : "▒").repeat(length)}`.padEnd(BAR);
  const [fault] = row.faults;
  const notes = [
    ...(row.app === undefined ? [] : [`app ${time(row.app)}`]),
    ...(row.network === undefined ? [] : [`network ${time(row.network)}`]),
    ...(fault === undefined ? [] : [symptom(fault)]),
  ];
  const painted = fault === undefined ? bar : paint.red(bar);
  return `${fault === undefined ? shown : paint.red(shown)}  ${painted} ${time(row.duration).padStart(9)}   ${notes.join("  ")}`.trimEnd();
}

function manyLines(traces: readonly TraceAnalysis[]): string[] {
  const { services, dependencies } = reportOf(traces);
  const spans = traces.reduce((sum, { tree }) => sum + tree.nodes.length, 0);
  const faults = traces.flatMap((trace) => trace.faults);
  const critical = services.reduce((sum, { criticalMs }) => sum + criticalMs, 0);
  const operations = operationsOf(traces);
  const edges = edgesOf(traces);
  const compared = comparison(traces);
  return [
    [
      count(traces.length, "trace"),
      count(spans, "span"),
      count(services.length, "service"),
      count(faults.length, "error"),
    ].join("  "),
    ...table(
      ["operation", "requests", "errors", "p50", "p95", "p99"],
      operations.map(({ service, name, count: number, errors, p50, p95, p99 }) => {
        return [
          `${name || "(no name)"} of ${service}`,
          String(number),
          share(errors, number),
          time(p50),
          time(p95),
          time(p99),
        ];
      }),
    ),
    ...table(
      ["service", "critical path", "self", "calls", "errors"],
      services.map(({ service, criticalMs, selfMs, calls, errors }) => {
        return [service, share(criticalMs, critical), time(selfMs * 1000), String(calls), share(errors, calls)];
      }),
    ),
    ...table(
      ["call", "calls", "errors", "p50", "p95", "network"],
      dependencies.map(({ parent, child, calls, errors, p50Ms, p95Ms, networkMs }, at) => {
        const all = (edges[at] ?? []).reduce((sum, { duration }) => sum + duration, 0);
        const times = [time(p50Ms * 1000), time(p95Ms * 1000), share(networkMs * 1000, all)];
        return [`${parent} → ${child}`, String(calls), share(errors, calls), ...times];
      }),
    ),
    ...(faults.length > 0 ? ["", paint.bold("errors, the most frequent first")] : []),
    ...errorGroups(traces),
    ...(compared === undefined ? [] : comparedLines(compared)),
  ];
}

/** The same error in several traces is one line. */
function errorGroups(traces: readonly TraceAnalysis[]): string[] {
  const groups = new Map<string, { count: number; trace: string }>();
  for (const { faults } of traces) {
    for (const fault of faults) {
      const line = faultLine(fault);
      const { count: before, trace } = groups.get(line) ?? { count: 0, trace: fault.trace };
      groups.set(line, { count: before + 1, trace });
    }
  }
  const sorted = [...groups].sort((a, b) => b[1].count - a[1].count);
  const lines = sorted.slice(0, MAX_ERRORS).map(([line, { count: times, trace }]) => `${times} ×  ${line}  (${trace})`);
  return [...lines, ...more(sorted.length, MAX_ERRORS)];
}

function comparedLines({ slowest, median, services }: Comparison): string[] {
  return [
    "",
    paint.bold(`the slowest of ${began(slowest)}`),
    ...traceLines(slowest),
    ...table(
      ["own time of", "slowest", "median", "difference"],
      services.map(({ service, slowest: slow, median: usual }) => {
        const sign = slow < usual ? "−" : "+";
        return [service, time(slow), time(usual), `${sign}${time(Math.abs(slow - usual))}`];
      }),
    ),
    `the median is ${median.tree.id}, ${time(median.duration)}`,
  ];
}

function table(head: readonly string[], rows: readonly (readonly string[])[]): string[] {
  if (rows.length === 0) return [];
  const shown = [head, ...rows.slice(0, MAX_LISTED)];
  const widths = head.map((_, at) => Math.max(...shown.map((row) => (row[at] ?? "").length)));
  const line = (row: readonly string[]): string => {
    return row.map((cell, at) => (at === 0 ? cell.padEnd(widths[at] ?? 0) : cell.padStart(widths[at] ?? 0))).join("  ");
  };
  const [first = "", ...others] = shown.map(line);
  return ["", paint.bold(first), ...others, ...more(rows.length, MAX_LISTED)];
}

function more(all: number, most: number): string[] {
  return all > most ? [`… and ${all - most} more: --output json has all`] : [];
}
