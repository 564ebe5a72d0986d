import { fromUtf8, type Emulator, type Root, type Stream } from "../../emulator/index.ts";
import type { Configured } from "../filter/configured.ts";
import { headersOf, streamOf } from "./as-envoy.ts";
import type { Request } from "./request.ts";
import { rulesMet } from "./rule.ts";
import type { Unevaluated } from "../filter/expressions.ts";

/** Header by header: the value, the values of a repeated one, or null where it was taken away. */
export type Changes = Readonly<Record<string, string | string[] | null>>;

/** Header by header, in lower case, every value in order. */
export type Values = Readonly<Record<string, string[]>>;

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
  /** All that the request met, also those that only audit or try out, by where they stand. */
  readonly met: readonly string[];
  /** Expressions that could not be evaluated: the filter decided without them. */
  readonly unevaluated: readonly Unevaluated[];
  /** For how long the request was held, such as `5s`; absent where it was not. */
  readonly delay?: string;
  readonly answer?: Answer;
  /** What changed of the request's headers on the way to the service, and of the response's on the way back. */
  readonly request: Changes;
  readonly response: Changes;
  /** All headers of the request as it came, and as it went on to the service; absent if it did not. */
  readonly came: Values;
  readonly sends?: Values;
  /** All headers of what the client gets. */
  readonly answers: Values;
  /** The counters that went up. */
  readonly counters: string[];
  /** What it logged, at the level `debug`. */
  readonly logs: string[];
  /** Its host calls, in order. */
  readonly calls: string[];
}

/** The response of the service, before the filter sees it. */
export const SERVICE: Values = { ":status": ["200"] };

/** Sends one request through a configured filter, and a response of 200 back if it goes on. */
export function decide({ emulator, root, unevaluated }: Configured, request: Request): Decision {
  emulator.clock.realtime = BigInt(Date.parse(request.at ?? new Date().toISOString())) * 1_000_000n;
  emulator.logs.length = 0;
  unevaluated.length = 0;
  const before = new Map(emulator.metrics.counters);
  const stream = root.stream(streamOf(request));
  const came = valuesOf(headersOf(request));
  const { headers } = stream.requestHeaders();
  const milliseconds = wait(stream, root, emulator);
  // Read before the response, as the map is the request's no longer then.
  const received = valuesOf(decoded(headers));
  const forwarded = stream.localReply === undefined;
  const back = forwarded ? stream.responseHeaders(SERVICE).headers : [];
  const reply = stream.localReply;
  stream.end();
  const counters = [...emulator.metrics.counters].filter(([name, count]) => count !== (before.get(name) ?? 0n));
  const logs = emulator.logs.map(({ message }) => message);
  const names = counters.map(([name]) => name);
  const answers = valuesOf(decoded(reply === undefined ? back : reply.headers));
  return {
    outcome: reply === undefined ? "forwarded" : "answered",
    ...rulesMet(names, logs),
    unevaluated: [...unevaluated],
    ...(milliseconds > 0 && { delay: milliseconds % 1000 === 0 ? `${milliseconds / 1000}s` : `${milliseconds}ms` }),
    ...(reply !== undefined && {
      answer: {
        status: reply.status,
        details: fromUtf8(reply.details),
        headers: Object.fromEntries(Object.entries(answers).map(([name, values]) => [name, values.join(",")])),
        body: fromUtf8(reply.body),
      },
    }),
    request: forwarded ? changes(came, received) : {},
    response: reply === undefined ? changes(SERVICE, answers) : {},
    came,
    ...(forwarded && { sends: received }),
    answers,
    counters: names,
    logs,
    calls: stream.calls,
  };
}

/** Names and values as text. */
function decoded(pairs: readonly (readonly [string, string])[]): (readonly [string, string])[] {
  return pairs.map(([name, value]) => [fromUtf8(name), fromUtf8(value)]);
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

/** Headers by name. */
export function valuesOf(pairs: readonly (readonly [string, string])[]): Values {
  const all = new Map<string, string[]>();
  for (const [name, value] of pairs) all.set(name, [...(all.get(name) ?? []), value]);
  return Object.fromEntries(all);
}

/** What is otherwise than before. */
export function changes(before: Values, after: Values): Changes {
  const names = [...new Set([...Object.keys(before), ...Object.keys(after)])];
  const changed = names.filter((name) => JSON.stringify(before[name]) !== JSON.stringify(after[name]));
  return Object.fromEntries(
    changed.map((name) => {
      const values = after[name];
      return [name, values === undefined ? null : values.length === 1 ? (values[0] as string) : values];
    }),
  );
}
