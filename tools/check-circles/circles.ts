/** What each file imports, by the file's path. */
export type Imports = ReadonlyMap<string, readonly string[]>;

/**
 * Imports that lead back to where they begin, one for each group of files that import each other: the files in the order of
 * the imports, the first of them again at the end.
 */
export function circles(imports: Imports): string[][] {
  const found: string[][] = [];
  const done = new Set<string>();
  for (const start of [...imports.keys()].sort()) {
    if (done.has(start)) continue;
    const circle = shortestCircle(start, imports);
    if (circle === undefined) continue;
    for (const file of groupOf(start, imports)) done.add(file);
    found.push(circle);
  }
  return found;
}

/** The shortest way from a file back to itself; undefined if there is none. */
function shortestCircle(start: string, imports: Imports): string[] | undefined {
  const cameFrom = new Map<string, string>();
  const waiting = [start];
  for (const file of waiting) {
    for (const next of imports.get(file) ?? []) {
      if (next === start) return [...wayTo(file, start, cameFrom), start];
      if (cameFrom.has(next)) continue;
      cameFrom.set(next, file);
      waiting.push(next);
    }
  }
  return undefined;
}

function wayTo(file: string, start: string, cameFrom: ReadonlyMap<string, string>): string[] {
  const way = [file];
  while (way[0] !== start) way.unshift(cameFrom.get(way[0]!)!);
  return way;
}

/** The files that lead to `start` and that `start` leads to. */
function groupOf(start: string, imports: Imports): string[] {
  const reached = reachedFrom(start, imports);
  return [...reached].filter((file) => reachedFrom(file, imports).has(start));
}

function reachedFrom(start: string, imports: Imports): Set<string> {
  const reached = new Set([start]);
  for (const file of reached) for (const next of imports.get(file) ?? []) reached.add(next);
  return reached;
}
