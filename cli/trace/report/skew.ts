import { hostOf } from "../span.ts";
import type { Tree } from "../tree.ts";

/** A clock that is not that of the caller's host. */
export interface Skew {
  readonly host: string;
  readonly service: string;
  /** By how much its spans were moved, in microseconds: positive if its clock is slow. */
  readonly by: number;
}

/** What is told, in microseconds: below, clocks agree as well as clocks do. */
const TOLD = 1000;

/**
 * Moves spans whose clock disagrees with their caller's, with all that is below them, so that times can be compared over the whole trace.
 * A call's server side that sticks out of its client side is put into its middle, or to its start if it is the longer one
 * (Jaeger's clock skew adjustment: jaegerquery/internal/adjuster/clockskew.go). Only spans of different hosts are moved, both
 * of which have to be known. Durations stay. Returns the larger moves, one for each host.
 */
export function alignClocks({ nodes }: Tree): Skew[] {
  const shifts = new Map<object, number>();
  const skews = new Map<string, Skew>();
  for (const node of nodes) {
    const { span, parent } = node;
    if (parent === undefined) continue;
    let shift = shifts.get(parent) ?? 0;
    const [host, callers] = [hostOf(span), hostOf(parent.span)];
    if (host !== undefined && callers !== undefined && host !== callers) {
      const later = span.kind === "CONSUMER" || parent.span.kind === "PRODUCER";
      shift = later ? 0 : neededShift(node, parent);
      const before = skews.get(host)?.by ?? 0;
      if (Math.abs(shift) >= Math.max(TOLD, Math.abs(before)))
        skews.set(host, { host, service: span.service, by: shift });
    }
    if (shift === 0) continue;
    shifts.set(node, shift);
    node.start += shift;
    node.end += shift;
  }
  return [...skews.values()];
}

interface Interval {
  readonly start: number;
  readonly end: number;
}

/** By how much a child has to be moved into its parent. */
function neededShift(child: Interval, parent: Interval): number {
  const room = parent.end - parent.start - (child.end - child.start);
  if (room < 0) return child.start < parent.start ? parent.start - child.start : 0;
  if (child.start >= parent.start && child.end <= parent.end) return 0;
  return parent.start + room / 2 - child.start;
}
