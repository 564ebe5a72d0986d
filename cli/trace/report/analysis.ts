import type { Span } from "../span.ts";
import { treesOf, type Node, type Tree } from "../tree.ts";
import { callsOf, isOutbound, type Call, type Calls } from "./calls.ts";
import { criticalPath, spanOfTime, type Section } from "./critical-path.ts";
import { faultsOf, type Fault } from "./faults.ts";
import { alignClocks, type Skew } from "./skew.ts";

/**
 * What a part of the critical path is spent on: `app` in a service, `network` between the client's side of a call and the server's,
 * `call` in a call whose server's side has no span, `other` where the trace has no span at all.
 */
export type Spent = "app" | "network" | "call" | "other";

/** What a critical path is spent on in one service, in microseconds. */
export interface PathPart {
  /** Whose span it is; "" for `other`. */
  readonly service: string;
  readonly kind: Spent;
  micros: number;
}

/** Everything that the report says of one trace. Times are in microseconds. */
export interface TraceAnalysis {
  readonly tree: Tree;
  readonly start: number;
  readonly duration: number;
  readonly services: readonly string[];
  readonly calls: Calls;
  readonly path: readonly Section[];
  /** The path's parts by service and kind, in the order in which they first come. */
  readonly parts: readonly PathPart[];
  readonly faults: readonly Fault[];
  readonly skews: readonly Skew[];
}

/** Works out all traces of some spans, in the order in which they begin. */
export function analysed(spans: readonly Span[]): TraceAnalysis[] {
  const services = new Set(spans.map(({ service }) => service));
  return treesOf(spans).map((tree) => analysis(tree, services));
}

function analysis(tree: Tree, services: ReadonlySet<string>): TraceAnalysis {
  const skews = alignClocks(tree);
  const { start, end } = spanOfTime(tree);
  const calls = callsOf(tree, services);
  const path = criticalPath(tree);
  const [root] = tree.roots;
  return {
    tree,
    start,
    duration: tree.roots.length === 1 && root !== undefined ? root.span.duration : end - start,
    services: [...new Set(tree.nodes.map(({ span }) => span.service))],
    calls,
    path,
    parts: partsOf(path, calls),
    faults: faultsOf(tree, calls, services),
    skews,
  };
}

function partsOf(path: readonly Section[], calls: Calls): PathPart[] {
  const parts = new Map<string, PathPart>();
  for (const { node, start, end } of path) {
    const service = node?.span.service ?? "";
    const kind = spentOn(node, calls);
    const part = parts.get(`${kind} ${service}`) ?? { service, kind, micros: 0 };
    part.micros += end - start;
    parts.set(`${kind} ${service}`, part);
  }
  return [...parts.values()];
}

function spentOn(node: Node | undefined, { unanswered }: Calls): Spent {
  if (node === undefined) return "other";
  if (!isOutbound(node)) return "app";
  return unanswered.has(node) ? "call" : "network";
}

/** All calls of some traces by who calls whom, the most called first. */
export function edgesOf(traces: readonly TraceAnalysis[]): Call[][] {
  const edges = new Map<string, Call[]>();
  for (const { calls } of traces) {
    for (const call of calls.calls) {
      const edge = JSON.stringify([call.parent, call.child]);
      const list = edges.get(edge);
      if (list === undefined) edges.set(edge, [call]);
      else list.push(call);
    }
  }
  return [...edges.values()].sort((a, b) => b.length - a.length);
}
