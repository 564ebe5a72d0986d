import { fromUtf8, type Emulator, type Pair, type Root, type Stream } from "../../emulator/index.ts";
import type { Configured } from "../filter/configured.ts";
import { streamOf, type Request } from "./request.ts";
import { ruleOf } from "./rule.ts";

/** Header by header: the value, the values of a repeated one, or null where it was taken away. */
export type Changes = Readonly<Record<string, string | string[] | null>>;

/** What the filter answered in the service's place. */
export interface Answer {
  readonly status: number;
  /** `%RESPONSE_CODE_DETAILS%` */
  readonly details: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/** What the compiled filter made of one request. */
export interface Decision {
  readonly outcome: "forwarded" | "answered";
  /** The rule, route or entry that decided, as the filter counts or logs it; `none` where none did. */
  readonly rule: string;
  /** For how long the request was held, such as `5s`; absent where it was not. */
  readonly delay?: string;
  readonly answer?: Answer;
  /** What changed of the request's headers on the way to the service, and of the response's on the way back. */
  readonly request: Changes;
  readonly response: Changes;
  /** The counters that went up. */
  readonly counters: string[];
  /** What it logged, at the level `debug`. */
  readonly logs: string[];
  /** Its host calls, in order. */
  readonly calls: string[];
}

/** The response of the service behind, before the filter sees it. */
const SERVICE: Readonly<Record<string, string>> = { ":status": "200" };

/** Sends one request through a configured filter, and a response of 200 back where it goes on. */
export function decide({ emulator, root }: Configured, request: Request): Decision {
  emulator.clock.realtime = BigInt(Date.parse(request.at ?? new Date().toISOString())) * 1_000_000n;
  emulator.logs.length = 0;
  const before = new Map(emulator.metrics.counters);
  const stream = root.stream(streamOf(request));
  const sent = valuesOf(
    Object.entries(streamOf(request).requestHeaders as Record<string, string | string[]>).flatMap(flat),
  );
  const { headers } = stream.requestHeaders();
  const milliseconds = wait(stream, root, emulator);
  // Read before the response, as the map is the request's no longer then.
  const received = valuesOf(headers);
  const forwarded = stream.localReply === undefined;
  const back = forwarded ? stream.responseHeaders(SERVICE).headers : [];
  const reply = stream.localReply;
  stream.end();
  const counters = [...emulator.metrics.counters].filter(([name, count]) => count !== (before.get(name) ?? 0n));
  const logs = emulator.logs.map(({ message }) => message);
  const names = counters.map(([name]) => name);
  return {
    outcome: reply === undefined ? "forwarded" : "answered",
    rule: ruleOf(names, logs),
    ...(milliseconds > 0 && { delay: milliseconds % 1000 === 0 ? `${milliseconds / 1000}s` : `${milliseconds}ms` }),
    ...(reply !== undefined && {
      answer: {
        status: reply.status,
        details: fromUtf8(reply.details),
        headers: Object.fromEntries(reply.headers.map(([name, value]) => [name, fromUtf8(value)])),
        body: fromUtf8(reply.body),
      },
    }),
    request: reply !== undefined && !forwarded ? {} : changes(sent, received),
    response: reply === undefined ? changes(valuesOf(Object.entries(SERVICE)), valuesOf(back)) : {},
    counters: names,
    logs,
    calls: stream.calls,
  };
}

function flat([name, value]: [string, string | string[]]): Pair[] {
  return (Array.isArray(value) ? value : [value]).map((one) => [name, one]);
}

/** Lets time pass until the request is held no more; gives how long that took, in milliseconds. */
function wait(stream: Stream, root: Root, { clock }: Emulator): number {
  const start = clock.monotonic;
  while (stream.requestPaused && stream.localReply === undefined && root.tickPeriod > 0) {
    clock.advance(root.tickPeriod);
    root.tick();
  }
  return Number(clock.monotonic - start) / 1e6;
}

function valuesOf(pairs: readonly (readonly [string, string])[]): Map<string, string[]> {
  const all = new Map<string, string[]>();
  for (const [name, value] of pairs) all.set(name, [...(all.get(name) ?? []), fromUtf8(value)]);
  return all;
}

function changes(before: Map<string, string[]>, after: Map<string, string[]>): Changes {
  const names = [...new Set([...before.keys(), ...after.keys()])];
  const changed = names.filter((name) => JSON.stringify(before.get(name)) !== JSON.stringify(after.get(name)));
  return Object.fromEntries(
    changed.map((name) => {
      const values = after.get(name);
      return [name, values === undefined ? null : values.length === 1 ? (values[0] as string) : values];
    }),
  );
}
