import type { Emulator, Root, Stream } from "../../../../emulator/index.ts";
import { streamOf, type ExampleRequest } from "../../../../test/support/module/example-request.ts";
import { counted } from "../../../../test/support/module/examples.ts";
import { runUntilResumed } from "./held.ts";

/** Header by header: the value, or `absent`. */
type Headers = Record<string, string>;

/** What an example of the README says of a request. */
export interface Decision {
  request: ExampleRequest;
  /** What the clock then shows, or how long after the decision before this one comes. */
  at?: string;
  after?: string;
  /** The entry whose fault is counted, or `none`. */
  fault?: string;
  /** For how long the request is held, where it is. */
  delay?: string;
  /** Whether the request has gone on to the upstream. */
  upstream?: "asked" | "not asked";
  /** Headers of the request that goes on. */
  sends?: Headers;
  /** Headers and body of what the client gets. */
  answers?: Headers;
  body?: string;
  /** How much counters went up meanwhile, without `fault_injection.` before their names. */
  counts?: Record<string, number>;
  /** So many such requests come at the same time. What is said of them otherwise is only how many are delayed or aborted. */
  atOnce?: number;
  /** So many, or `about 10 %` of them. */
  delayed?: number | string;
  aborted?: number | string;
  /** That none of the delays lies outside of these, and perhaps what they are in the mean: `about 1s`. */
  delays?: { from: string; to: string; mean?: string };
}

/** The proxy that the examples run in. */
export const METADATA = { NAMESPACE: "default", SERVICE_ACCOUNT: "productpage" };

/** The host of a request that names none. */
const HOST = "ratings";

const COUNTER = "fault_injection.";
/** Of requests that are due together so many are resumed in a millisecond (`../hold.ts`). */
const AT_ONCE = 32;
/** What is about right lies within so many standard deviations; of 1.7 million correct examples one would fail. */
const DEVIATIONS = 5;

/** What the filter makes of a decision's request or requests, said as the decision says it. */
export function decide(root: Root, emulator: Emulator, decision: Decision): Decision {
  const { at, after } = decision;
  if (at !== undefined) emulator.clock.realtime = BigInt(Date.parse(at)) * 1_000_000n;
  if (after !== undefined) emulator.clock.advance(milliseconds(after));
  const before = new Map(emulator.metrics.counters);
  const told = decision.atOnce === undefined ? decideOne(root, emulator, decision) : decideMany(root, decision);
  const { counts } = decision;
  const grown = (name: string): number =>
    Number((emulator.metrics.counters.get(COUNTER + name) ?? 0n) - (before.get(COUNTER + name) ?? 0n));
  return {
    request: decision.request,
    ...(at !== undefined && { at }),
    ...(after !== undefined && { after }),
    ...told,
    ...(counts !== undefined && {
      counts: Object.fromEntries(Object.keys(counts).map((name) => [name, grown(name)])),
    }),
  };
}

function decideOne(root: Root, emulator: Emulator, decision: Decision): Partial<Decision> {
  const { request, upstream, sends, answers, body } = decision;
  const before = new Map(emulator.metrics.counters);
  const stream = root.stream(streamOf(request, HOST));
  const sent = stream.requestHeaders().headers;
  const delay = runUntilResumed(root, [stream]).get(stream) ?? 0;
  const asked = stream.localReply === undefined;
  const answered = asked ? stream.responseHeaders({ ":status": "200" }).headers : [];
  const reply = stream.localReply;
  stream.end();
  return {
    fault: faultOf(counted(emulator, before)),
    ...(delay > 0 && { delay: shown(delay) }),
    ...(upstream !== undefined && { upstream: asked ? "asked" : "not asked" }),
    ...(sends !== undefined && { sends: those(sent, sends) }),
    ...(answers !== undefined && { answers: those(reply?.headers ?? answered, answers) }),
    ...(body !== undefined && { body: reply?.body ?? "" }),
  };
}

/** The requests are all there before the first of them goes on. */
function decideMany(root: Root, { request, atOnce = 0, delayed, aborted, delays }: Decision): Partial<Decision> {
  const streams: Stream[] = [];
  let replies = 0;
  for (let count = 0; count < atOnce; count++) {
    const stream = root.stream(streamOf(request, HOST));
    stream.requestHeaders();
    if (stream.localReply === undefined) {
      streams.push(stream);
    } else {
      // What has been answered is over before the next one comes.
      replies++;
      stream.end();
    }
  }
  const lengths = [...runUntilResumed(root, streams).values()];
  for (const stream of streams) {
    if (stream.localReply !== undefined) replies++;
    stream.end();
  }
  return {
    atOnce,
    ...(delayed !== undefined && { delayed: share(delayed, lengths.length, atOnce) }),
    ...(aborted !== undefined && { aborted: share(aborted, replies, atOnce) }),
    ...(delays !== undefined && { delays: range(delays, lengths) }),
  };
}

/** The entries whose counters went up. */
function faultOf(names: readonly string[]): string {
  const entries = names.map((name) => /^fault_injection\.route\.(.*)\.\w+_injected$/.exec(name)?.[1]);
  return [...new Set(entries.filter((name) => name !== undefined))].join() || "none";
}

/** Those of the headers that the example names. */
function those(pairs: readonly (readonly [string, string])[], named: Headers): Headers {
  const values = new Map(pairs);
  return Object.fromEntries(Object.keys(named).map((name) => [name, values.get(name) ?? "absent"]));
}

/** What is expected where it is right; by the binomial distribution where it is only about that. */
function share(expected: number | string, count: number, all: number): number | string {
  if (typeof expected === "number") return count;
  const probability = Number(/^about ([\d.]+) %$/.exec(expected)?.[1]) / 100;
  const deviation = Math.sqrt(all * probability * (1 - probability));
  return Math.abs(count - all * probability) <= Math.max(1, DEVIATIONS * deviation)
    ? expected
    : `${(count / all) * 100} %`;
}

/** What is expected where it is right: a mean by its standard error. */
function range(expected: NonNullable<Decision["delays"]>, lengths: readonly number[]): Decision["delays"] {
  const { from, to, mean } = expected;
  const least = Math.min(...lengths);
  const most = Math.max(...lengths);
  return {
    from: least >= milliseconds(from) ? from : shown(least),
    to: most <= milliseconds(to) + lengths.length / AT_ONCE ? to : shown(most),
    ...(mean !== undefined && { mean: isMean(mean, lengths) ? mean : shown(average(lengths)) }),
  };
}

function isMean(expected: string, lengths: readonly number[]): boolean {
  const mean = average(lengths);
  const variance = average(lengths.map((length) => (length - mean) ** 2));
  const distance = Math.abs(mean - milliseconds(expected.replace("about ", "")));
  return distance <= DEVIATIONS * Math.sqrt(variance / lengths.length);
}

function average(numbers: readonly number[]): number {
  return numbers.reduce((sum, number) => sum + number, 0) / numbers.length;
}

function milliseconds(duration: string): number {
  const [, number, unit] = /^([\d.]+)(ms|s)$/.exec(duration) ?? [];
  return Number(number) * (unit === "s" ? 1000 : 1);
}

function shown(duration: number): string {
  return duration < 1000 ? `${duration}ms` : `${duration / 1000}s`;
}
