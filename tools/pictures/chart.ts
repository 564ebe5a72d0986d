import { line, polyline, svg, text } from "../svg.ts";

/** A line by seconds and values. */
export interface Line {
  readonly name: string;
  readonly points: readonly (readonly [second: number, value: number])[];
}

const [WIDTH, HEIGHT] = [760, 280];
const [LEFT, RIGHT, TOP, BOTTOM] = [44, 90, 54, 44];
const KINDS = ["other", "ours"];

/** Lines over time, each with its name at its end, and below them the query that gave the last. */
export function chart(title: string, query: string, lines: readonly Line[]): string {
  const points = lines.flatMap((one) => one.points);
  const last = Math.max(...points.map(([second]) => second));
  const most = Math.max(1, ...points.map(([, value]) => value));
  const step = stepFor(most);
  const top = Math.ceil(most / step) * step;
  const x = (second: number) => LEFT + (second / last) * (WIDTH - LEFT - RIGHT);
  const y = (value: number) => HEIGHT - BOTTOM - (value / top) * (HEIGHT - TOP - BOTTOM);
  const levels = Array.from({ length: Math.round(top / step) + 1 }, (_, index) => index * step);
  const seconds = Array.from({ length: Math.floor(last / 10) + 1 }, (_, index) => index * 10);
  return svg(WIDTH, HEIGHT, `${title}: ${lines.map(({ name }) => name).join(", ")}`, [
    text(LEFT, 20, title, "title"),
    text(LEFT, 38, "requests a second", "quiet"),
    ...levels.map((level) => line(LEFT, y(level), WIDTH - RIGHT, y(level), "grid")),
    ...levels.map((level) => text(LEFT - 6, y(level) + 4, `${level}`, "quiet", "end")),
    ...seconds.map((second) => text(x(second), HEIGHT - BOTTOM + 16, `${second} s`, "quiet", "middle")),
    ...lines.map((one, index) =>
      polyline(
        one.points.map(([second, value]) => [x(second), y(value)]),
        KINDS[index % KINDS.length] ?? "",
      ),
    ),
    ...lines.map((one) => text(x(last) + 8, y(one.points.at(-1)?.[1] ?? 0) + 4, one.name)),
    text(LEFT, HEIGHT - 8, query, "quiet"),
  ]);
}

/** 1, 2 or 5 times a power of ten, by which there are four to nine levels. */
function stepFor(most: number): number {
  const power = 10 ** Math.floor(Math.log10(most / 4));
  return power * ([1, 2, 5].find((factor) => most / (power * factor) < 8) ?? 10);
}
