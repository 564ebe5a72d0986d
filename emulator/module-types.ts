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
    const name = `${reader.name()}.${reader.name()}`;
    const kind = reader.byte();
    if (kind === 0) {
      const type = types[reader.u32()] ?? "?";
      imports.set(name, type);
      functions.push(type);
    } else if (kind === 3) {
      reader.at += 2;
    } else {
      if (kind === 1) reader.byte();
      if ((reader.byte() & 1) === 1) reader.u32();
      reader.u32();
    }
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

class Reader {
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
}
