import assert from "node:assert/strict";
import {
  Emulator,
  type HttpCall,
  type Pair,
  type PropertyValue,
  type Root,
  type RootOptions,
  type Vm,
  type VmOptions,
} from "../../../../emulator/index.ts";
import { publishedCapabilities } from "../../../../test/support/module/capabilities.ts";
import { TRACE_PROPAGATION } from "./compiled.ts";
import { type Received, type ReceivedSpan, decodeTraces } from "./otlp.ts";
import { type Direction, PLUGIN, Sent, requestHeaders } from "./scenario.ts";

export const COLLECTOR = "outbound|4318||otel.observability.svc.cluster.local";
export const OPENTELEMETRY = { service: "otel.observability.svc.cluster.local" };

/** What Envoy tells of a request that is over, if a test does not say otherwise. */
const ANSWERED = {
  response: { code: 200n, flags: 0n, code_details: "via_upstream" },
  request: { protocol: "HTTP/1.1" },
  source: { address: "10.0.0.9:40000" },
  upstream: { address: "10.0.0.1:9080", request_attempt_count: 1n },
};

export const NODE: NonNullable<RootOptions["node"]> = {
  id: "sidecar~10.1.2.3~reviews-v1-abc.default~default.svc.cluster.local",
  cluster: "reviews.default",
  metadata: { NAMESPACE: "default", NAME: "reviews-v1-abc" },
};

/** A request, and how it ends. */
export interface Exchange {
  direction?: Direction;
  headers?: Record<string, string | readonly string[]>;
  /** Properties in the place of those of a request that went well. */
  ends?: Record<string, PropertyValue>;
  milliseconds?: number;
}

/** A proxy whose filter reports spans, and its collector. */
export class ReportingScenario {
  readonly emulator: Vm["emulator"];
  readonly vm: Vm;
  readonly root: Root;

  constructor(reporting: object, more: object = {}, options: VmOptions = {}, node = NODE, vm?: Vm) {
    this.vm = vm ?? TRACE_PROPAGATION.loadInto(new Emulator({ clusters: [COLLECTOR] }), options);
    this.emulator = this.vm.emulator;
    const provider = "zipkin" in reporting ? {} : { opentelemetry: OPENTELEMETRY };
    const configuration = { participate: true, reporting: { ...provider, ...reporting }, ...more };
    this.root = TRACE_PROPAGATION.configured(this.vm, configuration, { pluginName: PLUGIN, node });
  }

  /** A proxy that lacks a capability; undefined if it does not take a configuration without. */
  static without(capability: string): ReportingScenario | undefined {
    const allowedCapabilities = publishedCapabilities(TRACE_PROPAGATION).filter((name) => name !== capability);
    try {
      return new ReportingScenario({}, {}, { allowedCapabilities });
    } catch {
      return undefined;
    }
  }

  /** Another root in the same VM. */
  secondRoot(): ReportingScenario {
    return new ReportingScenario({}, {}, {}, NODE, this.vm);
  }

  /** A request to its end; gives what was sent on. */
  exchange({ direction = "inbound", headers = {}, ends = {}, milliseconds = 0 }: Exchange): Sent {
    const sent = this.begin({ direction, headers, ends });
    this.emulator.clock.advance(milliseconds);
    return sent.end();
  }

  begin({ direction = "inbound", headers = {}, ends = {} }: Exchange): Sent {
    const properties = { ...ANSWERED, ...ends, xds: { cluster_name: "inbound|9080||" } };
    const xds = { ...properties.xds, listener_direction: { unspecified: 0n, inbound: 1n, outbound: 2n }[direction] };
    return Sent.through(this.root, direction, requestHeaders(headers), { ...properties, xds });
  }

  /** The requests to the collector that have no answer yet. */
  get calls(): HttpCall[] {
    return [...this.root.httpCalls.values()];
  }

  /** The timer fires when it is due; gives the one request that is then on its way. */
  flush(): HttpCall {
    this.later();
    const { calls } = this;
    assert.equal(calls.length, 1, "requests to the collector");
    return calls[0] as HttpCall;
  }

  /** The time for which the timer is set goes by, and it fires. */
  later(): void {
    this.emulator.clock.advance(this.root.tickPeriod);
    this.root.tick();
  }

  answer(status: number, headers: Pair[] = [], body: Uint8Array | string = ""): void {
    const [call] = this.calls;
    assert.ok(call);
    this.root.answerHttpCall(call.token, { headers: [[":status", String(status)], ...headers], body });
  }

  counter(name: string): number {
    return Number(this.emulator.metrics.counters.get(`trace_propagation.${name}`) ?? 0n);
  }

  /** What the counters of spans and exports say that are not 0. */
  get counts(): Record<string, number> {
    const names = [...this.emulator.metrics.counters.keys()].map((name) => name.replace("trace_propagation.", ""));
    const counted = names.filter((name) => /^(spans|exports)\./.test(name)).map((name) => [name, this.counter(name)]);
    return Object.fromEntries(counted.filter(([, count]) => count !== 0));
  }

  get warnings(): string[] {
    return this.emulator.logs.filter(({ level }) => level === "warn").map(({ message }) => message);
  }
}

export function received(call: HttpCall): Received {
  return decodeTraces(Buffer.from(call.body, "latin1"));
}

export function onlySpan(call: HttpCall): ReceivedSpan {
  const { spans } = received(call);
  assert.equal(spans.length, 1);
  return spans[0] as ReceivedSpan;
}
