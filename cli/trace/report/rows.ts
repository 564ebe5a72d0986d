import type { Node } from "../tree.ts";
import type { TraceAnalysis } from "./analysis.ts";
import type { Fault } from "./faults.ts";

/** A line of a trace's tree: a request that a service answers, a call that nobody tells more of, or a root of another kind. */
export interface Row {
  readonly depth: number;
  readonly service: string;
  /** The name of its span. */
  readonly operation: string;
  /** As the caller sees it, if there is a client span of this call alone. In microseconds since 1970. */
  readonly start: number;
  readonly duration: number;
  /** The service's own time in microseconds; `undefined` if it has no SERVER span. */
  readonly app: number | undefined;
  /** What the call takes beyond that; `undefined` if one of its two sides has no span. */
  readonly network: number | undefined;
  readonly faults: readonly Fault[];
  /** Whether the request waits for this service itself at some time. */
  readonly critical: boolean;
  /** Whether it is a root though its span names a parent. */
  readonly orphan: boolean;
}

/** The lines of a trace, each after the one that caused it. */
export function rowsOf({ tree, calls, path, faults }: TraceAnalysis): Row[] {
  const rows: (Row & { faults: Fault[]; critical: boolean })[] = [];
  const rowOf = new Map<Node, (typeof rows)[number]>();
  for (const node of tree.nodes) {
    const above = node.parent === undefined ? undefined : rowOf.get(node.parent);
    const visit = calls.visitOf.get(node);
    const beginsVisit = visit?.node === node;
    const unanswered = calls.unanswered.get(node);
    if (!beginsVisit && unanswered === undefined && above !== undefined) {
      rowOf.set(node, above);
      continue;
    }
    const call = beginsVisit ? visit.call : unanswered;
    const client = call !== undefined && call.duration === call.client?.span.duration ? call.client : undefined;
    const row = {
      depth: above === undefined ? 0 : above.depth + 1,
      service: unanswered?.child ?? node.span.service,
      operation: node.span.name,
      start: (client ?? node).start,
      duration: (client ?? node).span.duration,
      app: beginsVisit ? visit.self : undefined,
      network: beginsVisit && call?.client !== undefined ? call.network : undefined,
      faults: [],
      critical: false,
      orphan: node.parent === undefined && node.span.parentId !== undefined,
    };
    rows.push(row);
    rowOf.set(node, row);
    // What is wrong at the client's side is shown at the service that was called.
    if (client !== undefined && client !== node) rowOf.set(client, row);
  }
  for (const fault of faults) rowOf.get(fault.node)?.faults.push(fault);
  for (const { node } of path) {
    const row = node === undefined ? undefined : rowOf.get(node);
    if (row !== undefined) row.critical = true;
  }
  return rows;
}
