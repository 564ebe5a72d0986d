/** What one request runs of a module's own code. */
export interface Counts {
  readonly instructions: number;
  /** Of these, those that stand at different places. */
  readonly distinct: number;
  /** The lines of the caches, and the pages of memory, that these lie on. */
  readonly lines: number;
  readonly pages: number;
}

const LINE = 64;
const PAGE = 4096;
/** A function of the module in a map of V8's (`--perf-basic-prof`): where it begins, its size, and its name; a wrapper of an import is none. */
const FUNCTION = /^([0-9a-f]+) ([0-9a-f]+) JS:(?!wasm-to-).*-turbofan$/gm;
/** Where an instruction stands and how often it ran, in a file of callgrind's with `--dump-instr=yes --compress-pos=no`. */
const COST = /^0x([0-9a-f]+) \d+ (\d+)$/;

/**
 * The counts of a request, from what callgrind wrote of so many and from V8's map of the same process. An instruction counts if all of them
 * ran it, or nearly all: what the host does now and then is none of a request.
 *
 * @throws Error if the map has no function of the module, or nothing of them ran
 */
export function countsOf(callgrind: string, map: string, requests: number): Counts {
  const functions = [...map.matchAll(FUNCTION)].map(([, start = "", size = ""]) => ({
    start: parseInt(start, 16),
    end: parseInt(start, 16) + parseInt(size, 16),
  }));
  const ran = [...costs(callgrind)].filter(
    ([place, count]) => count >= requests * 0.9 && functions.some(({ start, end }) => place >= start && place < end),
  );
  if (ran.length === 0) throw new Error("callgrind saw nothing of the module's code");
  const places = ran.map(([place]) => place);
  const parts = (size: number): number => new Set(places.map((place) => Math.floor(place / size))).size;
  const total = ran.reduce((sum, [, count]) => sum + count, 0);
  return { instructions: total / requests, distinct: places.length, lines: parts(LINE), pages: parts(PAGE) };
}

/** How often the instruction at each place ran. */
function costs(callgrind: string): Map<number, number> {
  const counts = new Map<number, number>();
  let isCall = false;
  for (const line of callgrind.split("\n")) {
    const [, place, count] = COST.exec(line) ?? [];
    // The line after a call has what was called in it.
    if (place !== undefined && !isCall) {
      const at = parseInt(place, 16);
      counts.set(at, (counts.get(at) ?? 0) + Number(count));
    }
    isCall = line.startsWith("calls=");
  }
  return counts;
}
