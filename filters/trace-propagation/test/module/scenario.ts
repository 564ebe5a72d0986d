import assert from "node:assert/strict";
import type {
  Emulator,
  EmulatorOptions,
  Headers,
  Pair,
  PropertyValue,
  Root,
  Stream,
  Vm,
} from "../../../../emulator/index.ts";
import { TRACE_PROPAGATION } from "./compiled.ts";

/** W3C Trace Context's own example (§3.2.3), and B3 Propagation's ("Overall Process"). */
export const TRACE = "4bf92f3577b34da6a3ce929d0e0e4736";
export const SPAN = "00f067aa0ba902b7";
export const OTHER_TRACE = "80f198ee56343ba864fe8b2a57d3eff7";
export const OTHER_SPAN = "e457b5a2e4d86bd1";

export const traceparent = (trace = TRACE, span = SPAN, flags = "01"): string => `00-${trace}-${span}-${flags}`;

/** Of the listener that a request comes through (Envoy `core.v3.TrafficDirection`). */
const DIRECTIONS = { unspecified: 0n, inbound: 1n, outbound: 2n } as const;
export type Direction = keyof typeof DIRECTIONS;

const PSEUDO: readonly Pair[] = [
  [":authority", "reviews"],
  [":path", "/"],
  [":method", "GET"],
  [":scheme", "http"],
];

/** A request of the headers that a test is about. */
export function requestHeaders(headers: Record<string, string | readonly string[]>): Pair[] {
  return [
    ...PSEUDO.filter(([name]) => !(name in headers)),
    ...Object.entries(headers).flatMap(([name, value]) => [value].flat().map((one): Pair => [name, one])),
  ];
}

/** A request that the filter has seen. */
export class Sent {
  private constructor(
    readonly stream: Stream,
    readonly headers: readonly Pair[],
  ) {}

  /** Sends one, of which only the headers have come. It must go on. */
  static through(
    root: Root,
    direction: Direction,
    headers: Headers,
    properties: Record<string, PropertyValue> = {},
  ): Sent {
    const xds = { listener_direction: DIRECTIONS[direction] };
    const stream = root.stream({ requestHeaders: headers, properties: { xds, ...properties } });
    const outcome = stream.requestHeaders();
    assert.equal(outcome.action, "Continue");
    return new Sent(stream, outcome.headers);
  }

  /** A header as it goes on, lines joined by a comma. */
  get(name: string): string | undefined {
    const lines = this.headers.filter(([one]) => one === name).map(([, value]) => value);
    return lines.length === 0 ? undefined : lines.join(",");
  }

  /** The trace's id in its traceparent. */
  get trace(): string | undefined {
    return this.get("traceparent")?.slice(3, 35);
  }

  /** The span's id there. */
  get span(): string | undefined {
    return this.get("traceparent")?.slice(36, 52);
  }

  end(): this {
    this.stream.end();
    return this;
  }
}

export const PLUGIN = "default.trace-propagation";

/** A process with a root of the filter, and what a test does with it. */
export class Scenario {
  readonly emulator: Emulator;
  readonly vm: Vm;
  readonly root: Root;

  constructor(configuration: object, options: EmulatorOptions = {}) {
    ({ emulator: this.emulator, vm: this.vm } = TRACE_PROPAGATION.load(options));
    this.root = this.push(configuration);
  }

  /** Another root with a configuration, which has told its arrangement already. */
  push(configuration: object, pluginName = PLUGIN, vm = this.vm): Root {
    const root = TRACE_PROPAGATION.configured(vm, configuration, { pluginName });
    const upstream = { address: "10.0.0.1:9080" };
    Sent.through(root, "unspecified", requestHeaders({ traceparent: traceparent() }), { upstream }).end();
    return root;
  }

  /** Another worker of the process: a VM of its own with a root of the same configuration. */
  worker(configuration: object, pluginName = PLUGIN): Root {
    return this.push(configuration, pluginName, TRACE_PROPAGATION.loadInto(this.emulator));
  }

  inbound(headers: Record<string, string | readonly string[]>, root = this.root): Sent {
    return Sent.through(root, "inbound", requestHeaders(headers));
  }

  outbound(headers: Record<string, string | readonly string[]>, root = this.root): Sent {
    return Sent.through(root, "outbound", requestHeaders(headers));
  }

  /** The host calls that come of something; of shared data the bytes and the place are left out. */
  during(action: () => unknown): string[] {
    this.vm.hostCalls.length = 0;
    action();
    return this.vm.calls.map((call) =>
      call
        .replace(/^(set_shared_data [^=]*)=.*?( cas)=\d+$/s, "$1$2")
        .replace(/^((?:get|set)_shared_data trace-propagation\.join\.1\..*)\.[0-9a-f]{3}/, "$1.###"),
    );
  }

  counter(name: string): bigint {
    return this.emulator.metrics.counters.get(`trace_propagation.${name}`) ?? 0n;
  }
}
