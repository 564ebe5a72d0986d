import { ABI_VERSION, CALLBACKS, ENTRY_POINTS, OLDER_ABI_VERSIONS, type Callback } from "./callbacks.ts";
import { HostCall } from "./calls.ts";
import { Context } from "./context.ts";
import { utf8, type ByteString } from "./bytes.ts";
import { exportedGlobals } from "./export-globals.ts";
import type { HostFunction, HostView } from "./host/function.ts";
import { allowedAtStart, allowedInAllocation, hostFunctions } from "./host/table.ts";
import { ERRNO } from "./host/wasi.ts";
import { levelNumber } from "./log.ts";
import { VmMemory } from "./memory.ts";
import { MetricIds } from "./metrics.ts";
import { readModuleTypes, type ModuleTypes } from "./module-types.ts";
import type { Process } from "./process.ts";
import { keepLength, keepMap } from "./snapshot.ts";
import { LOG_LEVELS, Status } from "./status.ts";

/** How a VM is configured (envoy.extensions.wasm.v3.VmConfig and PluginConfig). */
export interface VmOptions {
  /** The namespace of shared data and queues; empty under Istio. */
  readonly vmId?: string;
  /** What `proxy_on_vm_start` may read; text in UTF-8. */
  readonly configuration?: string;
  /** Variables that WASI gives. */
  readonly environment?: Readonly<Record<string, string>>;
  /** The only host functions and callbacks that there are (`capability_restriction_config`); all of them where absent. */
  readonly allowedCapabilities?: readonly string[];
}

/** A module that the proxy does not take; the message is Envoy's. */
export class LoadError extends Error {
  override name = "LoadError";
}

/** A trap that the proxy itself sets off. */
class Trap extends Error {
  override name = "RuntimeError";
}

// eslint-disable-next-line @typescript-eslint/no-explicit-any -- each export has its own parameters
type Exported = (...parameters: any[]) => unknown;

/**
 * One module, loaded and started, and the contexts that it knows: what calls its callbacks and what its host calls act upon.
 * `Vm` adds the plugins.
 */
export class Instance implements HostView {
  readonly vmId: string;
  readonly configuration: ByteString;
  readonly environment: Readonly<Record<string, string>>;
  readonly metricIds: MetricIds;
  /** Every host call that the module made, in order, where the emulator records. */
  readonly hostCalls: HostCall[] = [];
  /** Why it failed: a trap, most of all. Nothing in it is called any more then. */
  failed: string | undefined;
  /** The context whose callback runs. */
  current: Context;
  /** Whether the callback that runs sent a local reply, which stops the stream whatever it returns. */
  stopIteration = false;
  memory: VmMemory = new VmMemory(new WebAssembly.Memory({ initial: 0 }));

  private readonly own: Context;
  private readonly contexts = new Map<number, Context>();
  private readonly afterCall: (() => void)[] = [];
  private readonly callbacks: Partial<Record<Callback, Exported>> = {};
  private malloc: Exported | undefined;
  private nextContextId = 1;
  private nextCallOut = 0;
  private effectiveId = 0;
  /** Which host functions may be called now; all where undefined. */
  private restriction: ((qualified: string) => boolean) | undefined;

  constructor(
    readonly emulator: Process,
    private readonly options: VmOptions,
  ) {
    this.vmId = options.vmId ?? "";
    this.configuration = utf8(options.configuration ?? "");
    this.environment = options.environment ?? {};
    this.metricIds = new MetricIds(emulator.metrics);
    this.own = this.current = new Context(this, 0);
    this.contexts.set(0, this.own);
  }

  /** The size of the module's memory in bytes. */
  get memoryBytes(): number {
    return this.memory.size;
  }

  /** The host calls as lines, such as `get_property connection.mtls`. */
  get calls(): string[] {
    return this.hostCalls.map(String);
  }

  /** How many contexts there are: roots and streams not deleted yet. */
  get contextCount(): number {
    return this.contexts.size - 1;
  }

  /** A global that the module exports under this name, if it does. */
  exportedGlobal(name: string): WebAssembly.Global | undefined {
    return this.exported[name] as WebAssembly.Global | undefined;
  }

  /** Whether the module exports this callback and is allowed to. */
  exports(callback: Callback): boolean {
    return this.callbacks[callback] !== undefined;
  }

  /** The context that host calls act upon: the one chosen with `proxy_set_effective_context`, else the running one. */
  get effective(): Context {
    return this.effectiveId === 0 ? this.current : (this.contexts.get(this.effectiveId) ?? this.current);
  }

  setEffectiveContext(id: number): boolean {
    if (!this.contexts.has(id)) return false;
    this.effectiveId = id;
    return true;
  }

  /** Makes a context with the next id. */
  register<T extends Context>(context: (id: number) => T): T {
    const id = this.nextContextId++;
    const created = context(id);
    this.contexts.set(id, created);
    return created;
  }

