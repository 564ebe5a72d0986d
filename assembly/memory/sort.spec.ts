import { Random } from "../../test/support/spec/random";
import { seed } from "../../test/support/spec/run";
import { Region } from "./region";
import { sortAddressesLater } from "./sort";

/** A record with what it is sorted by and the place that it had. */
@unmanaged
class Numbered {
  value: u32;
  place: u32;
}

function before(a: usize, b: usize): bool {
  return changetype<Numbered>(a).value < changetype<Numbered>(b).value;
}

describe("sortAddressesLater", () => {
  it("sorts lists of any length, and leaves those that are alike in their order", () => {
    const random = new Random(seed());
    let wrong = 0;
    for (let count: u32 = 0; count < 200; count++) {
      const list = heap.alloc(count * sizeof<usize>());
      const scratch = Region.open();
      let sum: u32 = 0;
      for (let i: u32 = 0; i < count; i++) {
        const record = changetype<Numbered>(heap.alloc(offsetof<Numbered>()));
        record.value = random.below(1 + count / 3);
        record.place = i;
        sum += record.value;
        store<usize>(list + i * sizeof<usize>(), changetype<usize>(record));
      }
      sortAddressesLater(list, count, scratch, before);
      scratch.close();
      let last: Numbered | null = null;
      for (let i: u32 = 0; i < count; i++) {
        const record = changetype<Numbered>(load<usize>(list + i * sizeof<usize>()));
        sum -= record.value;
        if (last != null) {
          if (record.value < last.value || (record.value == last.value && record.place < last.place)) wrong++;
        }
        last = record;
      }
      if (sum != 0) wrong++;
    }
    expect(wrong).toBe(0);
  });
});
