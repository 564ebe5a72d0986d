/**
 * Prints, for each way in which a configuration can grow, the longest call of the root's timer while the largest such configuration is
 * read eight steps at a time: its milliseconds in Node (the least of three readings) and its counted steps. `node longest.ts <words>`
 * tells those alone whose names have the words.
 */
import { countFor } from "../growth/dimension.ts";
import { DIMENSIONS, MAX_BYTES, Reader } from "../growth/run.ts";

const ROUNDS = 1;
const SIZE = Number(process.env.SIZE ?? MAX_BYTES);
const wanted = process.argv.slice(2).join(" ");
const readers = new Map<string, { shipped: Reader; counting: Reader }>();
const rows = DIMENSIONS.filter(({ filter, what, accepted }) => accepted && `${filter} ${what}`.includes(wanted)).map(
  (dimension) => {
    const { filter, what } = dimension;
    const { shipped, counting } = readers.get(filter) ?? {
      shipped: new Reader(filter, false),
      counting: new Reader(filter, true),
    };
    readers.set(filter, { shipped, counting });
    const document = dimension.document(countFor(dimension, SIZE));
    const rounds = Array.from({ length: ROUNDS }, () => shipped.inSlices(document));
    const row = {
      ms: Number(Math.min(...rounds.map(({ longest }) => longest)).toFixed(2)),
      steps: counting.inSlices(document).steps,
      "MiB of JSON": Number((document.length / (1 << 20)).toFixed(2)),
      slices: rounds[0]?.slices,
      of: filter,
      what,
    };
    console.log(Object.values(row).join("\t"));
    return row;
  },
);
console.table(rows.sort((a, b) => b.steps - a.steps));
