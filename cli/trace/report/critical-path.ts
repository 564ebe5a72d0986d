import type { Node, Tree } from "../tree.ts";

/** A part of the critical path: the time in which a request waits for this span itself, and for none below it. */
export interface Section {
  /** `undefined` where no span of the trace tells what happens, which can only be between its roots. */
  readonly node: Node | undefined;
  readonly start: number;
  readonly end: number;
}

/** When a trace begins and ends: as its root, or from its first root's start to its last root's end. */
export function spanOfTime({ roots }: Tree): { start: number; end: number } {
  let [start, end] = [Infinity, -Infinity];
  for (const root of roots) {
    start = Math.min(start, root.start);
    end = Math.max(end, root.end);
  }
  return roots.length === 0 ? { start: 0, end: 0 } : { start, end };
}

/** A span whose part of the path is being taken. */
interface Frame {
  readonly node: Node | undefined;
  readonly start: number;
  /** Up to here nothing is on the path yet. */
  cursor: number;
  /** What is below, cut to this span; the one that ends last comes first. */
  readonly below: readonly Cut[];
  next: number;
}

interface Cut {
  readonly node: Node;
  readonly start: number;
  readonly end: number;
}

/**
 * The critical path of a trace, from its beginning to its end: without gaps, as long as the trace. From a span's end backwards the
 * child that ends last is on the path, and the gap after it is the span's own; at that child's start comes the child that ended last
 * before, and so on (jaeger-ui: TracePage/CriticalPath). Children that stick out of their parent are cut to it first, and those
 * outside of it are left out. Of children that end at once, the one that starts first is on it.
 */
export function criticalPath(tree: Tree): Section[] {
  const { start, end } = spanOfTime(tree);
  const sections: Section[] = [];
  const add = (node: Node | undefined, from: number, to: number): void => {
    if (to > from) sections.push({ node, start: from, end: to });
  };
  const [only] = tree.roots;
  const whole = tree.roots.length === 1 ? frameOf(only, only?.children ?? [], start, end) : undefined;
  const open: Frame[] = [whole ?? frameOf(undefined, tree.roots, start, end)];
  for (let frame = open.at(-1); frame !== undefined; frame = open.at(-1)) {
    const child = frame.below[frame.next++];
    if (child === undefined) {
      add(frame.node, frame.start, frame.cursor);
      open.pop();
    } else if (child.end <= frame.cursor) {
      add(frame.node, child.end, frame.cursor);
      frame.cursor = child.start;
      open.push(frameOf(child.node, child.node.children, child.start, child.end));
    }
  }
  return sections.reverse();
}

function frameOf(node: Node | undefined, children: readonly Node[], start: number, end: number): Frame {
  const below = children
    .map((child) => ({ node: child, start: Math.max(start, child.start), end: Math.min(end, child.end) }))
    .filter((cut) => cut.end > cut.start)
    .sort((a, b) => b.end - a.end || a.start - b.start);
  return { node, start, cursor: end, below, next: 0 };
}
