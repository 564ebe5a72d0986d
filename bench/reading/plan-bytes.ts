import { readFileSync } from "node:fs";
import { join } from "node:path";
import { PROJECT } from "../../tools/project.ts";
import { assembled, textOf } from "../../tools/wasm-text.ts";
import { ReadingHost } from "./host.ts";

/** The names of functions in a debug build (`assembly/memory/region.ts`). */
const REGION = "$assembly/memory/region/Region";
/** Calls of `take` alone: records that take without a call lie in no plan. */
const TAKES = new RegExp(String.raw`\(call ${REGION.replaceAll("$", String.raw`\$`)}#take(?=\s)`, "g");
const FOLDERS = /^(?:assembly|filters|modules)\/(?:[^/]+\/)*/;

/** A piece of a region: who took it, where, and how many bytes. */
interface Piece {
  taker: string;
  at: number;
  size: number;
}

/** What was taken from a region and not given back, in that order. */
class Pieces {
  readonly all: Piece[] = [];
  /** The places in `all` of the pieces that begin at an address, the last one last: a region gives back too often to look for them. */
  private readonly places = new Map<number, number[]>();

  add(piece: Piece): void {
    const { at, size } = piece;
    if (size > 0) {
      const places = this.places.get(at) ?? [];
      places.push(this.all.length);
      this.places.set(at, places);
    }
    this.all.push(piece);
  }

  /** Forgets the piece that begins at `mark`, and those that were taken after it; none if no piece begins there. */
  rewind(mark: number): void {
    const first = this.places.get(mark)?.at(-1) ?? this.all.length;
    for (const { at, size } of this.all.splice(first)) if (size > 0) this.places.get(at)?.pop();
  }
}

/**
 * The bytes that the plan of a document takes, by the functions that took them, those that took most first. What was taken and given
 * back, as scratch is, does not count, nor what the region holds and has not used.
 *
 * @param document a pluginConfig that the module of that name accepts
 * @throws Error if the module refuses it, or there is no debug build
 */
export function planBytes(module: string, document: Uint8Array): Map<string, number> {
  const { bytes, takers } = watched(readFileSync(join(PROJECT, `build/debug/${module}.wasm`)));
  const regions = new Map<number, Pieces>();
  const host = new ReadingHost(new WebAssembly.Module(bytes), {
    plan: {
      opened: (region: number) => regions.set(region, new Pieces()),
      closed: (region: number) => regions.delete(region),
      took: (taker: number, region: number, at: number, size: number) => {
        regions.get(region)!.add({ taker: takers[taker]!, at, size: (size + 3) & ~3 });
      },
      rewound: (region: number, mark: number) => {
        regions.get(region)!.rewind(mark);
      },
    },
  });
  host.configure(document);
  const plans = [...regions.values()].map(({ all }) => byTaker(all));
  return plans.reduce((largest, plan) => (sum(plan) > sum(largest) ? plan : largest));
}

/** The bytes of all takers. */
export function sum(bytes: ReadonlyMap<string, number>): number {
  return [...bytes.values()].reduce((all, some) => all + some, 0);
}

function byTaker(pieces: readonly Piece[]): Map<string, number> {
  const bytes = new Map<string, number>();
  for (const { taker, size } of pieces) bytes.set(taker, (bytes.get(taker) ?? 0) + size);
  return new Map([...bytes].sort(([, one], [, other]) => other - one));
}

/** The same module, which says what is done with regions, and its functions that take from them. */
function watched(debug: Uint8Array): { bytes: Uint8Array<ArrayBuffer>; takers: string[] } {
  const [head, ...functions] = textOf(debug).split("\n (func $");
  const takers: string[] = [];
  const seen = functions.map((text) => {
    const told = text.replace(TAKES, `(call $took_${takers.length}`);
    if (told !== text) takers.push(text.slice(0, text.search(/[ \n]/)).replace(FOLDERS, ""));
    return told
      .replaceAll(`(call ${REGION}.open`, "(call $open_told")
      .replaceAll(`(call ${REGION}#close`, "(call $close_told")
      .replaceAll(`(call ${REGION}#rewind`, "(call $rewind_told");
  });
  const text = [head!.replace(/\n \(/, `${IMPORTS}\n (`), ...seen].join("\n (func $");
  const added = [TOLD, ...takers.map((_, at) => took(at))].join("\n");
  return { bytes: Uint8Array.from(assembled(text.slice(0, text.lastIndexOf(")")) + added + ")")), takers };
}

const IMPORTS = `
 (import "plan" "opened" (func $opened (param i32)))
 (import "plan" "closed" (func $closed (param i32)))
 (import "plan" "rewound" (func $rewound (param i32 i32)))
 (import "plan" "took" (func $took (param i32 i32 i32 i32)))`;

const TOLD = `
 (func $open_told (result i32) (local $region i32)
  (local.set $region (call ${REGION}.open))
  (call $opened (local.get $region))
  (local.get $region))
 (func $close_told (param $region i32)
  (call $closed (local.get $region))
  (call ${REGION}#close (local.get $region)))
 (func $rewind_told (param $region i32) (param $mark i32)
  (call $rewound (local.get $region) (local.get $mark))
  (call ${REGION}#rewind (local.get $region) (local.get $mark)))`;

function took(taker: number): string {
  return `
 (func $took_${taker} (param $region i32) (param $size i32) (result i32) (local $at i32)
  (local.set $at (call ${REGION}#take (local.get $region) (local.get $size)))
  (call $took (i32.const ${taker}) (local.get $region) (local.get $at) (local.get $size))
  (local.get $at))`;
}
