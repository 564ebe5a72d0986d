/** Whether the record at address `a` comes before the one at `b`. */
type Before = (a: usize, b: usize) => bool;

/**
 * Sorts `count` addresses that lie at `list`, stably, by merging ever longer runs of them; `spare` has room for as many.
 * Two records of which neither comes before the other stay in their order.
 */
export function sortAddresses(list: usize, count: u32, spare: usize, before: Before): void {
  let from = list;
  let to = spare;
  for (let run: u32 = 1; run < count; run *= 2) {
    for (let start: u32 = 0; start < count; start += 2 * run) {
      merge(from, to, start, min(start + run, count), min(start + 2 * run, count), before);
    }
    const filled = to;
    to = from;
    from = filled;
  }
  if (from != list) memory.copy(list, from, count * sizeof<usize>());
}

/** Merges the sorted runs `start` … `middle` and `middle` … `end` of `from` into `to`. */
function merge(from: usize, to: usize, start: u32, middle: u32, end: u32, before: Before): void {
  let left = start;
  let right = middle;
  for (let at = start; at < end; at++) {
    const takesRight = left == middle || (right < end && before(addressAt(from, right), addressAt(from, left)));
    store<usize>(to + at * sizeof<usize>(), addressAt(from, takesRight ? right++ : left++));
  }
}

function addressAt(list: usize, index: u32): usize {
  return load<usize>(list + index * sizeof<usize>());
}
