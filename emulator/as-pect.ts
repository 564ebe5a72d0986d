import { fromUtf8, type ByteString } from "./bytes.ts";
import { Emulator } from "./emulator.ts";
import { hostFunctions } from "./host/table.ts";
import { readModuleTypes } from "./module-types.ts";
import type { Pair } from "./pairs.ts";
import type { Root } from "./root.ts";
import { LOG_LEVELS } from "./status.ts";
import type { HeadersOutcome, Stream } from "./stream.ts";
import { Vm } from "./vm.ts";

// eslint-disable-next-line @typescript-eslint/no-explicit-any -- each function has its own parameters
type HostFunction = (...parameters: any[]) => unknown;

/** What a specification is given, by module and name. */
export interface AsPectHost {
  /** `env` and WASI: the proxy's functions that it imports. `emulator`: what test/support/spec/emulator.ts declares. */
  readonly imports: Readonly<Record<string, Readonly<Record<string, HostFunction>>>>;
  /** To be called with what the instance exports, before a test runs. */
  connect(exports: Readonly<Record<string, unknown>>): void;
}

/** What of the runtime a compiled specification exports (`exportRuntime`). */
interface Runtime {
  readonly memory: WebAssembly.Memory;
  readonly malloc?: (size: number) => number;
  __new(size: number, classId: number): number;
  __pin(pointer: number): number;
}

/** Class ids of AssemblyScript's runtime (std/assembly/rt/common.ts). */
const ARRAY_BUFFER = 1;
const STRING = 2;

/** Leaves a callback without an end: a specification runs in the midst of it, and sees what can be seen then. */
const STOP_ALL_AND_WATERMARK = 3;

/**
 * A recording proxy for one specification, which as-pect runs in a single module with what it tests: a plugin (`root`) and
 * one request at a time. What the specification calls of module `emulator` prepares it and asks what came of it.
 *
 * @param binary the compiled specification
 */
export function asPectHost(binary: Uint8Array): AsPectHost {
  const { imports } = readModuleTypes(binary);
  let runtime: Runtime | undefined;
  let proxy = new SpecProxy();

  const exported = (): Runtime => {
    if (runtime === undefined) throw new Error("the specification is not connected to its host yet");
    return runtime;
  };

  function text(pointer: number): string {
    const { buffer } = exported().memory;
    const size = new DataView(buffer).getUint32(pointer - 4, true);
    return String.fromCharCode(...new Uint16Array(buffer.slice(pointer, pointer + size)));
  }

  function give(value: string): number {
    const pointer = exported().__new(value.length * 2, STRING);
    const view = new DataView(exported().memory.buffer);
    for (let i = 0; i < value.length; i++) view.setUint16(pointer + 2 * i, value.charCodeAt(i), true);
    return pointer;
  }

  function restart(): void {
    proxy = new SpecProxy();
    proxy.connect(exported());
  }

  const forProxy = (qualified: string): HostFunction => {
    const name = qualified.slice(qualified.indexOf(".") + 1);
    return (...parameters) => proxy.functions(imports)[qualified.split(".")[0]!]![name]!(...parameters);
  };

  const modules: Record<string, Record<string, HostFunction>> = {
    emulator: {
      restart,
      startRequest: (headers: number) => proxy.startRequest(parsePairs(text(headers))),
      startResponse: (headers: number) => proxy.startResponse(parsePairs(text(headers))),
      enterRoot: () => proxy.enterRoot(),
      setProperty: (path: number, value: number) => proxy.properties.set(text(path), text(value)),
      removeProperty: (path: number) => proxy.properties.delete(text(path)),
      fail: (name: number, status: number) => proxy.emulator.fail(text(name), status),
      clearFaults: () => proxy.emulator.clearFaults(),
      setTime: (nanoseconds: bigint) => (proxy.emulator.clock.realtime = nanoseconds),
      setLogLevel: (level: number) => (proxy.emulator.logLevel = LOG_LEVELS[level] ?? "info"),
      calls: () => give(proxy.takeCalls().join("\n")),
      logs: () => give(proxy.emulator.logs.map(({ level, message }) => `${level} ${message}`).join("\n")),
      requestHeaders: () => give(proxy.requestHeaders().map(line).join("\n")),
      responseHeaders: () => give(proxy.responseHeaders().map(line).join("\n")),
      localReply: () => give(proxy.localReply()),
      routeClears: () => proxy.stream?.routeClears ?? 0,
      filterState: (key: number) => give(proxy.stream?.filterState.get(text(key))?.value ?? ""),
      counter: (name: number) => proxy.emulator.metrics.counters.get(text(name)) ?? 0n,
      gauge: (name: number) => proxy.emulator.metrics.gauges.get(text(name)) ?? 0n,
    },
  };
  const known = hostFunctions(proxy.vm);
  for (const qualified of imports.keys()) {
    const [module = "", name = ""] = qualified.split(".");
    if (known.has(qualified)) (modules[module] ??= {})[name] = forProxy(qualified);
  }
  return {
    imports: modules,
    connect(exports) {
      runtime = exports as unknown as Runtime;
      proxy.connect(runtime);
    },
  };
}

