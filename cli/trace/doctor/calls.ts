/** How the calls that a service makes relate to the requests that it serves. */
import { targetOf, type Hop } from "./hop.ts";
import { chanceOfServing, serving, tail } from "./in-flight.ts";
import { groupBy, isOrphan, isTop, type Trace, type Traces } from "./traces.ts";

/** A call that begins a trace of its own, and the request that caused it. */
export interface Dropped {
  readonly call: Hop;
  readonly request: Hop;
  /** `id`: both have one x-request-id. `time`: it was the only request then. `overlap`: one of several. */
  readonly by: "id" | "time" | "overlap";
}

/** All calls of a service. */
export interface Calls {
  readonly service: string;
  /** Those that hang in the trace of their request. */
  readonly attached: readonly Hop[];
  readonly dropped: readonly Dropped[];
  /** Those that no request caused. */
  readonly own: readonly Hop[];
}

/**
 * The calls of each service, but for those of gateways and waypoints: these are proxies alone, which drop nothing.
 *
 * @param explained calls of which another finding says why they begin a trace
 */
export function callsOf(traces: Traces, explained: ReadonlySet<Hop>): Calls[] {
  const window = windowOf(traces);
  return [...traces.byService].flatMap(([service, hops]) => {
    const made = hops.filter(
      (hop) => hop.span.kind === "CLIENT" && (hop.proxy === "sidecar" || hop.proxy === "none") && !explained.has(hop),
    );
    if (made.length === 0) return [];
    const alone = made.filter((hop) => beginsTrace(hop, traces));
    const is = new Set(alone);
    const requests = hops.filter(({ span }) => span.kind === "SERVER");
    const dropped = droppedOf(alone, requests, made, window);
    const caused = new Set(dropped.map(({ call }) => call));
    return [
      {
        service,
        attached: made.filter((hop) => !is.has(hop)),
        dropped,
        own: alone.filter((hop) => !caused.has(hop)),
      },
    ];
  });
}

/** Whether a call is the first span of its trace. A trace with another beginning is whole, but for a span that is missing. */
function beginsTrace(hop: Hop, traces: Traces): boolean {
  if (!isTop(hop)) return false;
  if (!isOrphan(hop)) return true;
  return (traces.byId.get(hop.span.traceId) as Trace).begunBy.size === 1;
}

/** How long after a request's end its x-request-id is still believed, in µs: as long as the filter's `join` does. */
const LIFETIME = 60_000_000;

function droppedOf(alone: readonly Hop[], requests: readonly Hop[], made: readonly Hop[], window: number): Dropped[] {
  const byRequestId = groupBy(requests, ({ node, requestId }) => `${node} ${requestId ?? ""}`);
  const certain: Dropped[] = [];
  const others: Hop[] = [];
  for (const call of alone) {
    const same = call.requestId === undefined ? [] : (byRequestId.get(`${call.node} ${call.requestId}`) ?? []);
    const request = lastCause(same, call);
    if (request === undefined) others.push(call);
    else certain.push({ call, request, by: "id" });
  }
  return [...certain, ...byTime(others, requests, made, window)];
}

/** So many requests with one id are looked at for a call: where all have the same id, it says nothing. */
const LOOKED_AT = 16;

/** The last request that could have caused a call, of requests in the order of their starts. */
function lastCause(requests: readonly Hop[], call: Hop): Hop | undefined {
  const { start, traceId } = call.span;
  let [from, to] = [0, requests.length];
  while (from < to) {
    const middle = (from + to) >> 1;
    if ((requests[middle] as Hop).span.start <= start + 1_000) from = middle + 1;
    else to = middle;
  }
  const begun = requests.slice(Math.max(0, from - LOOKED_AT), from);
  return begun.filter(({ span, end }) => span.traceId !== traceId && start <= end + LIFETIME).at(-1);
}

/** Of calls that share no id with a request: those that times alone give a cause. */
function byTime(others: readonly Hop[], requests: readonly Hop[], made: readonly Hop[], window: number): Dropped[] {
  const byNode = groupBy(requests, ({ node }) => node);
  const nodes = byNode.size;
  const found: Dropped[] = [];
  const held = new Map<Hop, readonly Hop[]>();
  for (const [node, calls] of groupBy(others, (hop) => hop.node)) {
    for (const [call, holding] of serving(calls, byNode.get(node) ?? [])) held.set(call, holding);
  }
  const attached = new Set(made.filter(({ parent }) => parent !== undefined).map(destinationOf));
  for (const [destination, calls] of groupBy(others, destinationOf)) {
    const within = calls.filter((call) => (held.get(call) ?? []).length > 0);
    if (within.length === 0) continue;
    // The shortest lies within a request by chance most easily.
    const duration = within.reduce((least, { span }) => Math.min(least, span.duration), Infinity);
    const chance =
      [...byNode.values()].reduce((sum, those) => sum + chanceOfServing(those, duration, window), 0) / nodes;
    if (!isMoreThanChance(within.length, calls.length, requests.length, chance, attached.has(destination))) continue;
    for (const call of within) {
      const holding = held.get(call) as readonly Hop[];
      const by = holding.length === 1 ? "time" : "overlap";
      found.push({ call, request: holding.at(-1) as Hop, by });
    }
  }
  return found;
}

/** With fewer requests than these, each call within one is taken to be caused by it. */
const FEW_REQUESTS = 5;

/**
 * Whether calls lie within requests because these cause them. A service makes calls of its own too, some of which lie
 * within a request by chance, above all at a busy service.
 */
function isMoreThanChance(within: number, calls: number, requests: number, chance: number, others: boolean): boolean {
  if (requests < FEW_REQUESTS) return within === calls;
  const isRegular = within >= calls * 0.95 && calls * 2 >= requests;
  if (tail(calls, within, chance) < (isRegular ? 0.05 : 1e-5)) return true;
  // So busy that each call must lie within some request: then it counts that each request has such a call.
  return isRegular && !others && chance > 0.5;
}

/** Where a call went, as its cluster says, else the server below it, else the span's name. */
export function destinationOf(call: Hop): string {
  const server = call.children.find(({ span }) => span.kind === "SERVER");
  return targetOf(call)?.service ?? server?.service ?? call.span.name;
}

function windowOf({ sampled }: Traces): number {
  let first = Infinity;
  let last = -Infinity;
  for (const { span, end } of sampled) {
    // Zipkin takes spans without a time, which is 0 then.
    if (span.start > 0) first = Math.min(first, span.start);
    last = Math.max(last, end);
  }
  return last - first;
}

export function median(numbers: readonly number[]): number {
  return [...numbers].sort((a, b) => a - b)[numbers.length >> 1] ?? 0;
}
