/** What is used here of WebAssembly's JavaScript API; Node's own types leave it out, and those of browsers bring the DOM. */
declare namespace WebAssembly {
  type ImportValue = (...parameters: never[]) => unknown;
  type Imports = Record<string, Record<string, ImportValue | Memory>>;
  type Exports = Readonly<Record<string, unknown>>;

  class Module {
    constructor(bytes: Uint8Array);
    static imports(module: Module): { module: string; name: string; kind: string }[];
    static customSections(module: Module, name: string): ArrayBuffer[];
  }
  class Instance {
    constructor(module: Module, imports?: Imports);
    readonly exports: Exports;
  }
  class Memory {
    constructor(limits: { initial: number });
    readonly buffer: ArrayBuffer;
  }
  interface Global {
    value: unknown;
  }
  class RuntimeError extends Error {}
  class CompileError extends Error {}

  function compile(bytes: Uint8Array): Promise<Module>;
}
