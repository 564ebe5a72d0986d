/** `skew`: a host whose clock differs from those of the others. */
import { median } from "./calls.ts";
import { evidenceOf, type Finding } from "./finding.ts";
import { clockOf, type Hop } from "./hop.ts";
import { groupBy, type Traces } from "./traces.ts";

/** In µs. Smaller differences are usual between clocks that are kept by NTP, and harm no picture of a trace. */
const TOLERANCE = 5_000;

/** A call and the request that it became, on two hosts. */
interface Pair {
  readonly call: Hop;
  readonly request: Hop;
  readonly from: string;
  readonly to: string;
  /** How far `to` is ahead of `from`, in µs, if the way there and back took as long. */
  readonly ahead: number;
  /** Whether the request lies outside of the call beyond the tolerance. */
  readonly isOutside: boolean;
}

export function skews(traces: Traces): Finding[] {
  const pairs = traces.sampled.flatMap(pairOf);
  if (!pairs.some(({ isOutside }) => isOutside)) return [];
  const clocks = clocksOf(pairs);
  const byHost = groupBy(
    pairs.flatMap((pair) => [pair.from, pair.to].map((host) => ({ host, pair }))),
    ({ host }) => host,
  );
  const found: Finding[] = [];
  for (const [host, ahead] of clocks) {
    if (Math.abs(ahead) <= TOLERANCE) continue;
    const those = (byHost.get(host) ?? []).map(({ pair }) => pair);
    const outside = those.filter(({ isOutside }) => isOutside);
    const [first] = outside;
    if (first === undefined) continue;
    const own = first.to === host ? first.request : first.call;
    const sign = ahead > 0 ? "+" : "";
    found.push({
      id: "skew",
      service: own.service,
      confidence: "certain",
      count: outside.length,
      of: those.length,
      evidence: evidenceOf(outside.map(({ request }) => request)),
      says: `the clock of ${host} differs by ${sign}${(ahead / 1000).toFixed(ahead % 1000 === 0 ? 0 : 1)} ms from the others`,
      remedy: `Keep the clock of the node of ${host} by NTP (chrony). Until then let Jaeger move the spans: query.max-clock-skew-adjustment (v2: max_clock_skew_adjust) of at least ${Math.ceil(Math.abs(ahead) / 1000)}ms; it is off by default. Durations are right as they are.`,
    });
  }
  return found;
}

function pairOf(request: Hop): Pair[] {
  const call = request.parent;
  if (call === undefined || request.span.kind !== "SERVER" || call.span.kind !== "CLIENT") return [];
  // Zipkin takes spans without a time, which is 0 then.
  if (call.span.start === 0 || request.span.start === 0) return [];
  const [from, to] = [clockOf(call), clockOf(request)];
  // A request that takes longer than its call was given up by the caller: that says nothing of clocks.
  if (from === to || request.span.duration > call.span.duration) return [];
  const ahead = (request.span.start + request.end) / 2 - (call.span.start + call.end) / 2;
  const outside = Math.max(call.span.start - request.span.start, request.end - call.end);
  return [{ call, request, from, to, ahead, isOutside: outside > TOLERANCE }];
}

/**
 * How far each host's clock is ahead of most others. Differences between two hosts that talk are medians; they are added up
 * along the calls, beginning at the host with most of them.
 */
function clocksOf(pairs: readonly Pair[]): Map<string, number> {
  const neighbours = new Map<string, Map<string, number>>();
  const put = (from: string, to: string, ahead: number): void => {
    const known = neighbours.get(from) ?? new Map<string, number>();
    neighbours.set(from, known.set(to, ahead));
  };
  for (const those of groupBy(pairs, ({ from, to }) => (from < to ? `${from} ${to}` : `${to} ${from}`)).values()) {
    const { from, to } = those[0] as Pair;
    const ahead = median(those.map((pair) => (pair.from === from ? pair.ahead : -pair.ahead)));
    put(from, to, ahead);
    put(to, from, -ahead);
  }
  const clocks = new Map<string, number>();
  for (const [start] of [...neighbours].sort(([, a], [, b]) => b.size - a.size)) {
    if (clocks.has(start)) continue;
    const together = new Map([[start, 0]]);
    for (const [host, at] of together) {
      for (const [other, ahead] of neighbours.get(host) ?? []) {
        if (!together.has(other)) together.set(other, at + ahead);
      }
    }
    const usual = median([...together.values()]);
    for (const [host, at] of together) clocks.set(host, at - usual);
  }
  return clocks;
}
