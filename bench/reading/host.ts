/** proxy-wasm 0.2.1, `proxy_status_t`. */
const OK = 0;
const NOT_FOUND = 1;
const BAD_ARGUMENT = 2;
/** The pages that the kernel gives memory by. */
const PAGE = 4096;

/** What the proxy knows of itself: authz asks for its namespace. */
const NODE: ReadonlyMap<string, string> = new Map([["xds\0node\0metadata\0NAMESPACE", "default"]]);

type Exports = Readonly<Record<string, (...parameters: number[]) => number>>;

/**
 * A host that hands over a pluginConfig and knows little else: what is measured is the module, not the host. Every host call succeeds
 * but those that ask for what it does not know.
 */
export class ReadingHost {
  private readonly exports: Exports;
  private readonly memory: WebAssembly.Memory;
  private document: Uint8Array = new Uint8Array();
  private said = "";
  private nextContext = 1;
  private nextMetric = 1;
  private readonly alive = new Set<number>();

  /** @param more imports that the module has besides the host's, by their modules */
  constructor(module: WebAssembly.Module, more: WebAssembly.Imports = {}) {
    const imports: WebAssembly.Imports = {};
    for (const { module: from, name } of WebAssembly.Module.imports(module)) {
      (imports[from] ??= {})[name] = more[from]?.[name] ?? this.call(name);
    }
    const { exports } = new WebAssembly.Instance(module, imports);
    this.exports = exports as unknown as Exports;
    this.memory = exports.memory as WebAssembly.Memory;
    this.exports._initialize?.();
  }

  /**
   * Configures a new root, which lives on.
   *
   * @returns its context, and the CPU time of `proxy_on_configure` in milliseconds: others on the machine do not count
   * @throws Error if the module refuses the document
   */
  configure(document: Uint8Array): { root: number; milliseconds: number } {
    const root = this.nextContext++;
    this.alive.add(root);
    this.document = document;
    this.exports.proxy_on_context_create!(root, 0);
    const before = process.cpuUsage();
    const accepted = this.exports.proxy_on_configure!(root, document.length);
    const { user, system } = process.cpuUsage(before);
    if (accepted === 0) throw new Error(`the module refuses the document: ${this.said}`);
    return { root, milliseconds: (user + system) / 1000 };
  }

  /** Lets a root go; the module frees what it had when the next is configured. */
  drop(root: number): void {
    this.alive.delete(root);
  }

  /** The bytes of all pages of the module's memory that were written to. Those with zeros alone do not count. */
  get residentBytes(): number {
    const words = new BigUint64Array(this.memory.buffer);
    const wordsOfPage = PAGE / BigUint64Array.BYTES_PER_ELEMENT;
    let pages = 0;
    for (let at = 0; at < words.length; at += wordsOfPage) {
      if (words.subarray(at, at + wordsOfPage).some((word) => word !== 0n)) pages++;
    }
    return pages * PAGE;
  }

  get memoryBytes(): number {
    return this.memory.buffer.byteLength;
  }

  private call(name: string): (...parameters: number[]) => number {
    switch (name) {
      case "proxy_get_buffer_bytes":
        return (_buffer, _from, _most, startAt, lengthAt) => this.handOver(this.document, startAt!, lengthAt!);
      case "proxy_define_metric":
        return (_kind, _name, _length, idAt) => this.store(idAt!, this.nextMetric++);
      case "proxy_set_effective_context":
        return (context) => (this.alive.has(context!) ? OK : BAD_ARGUMENT);
      case "proxy_get_property":
        return (start, length, startAt, lengthAt) => {
          const value = NODE.get(this.text(start!, length!));
          return value === undefined ? NOT_FOUND : this.handOver(Buffer.from(value), startAt!, lengthAt!);
        };
      case "proxy_log":
        return (_level, start, length) => {
          this.said = this.text(start!, length!);
          return OK;
        };
      case "proxy_get_shared_data":
        return () => NOT_FOUND;
    }
    return () => OK;
  }

  private handOver(bytes: Uint8Array, startAt: number, lengthAt: number): number {
    const start = (this.exports.malloc ?? this.exports.proxy_on_memory_allocate)!(bytes.length);
    new Uint8Array(this.memory.buffer).set(bytes, start);
    this.store(startAt, start);
    return this.store(lengthAt, bytes.length);
  }

  private text(start: number, length: number): string {
    return Buffer.from(this.memory.buffer, start, length).toString();
  }

  private store(at: number, value: number): number {
    new DataView(this.memory.buffer).setUint32(at, value, true);
    return OK;
  }
}
