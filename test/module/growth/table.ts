/**
 * Prints what the largest configurations take to read, those that take longest first: for each way to grow, the milliseconds of the
 * shipped module in a Node with Envoy's V8 (the least of three each), the steps, and the memory of the VM. `node table.ts <words>` tells
 * those alone whose names have the words. Only on a quiet machine do the milliseconds say anything.
 */
import { ranInEnvoysV8 } from "../../../bench/measure/envoys-v8.ts";
import { countFor } from "./dimension.ts";
import { DIMENSIONS, MAX_BYTES, Reader } from "./run.ts";

const ROUNDS = 3;
const MEBIBYTE = 1 << 20;

if (!ranInEnvoysV8("test/module/growth/table.ts")) printTable(process.argv.slice(2).join(" "));

function printTable(wanted: string): void {
  const readers = new Map<string, { shipped: Reader; counting: Reader }>();
  const rows = DIMENSIONS.filter(({ filter, what }) => `${filter} ${what}`.includes(wanted)).map((dimension) => {
    const { filter, what } = dimension;
    const { shipped, counting } = readers.get(filter) ?? {
      shipped: new Reader(filter, false),
      counting: new Reader(filter, true),
    };
    readers.set(filter, { shipped, counting });
    const document = dimension.document(countFor(dimension, MAX_BYTES));
    const rounds = Array.from({ length: ROUNDS }, () => shipped.time(document));
    return {
      "ms of a core": Math.round(Math.min(...rounds.map(({ core }) => core))),
      "ms by the clock": Math.round(Math.min(...rounds.map(({ clock }) => clock))),
      "million steps": Math.round(counting.read(document, Infinity).steps / 1e6),
      "MiB of memory": Math.round(Math.max(...rounds.map(({ bytes }) => bytes)) / MEBIBYTE),
      "MiB of JSON": Number((document.length / MEBIBYTE).toFixed(2)),
      accepted: rounds[0]?.accepted,
      of: filter,
      what,
    };
  });
  console.table(rows.sort((a, b) => b["ms of a core"] - a["ms of a core"]));
}
