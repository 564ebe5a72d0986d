/**
 * The function types that a module asks for and gives. JavaScript's `WebAssembly.Module.imports` does not tell them, and
 * Envoy refuses a module whose types are not the host's, so they are read from the binary
 * (WebAssembly Core Specification 2.0, §5.5).
 */
export interface ModuleTypes {
  /** The type of each imported function, by `module.name`, such as `iiii:i`; `l` is an i64, `f` and `d` floats. */
  readonly imports: ReadonlyMap<string, string>;
  /** The type of each exported function, by name. */
  readonly exports: ReadonlyMap<string, string>;
}

const SECTION = { type: 1, import: 2, function: 3, export: 7 } as const;
const OPCODE = { end: 0x0b, f32: 0x43, f64: 0x44 } as const;
const LETTERS: Readonly<Record<number, string>> = { 0x7f: "i", 0x7e: "l", 0x7d: "f", 0x7c: "d" };

/**
 * Reads the types of a module that WebAssembly has already accepted.
 *
 * @throws RangeError where it is not a module
 */
export function readModuleTypes(bytes: Uint8Array): ModuleTypes {
  const reader = new Reader(bytes);
  reader.at = 8;
  const types: string[] = [];
  const functions: string[] = [];
  const imports = new Map<string, string>();
  const exports = new Map<string, string>();
  while (reader.at < bytes.length) {
    const section = reader.byte();
    const end = reader.u32() + reader.at;
    if (section === SECTION.type) readTypes(reader, types);
    else if (section === SECTION.import) readImports(reader, types, functions, imports);
    else if (section === SECTION.function) reader.list(() => functions.push(types[reader.u32()] ?? "?"));
    else if (section === SECTION.export) readExports(reader, functions, exports);
    reader.at = end;
  }
  return { imports, exports };
}

function readTypes(reader: Reader, types: string[]): void {
  const values = (): string => {
    let letters = "";
    reader.list(() => (letters += LETTERS[reader.byte()] ?? "?"));
    return letters;
  };
  reader.list(() => {
    reader.byte();
    const parameters = values();
    types.push(`${parameters}:${values()}`);
  });
}

function readImports(reader: Reader, types: string[], functions: string[], imports: Map<string, string>): void {
  reader.list(() => {
    const { name, kind, index } = reader.import();
    if (kind !== 0) return;
    const type = types[index] ?? "?";
    imports.set(name, type);
    functions.push(type);
  });
}

function readExports(reader: Reader, functions: string[], exports: Map<string, string>): void {
  reader.list(() => {
    const name = reader.name();
    const kind = reader.byte();
    const index = reader.u32();
    if (kind === 0) exports.set(name, functions[index] ?? "?");
  });
}

/** Reads a module's binary from a place on. Throws RangeError where it ends too early. */
export class Reader {
  at = 0;

  constructor(private readonly bytes: Uint8Array) {}

  byte(): number {
    const byte = this.bytes[this.at++];
    if (byte === undefined) throw new RangeError("not a WebAssembly module: it ends too early");
    return byte;
  }

  u32(): number {
    let value = 0;
    for (let shift = 0; ; shift += 7) {
      const byte = this.byte();
      value |= (byte & 0x7f) << shift;
      if (byte < 0x80) return value >>> 0;
    }
  }

  name(): string {
    const size = this.u32();
    this.at += size;
    return new TextDecoder().decode(this.bytes.subarray(this.at - size, this.at));
  }

  list(item: () => void): void {
    for (let left = this.u32(); left > 0; left--) item();
  }

  /** An entry of the import section; `index` is the type's, of a function. */
  import(): { name: string; kind: number; index: number } {
    const name = `${this.name()}.${this.name()}`;
    const kind = this.byte();
    if (kind === 0) return { name, kind, index: this.u32() };
    if (kind === 3) {
      this.at += 2;
    } else {
      if (kind === 1) this.byte();
      if ((this.byte() & 1) === 1) this.u32();
      this.u32();
    }
    return { name, kind, index: 0 };
  }

  /** Passes over a constant expression: a constant of a number type or a global's value, and its end. */
  constant(): void {
    for (let code = this.byte(); code !== OPCODE.end; code = this.byte()) {
      if (code === OPCODE.f32) this.at += 4;
      else if (code === OPCODE.f64) this.at += 8;
      // A signed number has as many bytes as an unsigned one: all but the last have the high bit.
      else while (this.byte() >= 0x80);
    }
  }
}
