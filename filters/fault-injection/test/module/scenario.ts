import type { Emulator, EmulatorOptions, Headers, Properties, Root, Stream, Vm } from "../../../../emulator/index.ts";
import { FAULT_INJECTION } from "./compiled.ts";

export const GET = { ":authority": "ratings", ":path": "/", ":method": "GET", ":scheme": "http" };

/** Shares of all requests, and of none. */
export const ALWAYS = { percentage: { value: 100 } };
export const NEVER = { percentage: { value: 0 } };

/** A configuration with one entry of the name `r`, which every request meets. */
export function everyRequest(fault: object, fields: object = {}): object {
  return { virtualServices: [{ hosts: ["*"], http: [{ name: "r", fault }] }], ...fields };
}

/** A configuration with an entry for each path; each is named after its path, without the slash. */
export function byPath(faults: { readonly [path: string]: object }, fields: object = {}): object {
  const http = Object.entries(faults).map(([path, fault]) => ({
    name: path.slice(1),
    match: [{ uri: { prefix: path } }],
    fault,
  }));
  return { virtualServices: [{ hosts: ["*"], http }], ...fields };
}

/** A root of the filter, and what a test does with it. */
export class Scenario {
  readonly emulator: Emulator;
  readonly vm: Vm;
  readonly root: Root;

  constructor(configuration: object, options: EmulatorOptions = {}) {
    ({ emulator: this.emulator, vm: this.vm } = FAULT_INJECTION.load(options));
    this.root = this.push(configuration);
  }

  /** Another root with a configuration. */
  push(configuration: object): Root {
    return FAULT_INJECTION.configured(this.vm, configuration, { pluginName: "default.fault-injection" });
  }

  /** A request whose headers have come. */
  request(headers: Headers = GET, properties?: Properties, root = this.root): Stream {
    const stream = root.stream({ requestHeaders: headers, ...(properties !== undefined && { properties }) });
    stream.requestHeaders();
    return stream;
  }

  /** The root's timer fires when it is due, or so much earlier or later. */
  tick(later = 0, root = this.root): void {
    this.emulator.clock.advance(root.tickPeriod + later);
    root.tick();
  }

  /** The host calls that come of something, bytes of shared data left out. */
  during(action: () => void): string[] {
    this.vm.hostCalls.length = 0;
    action();
    return this.vm.calls.map((call) => call.replace(/^(set_shared_data [^=]*)=.*$/s, "$1"));
  }

  counter(name: string): bigint {
    return this.emulator.metrics.counters.get(`fault_injection.${name}`) ?? 0n;
  }

  /** The streams whose fault is active. */
  get active(): bigint {
    return this.emulator.metrics.gauges.get("fault_injection.active_faults") ?? 0n;
  }
}
