import { count } from "../../output/count.ts";
import { bar, line, text } from "../../../tools/svg.ts";
import type { TraceAnalysis } from "./analysis.ts";
import { figure } from "./markup.ts";
import { rowsOf, type Row } from "./rows.ts";
import { began, cut, symptom, time } from "./words.ts";

const NAMES = 300;
const BARS = 560;
const NOTES = 240;
const LINE = 24;
const TOP = 30;
/** How many lines are drawn at most, and how many characters of a name. */
const MOST = 300;
const LONGEST = 44;

/** The timeline of a trace: a bar for each line of its tree. What is critical is thick, and what failed is hatched and has a ✗. */
export function timeline(trace: TraceAnalysis): string {
  const rows = rowsOf(trace);
  const shown = rows.slice(0, MOST);
  const { start, duration } = trace;
  const scale = duration === 0 ? 0 : BARS / duration;
  const height = TOP + shown.length * LINE + 10;
  const quarters = [0, 0.25, 0.5, 0.75, 1].flatMap((part) => [
    line(NAMES + part * BARS, TOP - 6, NAMES + part * BARS, height, "grid"),
    text(NAMES + part * BARS, TOP - 12, time(part * duration), "quiet", "middle"),
  ]);
  const drawn = shown.flatMap((row, at) =>
    rowOf(row, TOP + at * LINE, (row.start - start) * scale, row.duration * scale),
  );
  const title = `Timeline of ${began(trace)}, ${time(duration)}`;
  const more = rows.length > MOST ? ` ${rows.length - MOST} more are not drawn.` : "";
  const words = `${shown.map(inWords).join("; ")}.${more}`;
  return figure(NAMES + BARS + NOTES, height, title, words, [...quarters, ...drawn]);
}

function rowOf(row: Row, y: number, from: number, length: number): string[] {
  const failed = row.faults.length > 0;
  const indent = Math.min(row.depth, 12) * 12;
  const x = NAMES + Math.min(BARS - 2, Math.max(0, from));
  const width = Math.max(2, Math.min(NAMES + BARS - x, length));
  const thick = row.critical ? 16 : 8;
  const kind = failed ? "failed" : row.critical ? "critical" : "usual";
  return [
    text(
      indent,
      y + 12,
      cut(`${failed ? "✗ " : ""}${row.service}${row.orphan ? " ?" : ""}`, LONGEST),
      failed ? "title" : "",
    ),
    bar(x, y + 8 - thick / 2, width, thick, kind),
    text(NAMES + BARS + 8, y + 12, cut(notesOf(row).join(", "), LONGEST), "quiet"),
  ];
}

function notesOf(row: Row): string[] {
  const [fault] = row.faults;
  return [
    time(row.duration),
    ...(fault === undefined ? [] : [symptom(fault)]),
    ...(row.app === undefined ? [] : [`app ${time(row.app)}`]),
    ...(row.network === undefined ? [] : [`network ${time(row.network)}`]),
  ];
}

function inWords(row: Row): string {
  const where = row.critical ? ", on the critical path" : "";
  return `${row.service} ${row.operation}: ${notesOf(row).join(", ")}${where}`;
}

/** What the marks mean. */
export function legend(trace: TraceAnalysis): string {
  const errors = count(trace.faults.length, "error");
  return `${errors}. A thick bar is on the critical path. A hatched bar with ✗ failed. ? : the span's parent is not in the trace.`;
}
