import type { Emulator, PropertyValue, Root, Stream } from "../../../../emulator/index.ts";
import { streamOf, type ExampleRequest } from "../../../../test/support/module/example-request.ts";

/** What an example of the README says of a request. */
export interface Decision {
  /** Of the requests that the workload receives, or of those that it sends; `inbound` where not said. */
  direction?: "inbound" | "outbound";
  request: ExampleRequest;
  /** How it ends, and how long after it began: `2s`; at once where not said. */
  response?: { status: number; after?: string };
  /** How long after the one before it comes. */
  after?: string;
  /** Before it comes, Jaeger is asked for strategies, as it is time to, and this is its answer. */
  jaeger?: object;
  /** The request is not over when the next one comes; it is when one `ends` it by that name. */
  stays?: string;
  ends?: string;
  /** So many such requests come. What is said of them otherwise is only how many are sampled. */
  times?: number;
  /** In how much time they come, evenly: `10s`; at one instant where not said. */
  over?: string;
  /**
   * Headers of the request as it goes on: the value, or `absent`. `{name}` stands for hexadecimal digits: the same ones for the same
   * name, and others for another.
   */
  sends?: Record<string, string>;
  /** So many of them, `about 10 %`, or `10 to 20`. */
  sampled?: number | string;
  /** How much counters went up meanwhile, without `trace_propagation.` before their names. */
  counts?: Record<string, number>;
}

const COUNTER = "trace_propagation.";
const TRACEPARENT = "traceparent";
const LISTENER_DIRECTION = { inbound: 1n, outbound: 2n } as const;
/** What is about right lies within so many standard deviations; of 1.7 million correct examples one would fail. */
const DEVIATIONS = 5;

/** What the decisions of one example have found out so far. */
interface Story {
  named: Map<string, string>;
  open: Map<string, Stream>;
}

const stories = new WeakMap<Root, Story>();

/** What the filter makes of a decision's request or requests, said as the decision says it. */
export function decide(root: Root, emulator: Emulator, decision: Decision): Decision {
  const story = stories.get(root) ?? { named: new Map<string, string>(), open: new Map<string, Stream>() };
  stories.set(root, story);
  const { after, jaeger, counts, sends, sampled, ends, times = 1, over } = decision;
  if (after !== undefined) emulator.clock.advance(milliseconds(after));
  if (jaeger !== undefined) answerOf(jaeger, root, emulator);
  if (ends !== undefined) story.open.get(ends)?.end();
  const before = new Map(emulator.metrics.counters);
  const sent = Array.from({ length: times }, () => {
    if (over !== undefined) emulator.clock.advance(milliseconds(over) / times);
    return send(root, emulator, decision, story);
  });
  const grown = (name: string): number =>
    Number((emulator.metrics.counters.get(COUNTER + name) ?? 0n) - (before.get(COUNTER + name) ?? 0n));
  return {
    ...decision,
    ...(sends !== undefined && { sends: shown(sent[0] ?? new Map<string, string[]>(), sends, story.named) }),
    ...(sampled !== undefined && { sampled: share(sampled, sent) }),
    ...(counts !== undefined && {
      counts: Object.fromEntries(Object.keys(counts).map((name) => [name, grown(name)])),
    }),
  };
}

/** Jaeger is asked, and answers. */
function answerOf(jaeger: object, root: Root, emulator: Emulator): void {
  emulator.clusters.add("outbound|5778||jaeger-collector.observability.svc.cluster.local");
  emulator.clock.advance(1);
  root.tick();
  const [call] = [...root.httpCalls.values()];
  if (call === undefined) throw new Error("Jaeger is not asked");
  root.answerHttpCall(call.token, { headers: [[":status", "200"]], body: JSON.stringify(jaeger) });
}

function milliseconds(seconds: string): number {
  return Number(/^(\d+)s$/.exec(seconds)?.[1]) * 1000;
}

function send(
  root: Root,
  { clock }: Emulator,
  { direction = "inbound", request, response, stays }: Decision,
  { open }: Story,
): Map<string, string[]> {
  const { properties, ...options } = streamOf(request, "reviews");
  const xds = { listener_direction: LISTENER_DIRECTION[direction] };
  const stream = root.stream({ ...options, properties: { ...properties, xds, ...endingWith(response) } });
  const headers = new Map<string, string[]>();
  for (const [name, value] of stream.requestHeaders().headers) headers.set(name, [...(headers.get(name) ?? []), value]);
  if (response?.after !== undefined) clock.advance(milliseconds(response.after));
  if (stays === undefined) stream.end();
  else open.set(stays, stream);
  return headers;
}

/** What Envoy tells of a request that ends so. */
function endingWith(response: Decision["response"]): Record<string, PropertyValue> {
  if (response === undefined) return {};
  return { response: { code: BigInt(response.status), flags: 0n, code_details: "via_upstream" } };
}

/** Those of the headers that the example names; as the example has them where that is right. */
function shown(
  headers: ReadonlyMap<string, string[]>,
  expected: Record<string, string>,
  named: Map<string, string>,
): Record<string, string> {
  return Object.fromEntries(
    Object.entries(expected).map(([name, pattern]) => {
      const value = headers.get(name)?.join(", ") ?? "absent";
      return [name, matches(value, pattern, named) ? pattern : value];
    }),
  );
}

/** Whether a value is what an example says, names in braces standing for digits. */
function matches(value: string, pattern: string, named: Map<string, string>): boolean {
  const names = [...pattern.matchAll(/\{(\w+)\}/g)].map(([, name]) => name ?? "");
  const literal = pattern.split(/\{\w+\}/).map((part) => part.replace(/[.*+?^${}()|[\]\\]/g, "\\$&"));
  const found = new RegExp(`^${literal.join("([0-9a-f]+)")}$`).exec(value);
  if (found === null) return false;
  return names.every((name, index) => {
    const digits = found[index + 1] ?? "";
    const known = named.get(name);
    if (known !== undefined) return known === digits;
    if ([...named.values()].includes(digits)) return false;
    named.set(name, digits);
    return true;
  });
}

/** What is expected where it is right; by the binomial distribution where it is only about that. */
function share(expected: number | string, sent: readonly Map<string, string[]>[]): number | string {
  const count = sent.filter((headers) => headers.get(TRACEPARENT)?.[0]?.endsWith("03")).length;
  if (typeof expected === "number") return count;
  const [, least, most] = /^(\d+) to (\d+)$/.exec(expected) ?? [];
  if (least !== undefined) return count >= Number(least) && count <= Number(most) ? expected : count;
  const probability = Number(/^about ([\d.]+) %$/.exec(expected)?.[1]) / 100;
  const deviation = Math.sqrt(sent.length * probability * (1 - probability));
  return Math.abs(count - sent.length * probability) <= Math.max(1, DEVIATIONS * deviation)
    ? expected
    : `${(count / sent.length) * 100} %`;
}
