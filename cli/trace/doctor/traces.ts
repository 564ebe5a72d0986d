/** All spans, hung together by trace and id: what every finding looks at. Linear in the number of spans. */
import type { Span } from "../span.ts";
import { hopOf, type Hop } from "./hop.ts";

export interface Trace {
  readonly id: string;
  /** In the order of their starts. */
  readonly hops: Hop[];
  /** Those of one id; more than one where an id is there twice. */
  readonly byId: ReadonlyMap<string, readonly Hop[]>;
  /** The services of the spans that hang on no other. */
  readonly begunBy: ReadonlySet<string>;
}

export interface Traces {
  readonly all: readonly Trace[];
  readonly byId: ReadonlyMap<string, Trace>;
  /** Spans of sampled traces, in the order of their starts: without what `keep` left, which never makes a whole trace. */
  readonly sampled: readonly Hop[];
  readonly kept: readonly Hop[];
  /** Sampled ones by service, in the order of their starts. */
  readonly byService: ReadonlyMap<string, readonly Hop[]>;
}

/** Hangs spans together. A span that is there twice, as after a repeated export, counts once. */
export function tracesOf(spans: readonly Span[]): Traces {
  const hops = spans.map(hopOf).sort((a, b) => a.span.start - b.span.start);
  const all = [...groupBy(hops, ({ span }) => span.traceId)].map(([id, those]) => traceOf(id, those));
  const whole = all.flatMap(({ hops }) => hops).sort((a, b) => a.span.start - b.span.start);
  const sampled = whole.filter(({ isKept }) => !isKept);
  return {
    all,
    byId: new Map(all.map((trace) => [trace.id, trace])),
    sampled,
    kept: whole.filter(({ isKept }) => isKept),
    byService: groupBy(sampled, ({ service }) => service),
  };
}

function traceOf(id: string, hops: readonly Hop[]): Trace {
  const once = new Map(hops.map((hop) => [identity(hop), hop]));
  const different = [...once.values()];
  const byId = groupBy(different, ({ span }) => span.spanId);
  for (const hop of different) {
    const parent = parentOf(hop, byId);
    hop.parent = parent;
    parent?.children.push(hop);
  }
  const begunBy = new Set(different.filter(isTop).map(({ service }) => service));
  return { id, hops: different, byId, begunBy };
}

function identity({ span, service }: Hop): string {
  return `${span.spanId} ${span.kind} ${service} ${span.start} ${span.duration}`;
}

/** Where ids are shared, a SERVER span hangs on the CLIENT span of its own id, and what it calls on the SERVER span. */
function parentOf(hop: Hop, byId: ReadonlyMap<string, readonly Hop[]>): Hop | undefined {
  const { kind, spanId, parentId } = hop.span;
  if (kind === "SERVER") {
    const client = byId.get(spanId)?.find((other) => other.span.kind === "CLIENT" && other.service !== hop.service);
    if (client !== undefined) return client;
  }
  if (parentId === undefined || parentId === spanId) return undefined;
  const named = byId.get(parentId) ?? [];
  if (named.length < 2) return named[0];
  const wanted = kind === "SERVER" ? "CLIENT" : "SERVER";
  const fitting = named.filter(({ span }) => span.kind === wanted);
  // Of attempts that share an id, the last that had begun.
  const begun = fitting.filter(({ span }) => span.start <= hop.span.start + CLOCKS);
  return begun.at(-1) ?? fitting[0] ?? named[0];
}

/** So far clocks may differ, in µs, before the order of two spans says nothing. */
const CLOCKS = 1_000;

/** Items by what `key` gives for each, in the order in which they come. */
export function groupBy<Item, Key>(items: Iterable<Item>, key: (item: Item) => Key): Map<Key, Item[]> {
  const groups = new Map<Key, Item[]>();
  for (const item of items) {
    const name = key(item);
    const group = groups.get(name);
    if (group === undefined) groups.set(name, [item]);
    else group.push(item);
  }
  return groups;
}

/** Whether a span names a parent that its trace does not have. */
export function isOrphan({ span, parent }: Hop): boolean {
  return span.parentId !== undefined && parent === undefined;
}

/** A span without a parent in its trace, whether it names one or not. */
export function isTop({ parent }: Hop): boolean {
  return parent === undefined;
}
