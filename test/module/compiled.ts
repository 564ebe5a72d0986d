import { readFileSync } from "node:fs";
import { join } from "node:path";
import { Emulator, type EmulatorOptions, type Root, type RootOptions, type Vm } from "../../emulator/index.ts";
import { PROJECT } from "../../tools/project.ts";

/** A filter's module as it is shipped, for tests in the emulator. */
export class Compiled {
  readonly module: Uint8Array;
  private compiled: WebAssembly.Module | undefined;

  constructor(readonly filter: string) {
    this.module = readFileSync(join(PROJECT, `build/${filter}.wasm`));
  }

  /** A VM with the module in it. */
  load(options: EmulatorOptions = {}): { emulator: Emulator; vm: Vm } {
    const emulator = new Emulator(options);
    return { emulator, vm: this.loadInto(emulator) };
  }

  /** Another VM with it, a worker's, in a process. */
  loadInto(emulator: Emulator): Vm {
    this.compiled ??= new WebAssembly.Module(this.module);
    return emulator.instantiate(this.module, this.compiled);
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
