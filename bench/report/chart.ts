import { ROUTE_COUNTS } from "../variants/variant.ts";
import type { Results } from "./results.ts";
import { bar, dot, line, polyline, svg, text } from "./svg.ts";

const WIDTH = 860;
const MARGIN = 24;
const LABELS = 380;
const ROW = 26;
const ROUTES_HEIGHT = 250;

/** Both charts in one SVG document: what each filter adds, and what routes add as they grow in number. */
export function chart(results: Results): string {
  const bars = barChart(results, MARGIN);
  const routes = routeChart(results, bars.bottom + 30);
  const note = `Envoy ${results.envoy}, ${results.machine}, ${results.date}. Lines across the bars: from the first to the third quartile.`;
  const height = routes.bottom + 30;
  const content = [...bars.content, ...routes.content, text(MARGIN, height - 10, note, "quiet")];
  return svg(WIDTH, height, "CPU time that each filter adds to a request", content);
}

interface Part {
  content: string[];
  bottom: number;
}

function barChart({ variants, added }: Results, top: number): Part {
  const shown = variants.filter(({ name }) => added.has(name) && !/-(10|100|200|1000|5000)$/.test(name));
  const most = Math.max(1, ...shown.map(({ name }) => added.get(name)!.upper));
  const scale = (WIDTH - LABELS - 2 * MARGIN - 40) / most;
  const content = [
    text(MARGIN, top + 8, "What each filter adds to a request, µs of Envoy's CPU time (median)", "title"),
  ];
  let y = top + 24;
  for (const { name, title } of shown) {
    const { median, lower, upper } = added.get(name)!;
    const zero = MARGIN + LABELS;
    content.push(
      text(zero - 8, y + 13, title, "", "end"),
      bar(zero, y + 2, median * scale, ROW - 10, isOurs(name) ? "ours" : "other"),
      line(zero + Math.max(0, lower) * scale, y + 9, zero + Math.max(0, upper) * scale, y + 9, "spread"),
      text(zero + Math.max(median, upper, 0) * scale + 6, y + 13, median.toFixed(1)),
    );
    y += ROW;
  }
  return { content, bottom: y };
}

function routeChart({ added }: Results, top: number): Part {
  const left = MARGIN + 50;
  const right = WIDTH - MARGIN - 130;
  const bottom = top + ROUTES_HEIGHT;
  const medians = [...added]
    .filter(([name]) => /^(native|header-routing)-\d+$/.test(name))
    .map(([, { median }]) => median);
  const lowest = -1; // 0.1 µs: what is less cannot be told from nothing
  const highest = Math.ceil(Math.log10(Math.max(10, ...medians)));
  const x = (count: number): number => left + (Math.log10(count) / Math.log10(5000)) * (right - left);
  const y = (median: number): number => {
    const power = Math.log10(Math.max(median, 10 ** lowest));
    return bottom - 20 - ((power - lowest) / (highest - lowest)) * (ROUTES_HEIGHT - 50);
  };
  const content = [
    text(MARGIN, top + 8, "The same with more routes, the last one taken (both axes logarithmic)", "title"),
  ];
  for (let power = lowest; power <= highest; power++) {
    const value = 10 ** power;
    content.push(
      line(left, y(value), right, y(value), "grid"),
      text(left - 8, y(value) + 4, `${value} µs`, "quiet", "end"),
    );
  }
  for (const count of ROUTE_COUNTS) content.push(text(x(count), bottom, count.toLocaleString("en"), "quiet", "middle"));
  for (const [prefix, label, kind] of [
    ["native", "native route table", "other"],
    ["header-routing", "header-routing", "ours"],
  ] as const) {
    const points = ROUTE_COUNTS.filter((count) => added.has(`${prefix}-${count}`)).map(
      (count) => [x(count), y(added.get(`${prefix}-${count}`)!.median)] as const,
    );
    const last = points.at(-1);
    if (last === undefined) continue;
    content.push(
      polyline(points, kind),
      ...points.map(([px, py]) => dot(px, py, kind)),
      text(last[0] + 10, last[1] + 4, label),
    );
  }
  return { content, bottom: bottom + 6 };
}

function isOurs(name: string): boolean {
  return name.startsWith("header-routing");
}
