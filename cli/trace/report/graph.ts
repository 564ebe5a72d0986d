import { arrow, arrowheads, bar, text } from "../../../tools/svg.ts";
import { figure } from "./markup.ts";
import type { Dependency } from "./summary.ts";
import { cut, share } from "./words.ts";

const BOX = 210;
const GAP = 130;
const ROW = 54;
const HEIGHT = 30;
/** How many pairs are drawn at most: the table has all. */
const MOST = 60;
const LONGEST = 30;

/** Who calls whom, from left to right. What a service calls of itself is in the table only. */
export function graph(dependencies: readonly Dependency[]): string {
  const edges = dependencies.filter(({ parent, child }) => parent !== child).slice(0, MOST);
  if (edges.length === 0) return "";
  const places = placesOf(edges);
  const columns = Math.max(...[...places.values()].map(({ column }) => column)) + 1;
  const rows = Math.max(...[...places.values()].map(({ row }) => row)) + 1;
  const boxes = [...places].flatMap(([service, { column, row }]) => {
    const [x, y] = [column * (BOX + GAP), row * ROW + 10];
    return [bar(x, y, BOX, HEIGHT, "box"), text(x + BOX / 2, y + 19, cut(service, LONGEST), "", "middle")];
  });
  const lines = edges.flatMap((edge) => lineOf(edge, places));
  const words = edges.map(
    ({ parent, child, calls, errors }) => `${parent} calls ${child} ${calls} times, ${errors} failed`,
  );
  const width = columns * (BOX + GAP) - GAP;
  return figure(width, rows * ROW + 10, "Who calls whom", `${words.join("; ")}.`, [arrowheads(), ...lines, ...boxes]);
}

interface Place {
  readonly column: number;
  readonly row: number;
}

/** A column for each number of calls from whoever is called by nobody; what only calls itself in circles begins at the left. */
function placesOf(edges: readonly Dependency[]): Map<string, Place> {
  const services = [...new Set(edges.flatMap(({ parent, child }) => [parent, child]))];
  const called = new Set(edges.map(({ child }) => child));
  const columns = new Map<string, number>();
  const reach = (first: readonly string[]): void => {
    let next = first.filter((service) => !columns.has(service));
    for (let column = 0; next.length > 0; column++) {
      for (const service of next) columns.set(service, column);
      const children = edges.filter(({ parent }) => next.includes(parent)).map(({ child }) => child);
      next = [...new Set(children)].filter((service) => !columns.has(service));
    }
  };
  reach(services.filter((service) => !called.has(service)));
  for (const service of services) reach([service]);
  const filled = new Map<number, number>();
  return new Map(
    services.map((service) => {
      const column = columns.get(service) ?? 0;
      const row = filled.get(column) ?? 0;
      filled.set(column, row + 1);
      return [service, { column, row }];
    }),
  );
}

function lineOf({ parent, child, calls, errors }: Dependency, places: ReadonlyMap<string, Place>): string[] {
  const [from, to] = [places.get(parent), places.get(child)];
  if (from === undefined || to === undefined) return [];
  const forward = to.column > from.column;
  const x1 = from.column * (BOX + GAP) + (forward ? BOX : 0);
  const x2 = to.column * (BOX + GAP) + (forward ? 0 : BOX);
  const [y1, y2] = [from.row, to.row].map((row) => row * ROW + 10 + HEIGHT / 2) as [number, number];
  const failed = errors > 0 ? `, ✗ ${share(errors, calls)}` : "";
  const ends = [
    [x1, y1],
    [x2, y2],
  ] as const;
  return [
    arrow(ends, errors > 0 ? "failing" : ""),
    text(x1 + (x2 - x1) * 0.6, y1 + (y2 - y1) * 0.6 - 4, `${calls}${failed}`, "quiet", "middle"),
  ];
}