/** One process, VM, plugin and, from `startRequest` on, request. */
class SpecProxy {
  readonly emulator = new Emulator({ clusters: ["cluster"], logLevel: "trace" });
  readonly vm = new Vm(this.emulator, {});
  /** By path, segments separated by a dot. */
  readonly properties = new Map<string, ByteString>();
  stream: Stream | undefined;

  private root: Root | undefined;
  private request: HeadersOutcome | undefined;
  private response: HeadersOutcome | undefined;
  private imported: WebAssembly.Imports | undefined;
  private taken = 0;

  connect(runtime: Runtime): void {
    const malloc = runtime.malloc ?? ((size: number) => runtime.__pin(runtime.__new(size, ARRAY_BUFFER)));
    const midst = (): number => STOP_ALL_AND_WATERMARK;
    const callbacks = { proxy_on_request_headers: midst, proxy_on_response_headers: midst };
    this.vm.attach({ memory: runtime.memory, malloc, ...callbacks }, { imports: new Map(), exports: new Map() });
    this.root = this.vm.createRoot({ rootId: "spec" });
    this.enterRoot();
  }

  functions(imports: ReadonlyMap<string, string>): Record<string, Record<string, HostFunction>> {
    const known = hostFunctions(this.vm);
    const own = new Map([...imports].filter(([qualified]) => known.has(qualified)));
    this.imported ??= this.vm.imports({ imports: own, exports: new Map() });
    return this.imported as unknown as Record<string, Record<string, HostFunction>>;
  }

  enterRoot(): void {
    this.vm.settle();
    if (this.root !== undefined) this.vm.current = this.root;
  }

  startRequest(headers: readonly Pair[]): void {
    this.vm.settle();
    this.stream = this.root!.stream({
      requestHeaders: headers,
      properties: (path) => this.properties.get(path.join(".")),
    });
    this.request = this.stream.requestHeaders();
    this.response = undefined;
    this.vm.current = this.stream;
  }

  startResponse(headers: readonly Pair[]): void {
    const stream = this.stream!;
    // The request goes on, so its headers cannot be seen any more.
    stream.continueStream(false);
    this.vm.settle();
    this.response = stream.responseHeaders(headers);
    this.vm.current = stream;
  }

  requestHeaders(): readonly Pair[] {
    return this.request?.headers ?? [];
  }

  responseHeaders(): readonly Pair[] {
    return this.response?.headers ?? [];
  }

  takeCalls(): string[] {
    const calls = this.vm.calls.slice(this.taken);
    this.taken = this.vm.hostCalls.length;
    return calls;
  }

  localReply(): string {
    this.vm.settle();
    const reply = this.stream?.localReply;
    return reply === undefined ? "" : `${reply.status} ${reply.details}\n${fromUtf8(reply.body)}`;
  }
}

/** Headers in lines, `name: value` each. */
function parsePairs(lines: string): Pair[] {
  return lines
    .split("\n")
    .filter((one) => one !== "")
    .map((one) => {
      const colon = one.indexOf(": ", 1);
      return colon < 0 ? [one.replace(/:$/, ""), ""] : [one.slice(0, colon), one.slice(colon + 2)];
    });
}

function line([name, value]: Pair): string {
  return `${name}: ${value}`;
}
