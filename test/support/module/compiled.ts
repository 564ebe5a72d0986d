import { readFileSync } from "node:fs";
import { join } from "node:path";
import {
  Emulator,
  type EmulatorOptions,
  type Root,
  type RootOptions,
  type Vm,
  type VmOptions,
} from "../../../emulator/index.ts";
import { PROJECT } from "../../../tools/project.ts";
import { AS_SECTIONS, asLoggedBy, inSection, isFilter, moduleOf } from "./sections.ts";

/**
 * A filter's module as it is shipped, for tests in the emulator; with `MODULE=signalbox` the filter's section of that module, which is
 * then given the filter's pluginConfig, and logs as the filter does.
 */
export class Compiled {
  readonly module: Uint8Array;
  private compiled: WebAssembly.Module | undefined;

  constructor(readonly filter: string) {
    this.module = readFileSync(join(PROJECT, `build/${moduleOf(filter)}.wasm`));
  }

  /** A VM with the module in it. */
  load(options: EmulatorOptions = {}): { emulator: Emulator; vm: Vm } {
    const emulator = new Emulator(options);
    return { emulator, vm: this.loadInto(emulator) };
  }

  /** Another VM with it, a worker's, in a process. */
  loadInto(emulator: Emulator, options: VmOptions = {}): Vm {
    this.compiled ??= new WebAssembly.Module(this.module);
    const vm = emulator.instantiate(this.module, this.compiled, options);
    if (AS_SECTIONS && isFilter(this.filter)) standInFor(this.filter, vm);
    return vm;
  }

  /** A root with that pluginConfig, which must be accepted. */
  configured(vm: Vm, configuration: unknown, options: RootOptions = {}): Root {
    const root = vm.createRoot({ rootId: this.filter, ...options, configuration: JSON.stringify(configuration) });
    if (!root.accepted) throw new Error(this.errorsOf(vm).join("\n"));
    return root;
  }

  /** The errors that were logged, without the filter's name before them. */
  errorsOf(vm: Vm): string[] {
    const lines = vm.emulator.logs.filter(({ level }) => level === "critical");
    return lines.map(({ message }) => message.slice(`${this.filter}: `.length));
  }
}

/** Has the module `signalbox` take one filter's pluginConfig and log in its name. */
function standInFor(filter: string, vm: Vm): void {
  const createRoot = vm.createRoot.bind(vm);
  vm.createRoot = ({ configuration, ...options } = {}) => {
    return createRoot({ ...options, configuration: inSectionAsBytes(filter, configuration ?? "") });
  };
  const { logs } = vm.emulator;
  if (Object.hasOwn(logs, "push")) return;
  const push = logs.push.bind(logs);
  const translated: typeof push = (...lines) =>
    push(...lines.map(({ message, ...line }) => ({ ...line, message: asLoggedBy(filter, message) })));
  // Not enumerable, so that the lines are still compared as a list of lines.
  Object.defineProperty(logs, "push", { value: translated });
}

/** Bytes that are no UTF-8 are kept as they are. */
function inSectionAsBytes(filter: string, configuration: string | Uint8Array): string | Uint8Array {
  if (typeof configuration === "string") return inSection(filter, configuration);
  return Buffer.from(inSection(filter, Buffer.from(configuration).toString("latin1")), "latin1");
}