  unregister(context: Context): void {
    this.contexts.delete(context.id);
  }

  /** The token of the next HTTP call; its low bits say that it is one (proxy-wasm-cpp-host wasm.h). */
  nextCallOutToken(): number {
    return (this.nextCallOut += 4);
  }

  /** Calls a callback; 0 where it is not exported or traps. */
  call(context: Context, callback: Callback, a = 0, b = 0, c = 0, d = 0): number {
    const exported = this.callbacks[callback];
    return exported === undefined ? 0 : this.run(context, callback, exported, context.id, a, b, c, d);
  }

  /** Has something done once the callback that runs has returned, as Envoy does with what would re-enter the module. */
  defer(action: () => void): void {
    this.afterCall.push(action);
  }

  /** Ends a callback: what was deferred is done. */
  settle(): void {
    this.stopIteration = false;
    while (this.afterCall.length > 0) this.afterCall.shift()!();
  }

  /**
   * Hands bytes to the module: room from its `malloc`, and address and size written where it wants them. No bytes are
   * address 0, without asking for room.
   */
  give(value: ByteString, out: number, outSize: number): number {
    const address = value === "" ? 0 : this.copyIn(value);
    if (address === 0 && value !== "") return Status.InvalidMemoryAccess;
    const written = this.memory.writeU32(out, address) && this.memory.writeU32(outSize, value.length);
    return written ? Status.Ok : Status.InvalidMemoryAccess;
  }

  /** Copies bytes into room from the module's `malloc`; 0 where there is none. */
  copyIn(value: ByteString): number {
    const address = this.allocate(value.length);
    return address !== 0 && this.memory.write(address, value) ? address : 0;
  }

  /**
   * Keeps the module's memory and globals, and its roots, so that requests can be made as if none had been before. The module
   * must have been given to `exportGlobals`, unless it has no mutable globals; streams that live now are not kept.
   */
  snapshot(): () => void {
    const { failed, nextContextId, nextCallOut } = this;
    const kept = [this.memory, this.metricIds, ...this.contexts.values()]
      .map((part) => part.snapshot())
      .filter((restore) => restore !== undefined);
    kept.push(keepMap(this.contexts), keepLength(this.hostCalls));
    const globals = this.globals.map((global) => [global, global.value] as const);
    return () => {
      for (const restore of kept) restore();
      for (const [global, value] of globals) global.value = value;
      Object.assign(this, { failed, nextContextId, nextCallOut, stopIteration: false });
      this.afterCall.length = 0;
    };
  }

  log(level: number, message: string): void {
    const { root, id } = this.effective;
    this.emulator.logs.push({ level: LOG_LEVELS[level]!, message, rootId: root?.rootId ?? "", contextId: id });
  }

  logIfEnabled(level: number, message: string): void {
    if (level >= levelNumber(this.emulator.logLevel)) this.log(level, message);
  }

  /** @throws LoadError where Envoy would not take the module */
  load(bytes: Uint8Array, module: WebAssembly.Module): void {
    const types = readModuleTypes(bytes);
    if (!types.exports.has(ABI_VERSION)) throw new LoadError(abiMessage(types));
    this.attach(new WebAssembly.Instance(module, this.imports(types)).exports, types);
    this.start();
  }

  /** The imports that a module asks for, by module and name. */
  imports(types: ModuleTypes): WebAssembly.Imports {
    const table = hostFunctions(this);
    const imports: Record<string, Record<string, WebAssembly.ImportValue>> = {};
    for (const [qualified, type] of types.imports) {
      const host = table.get(qualified);
      if (host === undefined) {
        throw new LoadError(`Failed to load Wasm module due to a missing import: ${qualified}`);
      }
      if (host.type !== type) {
        const message = `Failed to load Wasm module due to an import type mismatch: ${qualified}`;
        throw new LoadError(`${message}, want: ${type}, but host exports: ${host.type}`);
      }
      const [module = "", name = ""] = qualified.split(".");
      (imports[module] ??= {})[name] = this.wrap(qualified, name, this.permitted(name, host));
    }
    return imports;
  }

  /** Takes what an instance exports as this VM's. */
  attach(exports: WebAssembly.Exports, types: ModuleTypes): void {
    this.memory = new VmMemory(exports["memory"] as WebAssembly.Memory);
    for (const [name, want] of [...Object.entries(ENTRY_POINTS), ...Object.entries(CALLBACKS)]) {
      const type = types.exports.get(name);
      if (type === undefined || type === want || !this.isAllowed(name)) continue;
      throw new LoadError(`Bad function signature for: ${name}, want: ${want}, but the module exports: ${type}`);
    }
    for (const callback of Object.keys(CALLBACKS) as Callback[]) {
      const exported = exports[callback];
      if (typeof exported === "function" && this.isAllowed(callback)) this.callbacks[callback] = exported as Exported;
    }
    this.malloc = (exports["malloc"] ?? exports["proxy_on_memory_allocate"]) as Exported | undefined;
    if (this.malloc === undefined) throw new LoadError("Wasm module is missing malloc function.");
    this.entry = exports as Record<string, Exported>;
    this.globals = exportedGlobals(exports);
    this.exported = exports;
  }

