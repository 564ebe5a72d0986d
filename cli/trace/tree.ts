import { endOf, type Span } from "./span.ts";

/** A span in the tree of its trace. */
export interface Node {
  readonly span: Span;
  parent: Node | undefined;
  /** By their start. */
  children: Node[];
  /** In microseconds since 1970, by the root's clock where the hosts are known (`skew.ts`). */
  start: number;
  end: number;
}

/** The spans that have one trace id. */
export interface Tree {
  readonly id: string;
  /** Each node after its parent. */
  readonly nodes: readonly Node[];
  /** Those without a parent: more than one if spans are missing. By their start. */
  readonly roots: readonly Node[];
}

/**
 * The traces that spans make, in the order in which they begin. Spans that say the same twice count once, as an exporter sends a
 * batch again whose answer it missed. A parent that is missing makes a root. Where parents lead in a circle, the first span of the
 * circle is a root. The server side of a span that Zipkin's clients share is the child of the client side.
 */
export function treesOf(spans: readonly Span[]): Tree[] {
  const traces = new Map<string, Node[]>();
  for (const span of spans) {
    const node: Node = { span, parent: undefined, children: [], start: span.start, end: endOf(span) };
    const nodes = traces.get(span.traceId);
    if (nodes === undefined) traces.set(span.traceId, [node]);
    else nodes.push(node);
  }
  const trees = [...traces].map(([id, nodes]) => treeOf(id, nodes));
  const begin = new Map(trees.map((tree) => [tree, tree.roots[0]?.start ?? 0]));
  return trees.sort((a, b) => (begin.get(a) ?? 0) - (begin.get(b) ?? 0));
}

function treeOf(id: string, all: readonly Node[]): Tree {
  const byId = new Map<string, Node[]>();
  const nodes = all.filter((node) => {
    const same = byId.get(node.span.spanId);
    if (same === undefined) byId.set(node.span.spanId, [node]);
    else if (same.some((other) => saysTheSame(node.span, other.span))) return false;
    else same.push(node);
    return true;
  });
  for (const node of nodes) node.parent = parentOf(node, byId);
  for (const node of firstsOfCircles(nodes)) node.parent = undefined;
  for (const node of nodes) node.parent?.children.push(node);
  for (const { children } of nodes) if (children.length > 1) children.sort(byStart);
  const roots = nodes.filter(({ parent }) => parent === undefined).sort(byStart);
  return { id, nodes: inOrder(roots), roots };
}

function saysTheSame(one: Span, other: Span): boolean {
  const isSame = one.kind === other.kind && one.start === other.start && one.duration === other.duration;
  return isSame && one.name === other.name && one.service === other.service;
}

function parentOf({ span }: Node, byId: ReadonlyMap<string, readonly Node[]>): Node | undefined {
  if (span.kind === "SERVER") {
    const client = byId.get(span.spanId)?.find(({ span: other }) => other.kind === "CLIENT");
    if (client !== undefined) return client;
  }
  const named = span.parentId === undefined || span.parentId === span.spanId ? [] : (byId.get(span.parentId) ?? []);
  // Of several with this id, a child of the same service is below the server's side, another's below the client's.
  return named.find((other) => other.span.service === span.service) ?? named.at(0);
}

/** Of each circle of parents the node that starts first. */
function firstsOfCircles(nodes: readonly Node[]): Node[] {
  const seenFrom = new Map<Node, Node>();
  const firsts: Node[] = [];
  for (const from of nodes) {
    let at: Node | undefined = from;
    while (at !== undefined && !seenFrom.has(at)) {
      seenFrom.set(at, from);
      at = at.parent;
    }
    if (at === undefined || seenFrom.get(at) !== from) continue;
    let first = at;
    for (let other = at.parent; other !== undefined && other !== at; other = other.parent) {
      if (byStart(other, first) < 0) first = other;
    }
    firsts.push(first);
  }
  return firsts;
}

function byStart(a: Node, b: Node): number {
  return a.start - b.start || a.end - b.end;
}

/** Each node after its parent, and before its next sibling, as a table shows them. */
function inOrder(roots: readonly Node[]): Node[] {
  const order: Node[] = [];
  const waiting = [...roots].reverse();
  for (let node = waiting.pop(); node !== undefined; node = waiting.pop()) {
    order.push(node);
    for (let at = node.children.length - 1; at >= 0; at--) waiting.push(node.children[at] as Node);
  }
  return order;
}
