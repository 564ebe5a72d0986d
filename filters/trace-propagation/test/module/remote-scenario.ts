import assert from "node:assert/strict";
import { Emulator, type HttpCall, type Root, type Vm } from "../../../../emulator/index.ts";
import { TRACE_PROPAGATION } from "./compiled.ts";
import { NODE } from "./reporting-scenario.ts";
import { PLUGIN, Sent, requestHeaders } from "./scenario.ts";

export const JAEGER = "outbound|5778||jaeger.observability.svc.cluster.local";
export const REMOTE = { service: "jaeger.observability.svc.cluster.local" };
export const PROBABILITY = (samplingRate: number): object => ({
  strategyType: 0,
  probabilisticSampling: { samplingRate },
});

export const LIMIT = (maxTracesPerSecond: number): object => ({
  strategyType: 1,
  probabilisticSampling: null,
  rateLimitingSampling: { maxTracesPerSecond },
  operationSampling: null,
});
/** What gives each operation its probability, and all others none. */
export const operations = (each: Record<string, number>, fields: object = {}): object => ({
  strategyType: "PROBABILISTIC",
  operationSampling: {
    defaultSamplingProbability: 0,
    defaultLowerBoundTracesPerSecond: 0,
    perOperationStrategies: Object.entries(each).map(([operation, samplingRate]) => ({
      operation,
      probabilisticSampling: { samplingRate },
    })),
    defaultUpperBoundTracesPerSecond: 0,
    ...fields,
  },
});

/** A proxy of several workers that takes its strategies from Jaeger. */
export class RemoteScenario {
  readonly emulator: Emulator;
  readonly workers: Root[];
  private readonly configuration: object;

  constructor(jaegerRemote: object = {}, { workers = 1, more = {} }: { workers?: number; more?: object } = {}) {
    const clusters = [JAEGER, "jaeger", "outbound|4318||otel.observability.svc.cluster.local"];
    this.emulator = new Emulator({ clusters });
    const named = "cluster" in jaegerRemote ? {} : REMOTE;
    this.configuration = { sampling: { jaegerRemote: { ...named, ...jaegerRemote } }, ...more };
    this.workers = Array.from({ length: workers }, () => this.worker());
  }

  /** A new root in the worker of another. */
  push(root: Root, configuration = this.configuration): Root {
    return this.worker(root.vm as Vm, configuration);
  }

  /** One more worker. */
  worker(vm = TRACE_PROPAGATION.loadInto(this.emulator), configuration = this.configuration): Root {
    return TRACE_PROPAGATION.configured(vm, configuration, { pluginName: PLUGIN, node: NODE });
  }

  get root(): Root {
    return this.workers[0] as Root;
  }

  /** Time goes by, in steps of `step` milliseconds, with the timers of all workers. */
  pass(milliseconds: number, step = 100): void {
    for (let gone = 0; gone < milliseconds; gone += step) {
      this.emulator.clock.advance(step);
      for (const root of this.workers) {
        const since = (this.ticked.get(root) ?? 0) + step;
        const isDue = root.tickPeriod > 0 && since >= root.tickPeriod;
        this.ticked.set(root, isDue ? 0 : since);
        if (isDue) root.tick();
      }
    }
  }
  private readonly ticked = new Map<Root, number>();

  /** The requests to Jaeger that have no answer yet, with the worker that sent each. */
  get calls(): { root: Root; call: HttpCall }[] {
    const all = this.workers.flatMap((root) => [...root.httpCalls.values()].map((call) => ({ root, call })));
    return all.filter(({ call }) => call.headers.some(([name, value]) => name === ":method" && value === "GET"));
  }

  /** Answers the one request that is on its way. */
  answer(body: unknown, status = 200): void {
    const { calls } = this;
    assert.equal(calls.length, 1, "requests on their way");
    const [{ root, call }] = calls as [{ root: Root; call: HttpCall }];
    const text = typeof body === "string" || body instanceof Uint8Array ? body : JSON.stringify(body);
    root.answerHttpCall(call.token, { headers: [[":status", String(status)]], body: text });
  }

  /** Asks, and has the answer known to all workers. */
  learn(body: unknown): void {
    if (this.calls.length === 0) this.pass(1, 1);
    this.answer(body);
    this.pass(1500);
  }

  begin(root = this.root, headers: Record<string, string> = {}): Sent {
    return Sent.through(root, "inbound", requestHeaders(headers)).end();
  }

  /** How many of so many traces that begin are sampled. */
  sampled(times: number, root = this.root, headers: Record<string, string> = {}): number {
    const all = Array.from({ length: times }, () => this.begin(root, headers));
    return all.filter((sent) => sent.get("traceparent")?.endsWith("-03") === true).length;
  }

  counter(name: string): number {
    return Number(this.emulator.metrics.counters.get(`trace_propagation.sampling.${name}`) ?? 0n);
  }

  get counts(): { updated: number; failed: number } {
    return { updated: this.counter("remote.updated"), failed: this.counter("remote.failed") };
  }

  lines(level: string): string[] {
    return this.emulator.logs.filter((line) => line.level === level).map(({ message }) => message);
  }
}
