import { fromUtf8, type Emulator, type LocalReply, type Root, type Stream } from "../../emulator/index.ts";
import type { Configured } from "../filter/configured.ts";
import { headersOf, streamOf } from "./as-envoy.ts";
import { circuitOf, circuitsOf, type CircuitState } from "./circuits.ts";
import { changes, valuesOf, type Changes, type Values } from "./headers.ts";
import type { Request } from "./request.ts";
import { rulesMet } from "./rule.ts";
import { ANSWERS, respond, type Upstream } from "./upstream.ts";
import type { Unevaluated } from "../filter/expressions.ts";

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
  /** The circuit that the request belongs to; absent if it belongs to none. */
  readonly circuit?: string;
  /** How circuits are after the request, by their names; absent if there are none. */
  readonly circuits?: Readonly<Record<string, CircuitState>>;
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

/** How a request comes. */
export interface Arrival {
  /** Whether it is one of several, so that it matters to those after it what becomes of it. */
  readonly inSequence?: boolean;
  /** Whether the time goes on from where it is; else it is what the request says, or now. */
  readonly goesOn?: boolean;
}

/** A request that a configured filter has seen, and that has not come to its end. */
export interface Begun {
  /** The filter's answer, if it has given one. */
  readonly reply: LocalReply | undefined;
  /** The request comes to its end. If the filter has not answered it, that is what becomes of it. */
  end(upstream: Upstream): Decision;
}

/** Sends one request through a configured filter, and a response of 200 back if it goes on. */
export function decide(configured: Configured, request: Request): Decision {
  return begin(configured, request).end(ANSWERS);
}

/** Sends one request through a configured filter, up to where it goes on or is answered. */
export function begin(configured: Configured, request: Request, { goesOn = false }: Arrival = {}): Begun {
  const { emulator, root, unevaluated } = configured;
  if (!goesOn || request.at !== undefined) {
    emulator.clock.realtime = BigInt(Date.parse(request.at ?? new Date().toISOString())) * 1_000_000n;
  }
  const seen = new Seen(configured);
  const options = streamOf(request);
  const properties = { ...options.properties, response: {}, upstream: {} };
  const stream = root.stream({ ...options, properties });
  const came = valuesOf(headersOf(request));
  const { milliseconds, received } = seen.during(() => {
    const { headers } = stream.requestHeaders();
    const held = wait(stream, root, emulator);
    // Read before the response, as the map is the request's no longer then.
    return { milliseconds: held, received: valuesOf(decoded(headers)) };
  });
  const asked = [...unevaluated];
  const end = (upstream: Upstream): Decision => {
    const forwarded = stream.localReply === undefined;
    const back = seen.during(() => {
      const headers = forwarded ? respond(stream, emulator, properties, upstream, isGrpc(came)) : [];
      stream.end();
      return headers;
    });
    const reply = stream.localReply;
    const answers = valuesOf(decoded(reply === undefined ? back : reply.headers));
    const circuit = circuitOf(stream);
    const circuits = circuitsOf(configured);
    return {
      outcome: reply === undefined ? "forwarded" : "answered",
      ...rulesMet(seen.counters, seen.logs, circuit),
      unevaluated: [...asked, ...unevaluated.filter((one) => !asked.includes(one))],
      ...(milliseconds > 0 && { delay: milliseconds % 1000 === 0 ? `${milliseconds / 1000}s` : `${milliseconds}ms` }),
      ...(reply !== undefined && { answer: answerOf(reply, answers) }),
      ...(circuit !== undefined && { circuit }),
      ...(circuits !== undefined && { circuits }),
      request: forwarded ? changes(came, received) : {},
      response: reply === undefined ? changes(sentBy(upstream), answers) : {},
      came,
      ...(forwarded && { sends: received }),
      answers,
      counters: seen.counters,
      logs: seen.logs,
      calls: callsOf(stream, configured),
    };
  };
  return { reply: stream.localReply, end };
}

/** What a filter counts and logs of one request, whatever else happens between. */
class Seen {
  readonly logs: string[] = [];
  private readonly rose = new Set<string>();

  constructor(private readonly configured: Configured) {}

  during<T>(action: () => T): T {
    const { emulator, unevaluated } = this.configured;
    emulator.logs.length = 0;
    unevaluated.length = 0;
    const before = new Map(emulator.metrics.counters);
    const result = action();
    for (const [name, count] of emulator.metrics.counters) if (count !== (before.get(name) ?? 0n)) this.rose.add(name);
    this.logs.push(...emulator.logs.map(({ message }) => message));
    return result;
  }

  /** The counters that went up, in the order in which the filter has them. */
  get counters(): string[] {
    return [...this.configured.emulator.metrics.counters.keys()].filter((name) => this.rose.has(name));
  }
}

function answerOf(reply: LocalReply, answers: Values): Answer {
  return {
    status: reply.status,
    details: fromUtf8(reply.details),
    headers: Object.fromEntries(Object.entries(answers).map(([name, values]) => [name, values.join(",")])),
    body: fromUtf8(reply.body),
  };
}

/** The response before the filter sees it; of an upstream that does not answer nothing is known before. */
export function sentBy({ status, headers, flag, breaksOff }: Upstream): Values {
  return flag === undefined || breaksOff ? { ":status": [String(status)], ...headers } : {};
}

function isGrpc(headers: Values): boolean {
  return /^application\/grpc(?:\+|$)/.test(headers["content-type"]?.[0] ?? "");
}

/** The host calls of a stream, without those that the filter makes only because this command wants to know its circuit. */
function callsOf(stream: Stream, { exposed }: Configured): string[] {
  return exposed ? stream.calls.filter((call) => !call.startsWith("set_property circuit=")) : stream.calls;
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
