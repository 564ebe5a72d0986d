/** The regular expression engine of assembly/text/regex, compiled to a module of its own and run in Node. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { asc } from "../../../tools/asc.ts";

interface Exports {
  readonly memory: WebAssembly.Memory;
  _initialize(): void;
  input(): number;
  compile(length: number): number;
  errorKind(): number;
  errorOffset(): number;
  errorMessage(): number;
  errorMessageLength(): number;
  matches(length: number): number;
  looks(): bigint;
  size(): number;
  prefix(): number;
  prefixLength(): number;
  held(): number;
}

/** What the engine says of a pattern that it refuses. */
export interface Refusal {
  readonly kind: number;
  readonly offset: number;
  readonly message: string;
}

export class Engine {
  readonly #exports: Exports;

  private constructor(exports: Exports) {
    this.#exports = exports;
  }

  /** Compiles the engine into `folder` and loads it. */
  static async build(folder: string): Promise<Engine> {
    const file = join(folder, "regex.wasm");
    await asc(["test/oracle/regex/assembly/harness.ts"], "release", ["--outFile", file]);
    const instance = new WebAssembly.Instance(new WebAssembly.Module(readFileSync(file)), {});
    const exports = instance.exports as unknown as Exports;
    exports._initialize();
    return new Engine(exports);
  }

  /** Compiles a pattern, in place of the one before. Gives why it was refused, if it was. */
  compile(pattern: Buffer | string): Refusal | undefined {
    const e = this.#exports;
    if (e.compile(this.#write(pattern)) !== 0) return undefined;
    const message = this.#bytes(e.errorMessage(), e.errorMessageLength()).toString("utf8");
    return { kind: e.errorKind(), offset: e.errorOffset(), message };
  }

  /** Whether the compiled pattern matches; a string's characters are its bytes. */
  matches(text: Buffer | string): boolean {
    return this.#exports.matches(this.#write(typeof text === "string" ? Buffer.from(text, "latin1") : text)) !== 0;
  }

  /** Instructions looked at since the pattern was compiled. */
  get looks(): number {
    return Number(this.#exports.looks());
  }

  /** Instructions of the compiled pattern. */
  get size(): number {
    return this.#exports.size();
  }

  /** Bytes that the compiled pattern holds. */
  get held(): number {
    return this.#exports.held();
  }

  /** The bytes that every match begins with, as Latin-1. */
  get literalPrefix(): string {
    return this.#bytes(this.#exports.prefix(), this.#exports.prefixLength()).toString("latin1");
  }

  #write(bytes: Buffer | string): number {
    const buffer = typeof bytes === "string" ? Buffer.from(bytes, "utf8") : bytes;
    new Uint8Array(this.#exports.memory.buffer, this.#exports.input(), buffer.length).set(buffer);
    return buffer.length;
  }

  #bytes(start: number, length: number): Buffer {
    return Buffer.from(new Uint8Array(this.#exports.memory.buffer, start, length));
  }
}
