import { specRegion } from "../../test/support/spec/bytes";
import { Random } from "../../test/support/spec/random";
import { seed } from "../../test/support/spec/run";
import { Region } from "../memory/region";
import { Deadlines, Waiting } from "./deadlines";

function waiting(deadline: u64): Waiting {
  const made = changetype<Waiting>(specRegion().take(offsetof<Waiting>()));
  made.deadline = deadline;
  return made;
}

/** What a heap must be like: a list in the order in which its items are due, those that are due at once as they were added. */
class SortedList {
  items: Waiting[] = [];

  add(waiting: Waiting): void {
    let place = this.items.length;
    this.items.push(waiting);
    for (; place > 0 && this.items[place - 1].deadline > waiting.deadline; place--) {
      this.items[place] = this.items[place - 1];
    }
    this.items[place] = waiting;
  }

  remove(waiting: Waiting): void {
    this.items.splice(this.items.indexOf(waiting), 1);
  }
}

/** Takes everything out, the first one first; gives the deadlines. */
function drained(deadlines: Deadlines): string {
  const all: string[] = [];
  let first = deadlines.first;
  while (first != null) {
    all.push(first.deadline.toString());
    deadlines.remove(first);
    first = deadlines.first;
  }
  return all.join(" ");
}

describe("what waits", () => {
  it("is nothing at first", () => {
    const deadlines = Deadlines.open(Region.open());
    expect<u32>(deadlines.count).toBe(0);
    expect(deadlines.first == null).toBe(true);
  });

  it("comes in the order of its deadlines", () => {
    const deadlines = Deadlines.open(Region.open());
    const added: u64[] = [5, 1, 4, u64.MAX_VALUE, 0, 3, 2];
    for (let i = 0; i < added.length; i++) deadlines.add(waiting(added[i]));
    expect<u32>(deadlines.count).toBe(7);
    expect(drained(deadlines)).toBe("0 1 2 3 4 5 18446744073709551615");
    expect<u32>(deadlines.count).toBe(0);
  });

  it("of one deadline comes in the order in which it was added, also where others came and went", () => {
    const deadlines = Deadlines.open(Region.open());
    const same: Waiting[] = [];
    for (let i = 0; i < 100; i++) {
      same.push(waiting(7));
      deadlines.add(same[i]);
    }
    for (let i = 0; i < 100; i += 3) deadlines.remove(same[i]);
    for (let i = 0; i < 100; i += 3) deadlines.add(same[i]);
    let wrong = 0;
    for (let i = 0; i < 100; i++) {
      if (i % 3 == 0) continue;
      if (deadlines.first != same[i]) wrong++;
      deadlines.remove(same[i]);
    }
    for (let i = 0; i < 100; i += 3) {
      if (deadlines.first != same[i]) wrong++;
      deadlines.remove(same[i]);
    }
    expect(wrong).toBe(0);
    expect<u32>(deadlines.count).toBe(0);
  });

  it("has a place, which is 0 once it is removed, and may wait again", () => {
    const deadlines = Deadlines.open(Region.open());
    const one = waiting(1);
    const other = waiting(2);
    expect<u32>(one.place).toBe(0);
    deadlines.add(one);
    deadlines.add(other);
    expect<u32>(one.place).toBe(1);
    expect<u32>(other.place).toBe(2);
    deadlines.remove(one);
    expect<u32>(one.place).toBe(0);
    expect<u32>(other.place).toBe(1);
    one.deadline = 3;
    deadlines.add(one);
    expect(deadlines.first == other).toBe(true);
    deadlines.remove(other);
    expect(deadlines.first == one).toBe(true);
    deadlines.remove(one);
    expect<u32>(one.place).toBe(0);
    expect<u32>(other.place).toBe(0);
  });

  it("may be taken out of the midst, where what gives way must rise", () => {
    // 1 stands over 10 and 2; 10 over 11 and 12; 2 over 3 and 4: without 12 its place is 4's, which must go above 10.
    const deadlines = Deadlines.open(Region.open());
    const added: u64[] = [1, 10, 2, 11, 12, 3, 4];
    const all: Waiting[] = [];
    for (let i = 0; i < added.length; i++) {
      all.push(waiting(added[i]));
      deadlines.add(all[i]);
    }
    deadlines.remove(all[4]);
    expect<u32>(all[6].place).toBe(2);
    expect<u32>(all[1].place).toBe(5);
    expect(drained(deadlines)).toBe("1 2 3 4 10 11");
  });
});

describe("many that wait", () => {
  it("grow the heap as often as needed, which then needs no more memory", () => {
    const region = Region.open();
    const deadlines = Deadlines.open(region);
    const all: Waiting[] = [];
    for (let i = 0; i < 5000; i++) {
      all.push(waiting(<u64>(i * 7919) % 5000));
      deadlines.add(all[i]);
    }
    const size = region.size;
    let wrong = 0;
    for (let round = 0; round < 3; round++) {
      for (let i = 0; i < 5000; i++) {
        const first = deadlines.first!;
        if (first.deadline != i) wrong++;
        deadlines.remove(first);
      }
      for (let i = 0; i < 5000; i++) deadlines.add(all[i]);
    }
    expect(wrong).toBe(0);
    expect(region.size).toBe(size);
  });

  it("are those of a sorted list, whatever is added and removed", () => {
    const random = new Random(seed());
    for (let round = 0; round < 20; round++) {
      const deadlines = Deadlines.open(Region.open());
      const list = new SortedList();
      let wrong = 0;
      const span = random.pick(["3", "40", "1000000"]);
      for (let step = 0; step < 1000; step++) {
        const count = list.items.length;
        // Grows to some hundreds in the first half, and shrinks again.
        if (count == 0 || random.percent(step < 500 ? 70 : 35)) {
          const added = waiting(random.below(I32.parseInt(span)));
          deadlines.add(added);
          list.add(added);
        } else {
          const removed = list.items[random.percent(50) ? 0 : random.below(count)];
          deadlines.remove(removed);
          list.remove(removed);
          if (removed.place != 0) wrong++;
        }
        if (deadlines.count != list.items.length) wrong++;
        if (deadlines.first != (list.items.length > 0 ? list.items[0] : null)) wrong++;
      }
      for (let i = 0; i < list.items.length; i++) {
        if (deadlines.first != list.items[i]) wrong++;
        deadlines.remove(list.items[i]);
      }
      expect(wrong).toBe(0, "round " + round.toString());
    }
  });
});
