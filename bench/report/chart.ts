import { isRung, type Ladder, type Rail } from "../suites/suite.ts";
import { addedOf, type Results } from "./results.ts";
import type { Summary } from "../measure/statistics.ts";
import { bar, dot, line, polyline, svg, text } from "../../tools/svg.ts";

const WIDTH = 860;
const MARGIN = 24;
const LABELS = 380;
const ROW = 26;
const LADDER_HEIGHT = 250;

/** The charts in one SVG document: what each filter adds, and what rules add as they grow in number. */
export function chart(results: Results): string {
  const added = addedOf(results);
  const bars = barChart(results, added, MARGIN);
  const { ladder: given } = results.suite;
  const ladder =
    given === undefined ? { content: [], bottom: bars.bottom } : ladderChart(given, added, bars.bottom + 30);
  const note = `Envoy ${results.envoy}, ${results.machine}, ${results.date}. Lines across the bars: from the least to the most of ${results.processes.length} processes.`;
  const height = ladder.bottom + 30;
  const content = [...bars.content, ...ladder.content, text(MARGIN, height - 10, note, "quiet")];
  return svg(WIDTH, height, "CPU time that each filter adds to a request", content);
}

type Added = ReadonlyMap<string, Summary>;

interface Part {
  content: string[];
  bottom: number;
}

function barChart({ suite, variants }: Results, added: Added, top: number): Part {
  const shown = variants.filter(({ name }) => added.has(name) && !isRung(suite, name));
  const end = Math.max(1, ...shown.map(({ name }) => added.get(name)!.most));
  const scale = (WIDTH - LABELS - 2 * MARGIN - 40) / end;
  const content = [
    text(MARGIN, top + 8, "What each filter adds to a request, µs of Envoy's CPU time (median)", "title"),
  ];
  let y = top + 24;
  for (const { name, title } of shown) {
    const { median, least, most } = added.get(name)!;
    const zero = MARGIN + LABELS;
    content.push(
      text(zero - 8, y + 13, title, "", "end"),
      bar(zero, y + 2, median * scale, ROW - 10, suite.isOurs(name) ? "ours" : "other"),
      line(zero + Math.max(0, least) * scale, y + 9, zero + Math.max(0, most) * scale, y + 9, "spread"),
      text(zero + Math.max(median, most, 0) * scale + 6, y + 13, median.toFixed(1)),
    );
    y += ROW;
  }
  return { content, bottom: y };
}

function ladderChart(ladder: Ladder, added: Added, top: number): Part {
  const { what, counts } = ladder;
  const rails = railsOf(ladder, added);
  const left = MARGIN + 50;
  const right = WIDTH - MARGIN - 130;
  const bottom = top + LADDER_HEIGHT;
  const lowest = -1; // 0.1 µs: what is less cannot be told from nothing
  const medians = rails.flatMap(({ rungs }) => rungs.map(({ median }) => median));
  const highest = Math.ceil(Math.log10(Math.max(10, ...medians)));
  const x = (count: number): number => left + (Math.log10(count) / Math.log10(Math.max(...counts))) * (right - left);
  const y = (median: number): number => {
    const power = Math.log10(Math.max(median, 10 ** lowest));
    return bottom - 20 - ((power - lowest) / (highest - lowest)) * (LADDER_HEIGHT - 50);
  };
  const content = [text(MARGIN, top + 8, `The same with more ${what} (both axes logarithmic)`, "title")];
  for (let power = lowest; power <= highest; power++) {
    const value = 10 ** power;
    content.push(
      line(left, y(value), right, y(value), "grid"),
      text(left - 8, y(value) + 4, `${value} µs`, "quiet", "end"),
    );
  }
  for (const count of counts) content.push(text(x(count), bottom, count.toLocaleString("en"), "quiet", "middle"));
  for (const { title, kind, rungs } of rails) {
    const points = rungs.map(({ count, median }) => [x(count), y(median)] as const);
    const last = points.at(-1);
    if (last === undefined) continue;
    content.push(
      polyline(points, kind),
      ...points.map(([px, py]) => dot(px, py, kind)),
      text(last[0] + 10, last[1] + 4, title),
    );
  }
  return { content, bottom: bottom + 6 };
}

interface MeasuredRail {
  title: string;
  kind: "ours" | "other";
  rungs: { count: number; median: number }[];
}

function railsOf(ladder: Ladder, added: Added): MeasuredRail[] {
  const measured = ({ title, name }: Rail, kind: MeasuredRail["kind"]): MeasuredRail => {
    const rungs = ladder.counts.flatMap((count) => {
      const summary = added.get(name(count));
      return summary === undefined ? [] : [{ count, median: summary.median }];
    });
    return { title, kind, rungs };
  };
  return [measured(ladder.native, "other"), measured(ladder.ours, "ours")];
}
