import { Reader } from "./module-types.ts";

const SECTION = { import: 2, global: 6, export: 7 } as const;
const KIND_GLOBAL = 3;
const MUTABLE = 1;

/** The names under which `exportGlobals` exports a module's globals: this, and the global's number. */
const PREFIX = "signalbox:global:";

/**
 * The same module with its mutable globals exported as well: what it remembers outside of its memory can then be read and set
 * from JavaScript (WebAssembly Core Specification 2.0, §5.5.9 and §5.5.10). It does the same as before.
 *
 * @throws RangeError where it is not a module
 */
export function exportGlobals(bytes: Uint8Array): Uint8Array<ArrayBuffer> {
  const reader = new Reader(bytes);
  reader.at = 8;
  let imported = 0;
  let globals: number[] = [];
  let exported: { start: number; end: number; body: number; count: number } | undefined;
  while (reader.at < bytes.length) {
    const start = reader.at;
    const section = reader.byte();
    const size = reader.u32();
    const end = size + reader.at;
    if (section === SECTION.import) imported = importedGlobals(reader);
    else if (section === SECTION.global) globals = mutableGlobals(reader).map((index) => imported + index);
    else if (section === SECTION.export) exported = { start, count: reader.u32(), body: reader.at, end };
    reader.at = end;
  }
  if (exported === undefined || globals.length === 0) return new Uint8Array(bytes);
  const added = globals.flatMap((index) => [...named(PREFIX + index), KIND_GLOBAL, ...leb(index)]);
  const entries = [...leb(exported.count + globals.length), ...bytes.subarray(exported.body, exported.end), ...added];
  const section = [SECTION.export, ...leb(entries.length), ...entries];
  return Uint8Array.from([...bytes.subarray(0, exported.start), ...section, ...bytes.subarray(exported.end)]);
}

/** The globals that `exportGlobals` exported, among an instance's exports. */
export function exportedGlobals(exports: WebAssembly.Exports): WebAssembly.Global[] {
  return Object.entries(exports)
    .filter(([name]) => name.startsWith(PREFIX))
    .map(([, global]) => global as WebAssembly.Global);
}

/** How many globals are imported: they have the first numbers. */
function importedGlobals(reader: Reader): number {
  let count = 0;
  reader.list(() => {
    if (reader.import().kind === KIND_GLOBAL) count++;
  });
  return count;
}

/** The places of the mutable ones among the module's own. */
function mutableGlobals(reader: Reader): number[] {
  const mutable: number[] = [];
  let place = 0;
  reader.list(() => {
    reader.byte();
    if (reader.byte() === MUTABLE) mutable.push(place);
    reader.constant();
    place++;
  });
  return mutable;
}

/** An unsigned number as LEB128. */
function leb(value: number): number[] {
  const low = value & 0x7f;
  const rest = value >>> 7;
  return rest === 0 ? [low] : [low | 0x80, ...leb(rest)];
}

function named(name: string): number[] {
  const bytes = new TextEncoder().encode(name);
  return [...leb(bytes.length), ...bytes];
}
