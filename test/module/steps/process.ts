/** A process of Envoy with large configurations: its main thread, which reads each first, and its workers. */
import {
  Emulator,
  type EmulatorOptions,
  type Headers,
  type Root,
  type RootOptions,
  type Vm,
  fromArray,
} from "../../../emulator/index.ts";
import { Compiled } from "../../support/module/compiled.ts";
import { noteOf } from "./note.ts";

/** More than the size from which on a document may be read in steps (`assembly/plugin/configure.ts`). */
const LARGE = 36_000;

const NODE = { id: "sidecar~10.0.0.1~a.default~default.svc.cluster.local", metadata: { NAMESPACE: "default" } };
export const GET: Record<string, string> = { ":authority": "a", ":path": "/", ":method": "GET", ":scheme": "http" };

/** Repeats what `item` gives for ascending numbers until all of it is large. */
export function large(item: (index: number) => object, bytes = LARGE): object[] {
  const items: object[] = [];
  for (let size = 0; size < bytes;) {
    const next = item(items.length);
    size += JSON.stringify(next).length;
    items.push(next);
  }
  return items;
}

const toPath = (path: string): object => ({ to: [{ operation: { paths: [path] } }] });

/** Policies that allow one path, and very many that no request asks for, of so many bytes. */
export function allowing(path: string, bytes?: number): object {
  const rules = [...large((index) => toPath(`/never/${index}/${path.slice(1)}`), bytes), toPath(path)];
  return { direction: "INBOUND", policies: [{ name: "p", namespace: "default", rules }] };
}

/** Policies that allow the same, in a document that is read at once. */
export function allowingAtOnce(path: string): object {
  return { direction: "INBOUND", policies: [{ name: "p", namespace: "default", rules: [toPath(path)] }] };
}

/** Routes of which the last sends every request to a subset. */
export function sendingTo(subset: string): object {
  const destination = (name: string): object => ({ route: [{ destination: { host: "reviews", subset: name } }] });
  const http = large((index) => ({ match: [{ uri: { exact: `/never/${index}` } }], ...destination("never") }));
  return { virtualServices: [{ hosts: ["*"], http: [...http, destination(subset)] }] };
}

/** Faults of which the last befalls every request. */
export function injecting(fault: object): object {
  const http = large((index) => ({ name: `n${index}`, match: [{ uri: { exact: `/never/${index}` } }], fault }));
  return { virtualServices: [{ hosts: ["*"], http: [...http, { name: "all", fault }] }] };
}

/** DestinationRules of which the last refuses every request, or leaves it alone. */
export function breaking(state: "FORCED_OPEN" | "DISABLED"): object {
  const trafficPolicy = { outlierDetection: { consecutive5xxErrors: 5 } };
  const rules = large((index) => ({ host: `never-${index}.com`, trafficPolicy }));
  return { destinationRules: [...rules, { name: "all", host: "*", state, trafficPolicy }] };
}

/** Rules of the sampler of which the last samples every trace that begins here, or none. */
export function sampling(randomSamplingPercentage: 0 | 100): object {
  const rule = (uri: object): object => ({ match: [{ uri }], randomSamplingPercentage });
  return { sampling: { rules: [...large((index) => rule({ exact: `/never/${index}` })), rule({ prefix: "/" })] } };
}

/** A document, which may be given as it is written. */
const textOf = (configuration: unknown): string =>
  typeof configuration === "string" ? configuration : JSON.stringify(configuration);

/** What a module does with a configuration, and how it shows. */
export class Process {
  readonly emulator: Emulator;
  readonly compiled: Compiled;

  constructor(
    readonly module: string,
    options: EmulatorOptions = {},
  ) {
    this.emulator = new Emulator(options);
    this.compiled = new Compiled(module);
  }

  /** The VM of another thread. */
  vm(): Vm {
    return this.compiled.loadInto(this.emulator);
  }

  /** The VM of a worker that has had a request, of a small configuration. */
  busyVm(small: unknown): Vm {
    const vm = this.vm();
    const stream = this.root(vm, small).stream({ requestHeaders: GET });
    stream.requestHeaders();
    stream.end();
    return vm;
  }

  /** What the main thread's canary says of a configuration: a VM of its own, which goes at once. */
  canary(configuration: unknown, options: RootOptions = {}): boolean {
    const root = this.root(this.vm(), configuration, options);
    root.delete();
    return root.accepted;
  }

  /** A root in a VM, accepted or not. */
  root(vm: Vm, configuration: unknown, options: RootOptions = {}): Root {
    return vm.createRoot({
      rootId: this.module,
      pluginName: `default.${this.module}`,
      node: NODE,
      ...options,
      configuration: textOf(configuration),
    });
  }

  /** A root of a worker, after the canary has accepted its configuration. */
  pushed(vm: Vm, configuration: unknown, options: RootOptions = {}): Root {
    if (!this.canary(configuration, options)) throw new Error(this.compiled.errorsOf(vm).join("\n"));
    return this.root(vm, configuration, options);
  }

  /** Writes into the note that the canary of an accepted document leaves that others were accepted, of which nobody has read any. */
  forge(accepted: unknown, others: readonly unknown[], options: RootOptions = {}): void {
    const { sharedData } = this.emulator;
    const before = new Set(sharedData.keys(""));
    this.canary(accepted, options);
    const key = sharedData.keys("").find((name) => name.startsWith("signalbox.read.") && !before.has(name));
    if (key === undefined) throw new Error("no note was left");
    sharedData.set("", key, fromArray(noteOf(others.map(textOf))));
  }

  /** Has the clock go on by so many microseconds whenever a module looks at it, so that a call of the timer does only part of the work. */
  makeLooksTake(microseconds: number): void {
    const { clock } = this.emulator;
    let now = clock.monotonic;
    Object.defineProperty(clock, "monotonic", {
      get: () => (now += BigInt(microseconds) * 1000n),
      set: (value: bigint) => (now = value),
    });
  }
}

/** What becomes of a request: the answer's details, the subset that it is sent to, `sampled`, `on` where it goes on, `held`. */
export function outcome(root: Root, requestHeaders: Headers = GET): string {
  const stream = root.stream({ requestHeaders });
  const { headers } = stream.requestHeaders();
  const subset = headers.find(([name]) => name === "x-subset")?.[1];
  const sampled = headers.some(([name, value]) => name === "traceparent" && /-0[13]$/.test(value)) ? "sampled" : "on";
  const held = stream.requestPaused && stream.localReply === undefined;
  const said = held ? "held" : (stream.localReply?.details ?? subset ?? sampled);
  stream.end();
  return said;
}