  private entry: Record<string, Exported> = {};
  private globals: readonly WebAssembly.Global[] = [];
  private exported: WebAssembly.Exports = {};

  private start(): void {
    const { _initialize, _start, main, __main_void } = this.entry;
    this.restriction = allowedAtStart;
    if (_initialize !== undefined) {
      this.run(this.own, "_initialize", _initialize);
      if (main !== undefined) this.run(this.own, "main", main, 0, 0);
      else if (__main_void !== undefined) this.run(this.own, "__main_void", __main_void);
    } else if (_start !== undefined) {
      this.run(this.own, "_start", _start);
    }
    this.restriction = undefined;
    if (this.failed !== undefined) throw new LoadError(this.failed);
  }

  private run(context: Context, name: string, exported: Exported, a = 0, b = 0, c = 0, d = 0, e = 0): number {
    const { current, effectiveId } = this;
    this.current = context;
    this.effectiveId = 0;
    try {
      return (exported(a, b, c, d, e) as number | undefined) ?? 0;
    } catch (error) {
      if (!isTrap(error)) throw error;
      this.failed ??= `Function: ${name} failed: Uncaught ${error.name}: ${error.message}`;
      return 0;
    } finally {
      this.current = current;
      this.effectiveId = effectiveId;
    }
  }

  /** Room for `size` bytes from the module's `malloc`; 0 where it has none, or gives what does not lie in memory. */
  allocate(size: number): number {
    const { emulator } = this;
    if (this.malloc === undefined) return 0;
    if (emulator.isWatched && emulator.faultFor(new HostCall("malloc", String(size))) !== undefined) return 0;
    const before = this.restriction;
    this.restriction = allowedInAllocation;
    const address = this.run(this.own, "malloc", this.malloc, size) >>> 0;
    this.restriction = before;
    return this.memory.covers(address, size) ? address : 0;
  }

  private isAllowed(name: string): boolean {
    const { allowedCapabilities } = this.options;
    if (!name.startsWith("proxy_") || name === "proxy_on_memory_allocate") return true;
    return allowedCapabilities === undefined || allowedCapabilities.includes(name);
  }

  /** The function, or the stub that stands for it where the module may not use it (proxy-wasm-cpp-host exports.h). */
  private permitted(name: string, host: HostFunction): HostFunction {
    const { allowedCapabilities } = this.options;
    const isEmscripten = name === "emscripten_notify_memory_growth" || name === "pthread_equal";
    if (allowedCapabilities === undefined || allowedCapabilities.includes(name) || isEmscripten) return host;
    // Envoy 1.40.0: a forbidden get_header_map_value gives 10.
    const status = name.startsWith("proxy_") ? Status.InternalFailure : ERRNO.notCapable;
    return { ...host, call: () => (host.type.endsWith(":i") ? status : undefined) };
  }

  /** The import: straight to the function, or by way of the record, the faults and what is not allowed just now. */
  private wrap(qualified: string, name: string, { call, show, type }: HostFunction): Exported {
    const count = type.indexOf(":");
    // Named parameters, as many as any has, so that a call makes no array.
    return (a, b, c, d, e, f, g, h, i, j, k, l) => {
      if (this.restriction !== undefined && !this.restriction(qualified)) throw new Trap("restricted_callback");
      if (!this.emulator.isWatched) return call(a, b, c, d, e, f, g, h, i, j, k, l);
      const parameters = [a, b, c, d, e, f, g, h, i, j, k, l].slice(0, count);
      const record = new HostCall(name, show?.(...parameters) ?? "");
      const { current } = this;
      const fault = this.emulator.faultFor(record);
      if (this.emulator.record) {
        this.hostCalls.push(record);
        current.hostCalls.push(record);
      }
      const result = fault ?? call(...parameters);
      record.status = typeof result === "number" ? result : 0;
      return result;
    };
  }
}

function abiMessage({ exports }: ModuleTypes): string {
  const older = OLDER_ABI_VERSIONS.find((name) => exports.has(name));
  return older === undefined
    ? "Missing or unknown Proxy-Wasm ABI version"
    : `the emulator speaks ABI 0.2.1, the module ${older.slice("proxy_abi_version_".length).replaceAll("_", ".")}`;
}

/** A trap of the module, other than an error of what a test put in. */
function isTrap(error: unknown): error is Error {
  if (error instanceof WebAssembly.RuntimeError || error instanceof Trap) return true;
  // A module that recurses without end is no RuntimeError in any engine.
  return error instanceof Error && /call stack|too much recursion/i.test(error.message);
}
