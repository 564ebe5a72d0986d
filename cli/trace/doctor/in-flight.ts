/** Which requests a pod was serving when it made a call. */
import type { Hop } from "./hop.ts";

/** Of one call: the requests that were served all the time that the call took, at most two of them. */
export type Serving = ReadonlyMap<Hop, readonly Hop[]>;

/** How far a call may stick out of the request that caused it, in µs: one pod has one clock, but it reads it twice. */
const TOLERANCE = 1_000;

/**
 * One sweep over the starts of both, with the requests that are being served beside it.
 *
 * @param calls in the order of their starts
 * @param requests SERVER spans of the same pod, in the order of their starts
 */
export function serving(calls: readonly Hop[], requests: readonly Hop[]): Serving {
  const found = new Map<Hop, Hop[]>();
  let active: Hop[] = [];
  let cleared = 0;
  let next = 0;
  let latest = -Infinity;
  for (const call of calls) {
    const { start } = call.span;
    while (next < requests.length && (requests[next] as Hop).span.start <= start + TOLERANCE) {
      const request = requests[next++] as Hop;
      active.push(request);
      latest = Math.max(latest, request.end);
    }
    // Those that have ended are taken out each time that the list has doubled.
    if (active.length > 2 * cleared) {
      active = active.filter(({ end }) => end + TOLERANCE >= start);
      cleared = active.length;
    }
    const holding: Hop[] = [];
    // A call that outlasts them all is within none.
    const first = latest + TOLERANCE >= call.end ? 0 : active.length;
    for (let at = active.length - 1; at >= first && holding.length < 2; at--) {
      const request = active[at] as Hop;
      if (request.end + TOLERANCE >= call.end && request.span.traceId !== call.span.traceId) holding.push(request);
    }
    found.set(call, holding);
  }
  return found;
}

/**
 * The chance that a call of this duration lies within a request although it has nothing to do with it: the share of the
 * time in which it could begin so.
 *
 * @param window how long was watched, in µs
 */
export function chanceOfServing(requests: readonly Hop[], duration: number, window: number): number {
  let covered = 0;
  let until = -Infinity;
  for (const { span, end } of requests) {
    const from = Math.max(span.start - TOLERANCE, until);
    const to = end + TOLERANCE - duration;
    if (to > from) {
      covered += to - from;
      until = to;
    }
  }
  return window <= 0 ? 1 : Math.min(1, covered / window);
}

/** The chance of `hits` or more of `tries`, if each is a hit with `chance`: the binomial distribution's tail. */
export function tail(tries: number, hits: number, chance: number): number {
  if (hits <= 0 || chance >= 1) return 1;
  if (chance <= 0) return 0;
  let sum = 0;
  let log = 0;
  for (let k = 1; k <= hits; k++) log += Math.log((tries - k + 1) / k);
  log += hits * Math.log(chance) + (tries - hits) * Math.log1p(-chance);
  for (let k = hits; k <= tries; k++) {
    sum += Math.exp(log);
    log += Math.log((tries - k) / (k + 1)) + Math.log(chance) - Math.log1p(-chance);
  }
  return Math.min(1, sum);
}
