import { Text } from "../text/text";
import { lower } from "../text/ascii";

/** Longer names are not compared: a field's name is short. */
const MAX_LENGTH: u32 = 40;

/** One name that would have been right where another was written. */
@unmanaged
export class KnownName {
  name: Text;
  next: KnownName | null;
}

/**
 * The known name that `written` most likely means: the one at the least edit distance (optimal string alignment, so
 * that two swapped letters are one slip; letters' case does not count), if that is at most one more than a quarter of its length.
 * Null where none is near.
 */
export function nearestName(written: Text, known: KnownName | null): Text | null {
  let best: Text | null = null;
  let least: u32 = u32.MAX_VALUE;
  let candidate = known;
  while (candidate != null) {
    const distance = editDistance(written, candidate.name);
    if (distance < least && distance <= 1 + candidate.name.length / 4) {
      least = distance;
      best = candidate.name;
    }
    candidate = candidate.next;
  }
  return best;
}

/** Three rows of the distance table: the one being filled and the two before it. */
const ROW: usize = (<usize>MAX_LENGTH + 1) * sizeof<u32>();
const rows: usize = memory.data(492);

function editDistance(a: Text, b: Text): u32 {
  const n = a.length;
  const m = b.length;
  if (n > MAX_LENGTH || m > MAX_LENGTH) return u32.MAX_VALUE;
  let before = rows;
  let above = rows + ROW;
  let row = rows + 2 * ROW;
  for (let j: u32 = 0; j <= m; j++) store<u32>(above + (j << 2), j);
  for (let i: u32 = 1; i <= n; i++) {
    const letter = lower(load<u8>(a.start + i - 1));
    store<u32>(row, i);
    for (let j: u32 = 1; j <= m; j++) {
      const other = lower(load<u8>(b.start + j - 1));
      const cell = row + (j << 2);
      let cost = load<u32>(above + (j << 2)) + 1;
      cost = min(cost, load<u32>(cell - 4) + 1);
      cost = min(cost, load<u32>(above + (j << 2) - 4) + (letter == other ? 0 : 1));
      if (i > 1 && j > 1 && letter == lower(load<u8>(b.start + j - 2)) && other == lower(load<u8>(a.start + i - 2))) {
        cost = min(cost, load<u32>(before + (j << 2) - 8) + 1);
      }
      store<u32>(cell, cost);
    }
    const oldest = before;
    before = above;
    above = row;
    row = oldest;
  }
  return load<u32>(above + (m << 2));
}
