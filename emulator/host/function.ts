import type { ByteString } from "../bytes.ts";
import type { Context } from "../context.ts";
import type { VmMemory } from "../memory.ts";
import type { MetricIds } from "../metrics.ts";
import type { Process } from "../process.ts";

/** What host functions see of the VM whose module calls them. */
export interface HostView {
  readonly vmId: string;
  /** Variables that WASI gives. */
  readonly environment: Readonly<Record<string, string>>;
  readonly emulator: Process;
  readonly memory: VmMemory;
  readonly metricIds: MetricIds;
  /** The context whose callback runs. */
  readonly current: Context;
  /** The context that host calls act upon: the one chosen with `proxy_set_effective_context`, else the running one. */
  readonly effective: Context;
  /** Whether the callback that runs sent a local reply, which stops the stream whatever it returns. */
  stopIteration: boolean;
  /** Chooses the effective context; false where there is none of that id. */
  setEffectiveContext(id: number): boolean;
  /** Hands bytes to the module; gives a status. */
  give(value: ByteString, out: number, outSize: number): number;
  /** Copies bytes into room from the module's `malloc`; 0 where there is none. */
  copyIn(value: ByteString): number;
  /** Room for `size` bytes from the module's `malloc`; 0 where it has none. */
  allocate(size: number): number;
  log(level: number, message: string): void;
  logIfEnabled(level: number, message: string): void;
}

/**
 * A function that a module can import.
 *
 * Its parameters arrive as WebAssembly passes them: an i32 as a signed number, an i64 as a bigint.
 */
export interface HostFunction {
  /** Parameters and result, such as `iiii:i`; `l` is an i64. */
  readonly type: string;
  // eslint-disable-next-line @typescript-eslint/no-explicit-any -- each has its own parameters
  readonly call: (...parameters: any[]) => number | void;
  /** Its arguments in words, for the record; called before `call`. */
  // eslint-disable-next-line @typescript-eslint/no-explicit-any -- as above
  readonly show?: (...parameters: any[]) => string;
}

/** Host functions by their full name. */
export type HostFunctions = Readonly<Record<string, HostFunction>>;
