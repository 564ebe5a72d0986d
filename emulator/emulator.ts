import { Process, type ProcessOptions } from "./process.ts";
import { LoadError, Vm, type VmOptions } from "./vm.ts";

export type EmulatorOptions = ProcessOptions;

/** One Envoy process, into which modules can be loaded. */
export class Emulator extends Process {
  /**
   * Compiles, links and starts a module.
   *
   * @throws LoadError where Envoy would not take it
   */
  async load(bytes: Uint8Array, options: VmOptions = {}): Promise<Vm> {
    return this.instantiate(bytes, await accepted(() => WebAssembly.compile(unshared(bytes))), options);
  }

  /** `load` without waiting; browsers refuse it for large modules outside of workers. */
  loadSync(bytes: Uint8Array, options: VmOptions = {}): Vm {
    try {
      return this.instantiate(bytes, new WebAssembly.Module(unshared(bytes)), options);
    } catch (error) {
      throw notAccepted(error);
    }
  }

  /** `load` with a module that has been compiled before from the same bytes. */
  instantiate(bytes: Uint8Array, module: WebAssembly.Module, options: VmOptions = {}): Vm {
    const vm = new Vm(this, options);
    vm.load(bytes, module);
    return vm;
  }
}

async function accepted<T>(compile: () => Promise<T>): Promise<T> {
  try {
    return await compile();
  } catch (error) {
    throw notAccepted(error);
  }
}

function notAccepted(error: unknown): unknown {
  return error instanceof WebAssembly.CompileError
    ? new LoadError(`Failed to load Wasm bytecode: ${error.message}`)
    : error;
}

/** The types of browsers refuse bytes in memory that threads may share; those of a module lie in none. */
function unshared(bytes: Uint8Array): Uint8Array<ArrayBuffer> {
  return bytes as Uint8Array<ArrayBuffer>;
}
