import { LIFETIME, another, begin, end, overtake, recall, restart } from "../test/spec/flights";
import { Random } from "../../../test/support/spec/random";
import { seed } from "../../../test/support/spec/run";
import { sharedMap } from "../../../test/support/spec/shared-map";
import { Alone, Flight } from "./alone";

export { proxy_get_shared_data, proxy_set_shared_data } from "../../../test/support/spec/shared-map";

const SAMPLING: string[] = ["undecided", "no", "yes", "debug"];

/** A context of few ids, so that many have parts in common. */
function randomContext(random: Random): string {
  const high = random.below(3).toString().padStart(16, "0");
  const low = (1 + random.below(3)).toString().padStart(16, "0");
  const span = (1 + random.below(3)).toString().padStart(16, "0");
  return high + low + " " + span + " " + random.pick(SAMPLING) + (random.percent(50) ? " random" : "");
}

/** A request in flight, in the plain list. */
class InFlight {
  constructor(
    public context: string,
    public started: u64,
    public record: usize,
  ) {}
}

describe("requests in flight, compared with a plain list", () => {
  it("are known just where the list has one, in whatever order they end", () => {
    const random = new Random(seed());
    const workers: Alone[] = [restart(), another(), another()];
    const list: InFlight[] = [];
    let now: u64 = 1000;
    let known = 0;
    for (let step = 0; step < 20000; step++) {
      now += random.below(200);
      const worker = workers[random.below(3)];
      if (random.percent(25)) overtake(random.below(4));
      const most: u32 = random.percent(5) ? 40 : 2;
      if (<u32>list.length < random.below(most + 1)) {
        const said = randomContext(random);
        list.push(new InFlight(said, now, changetype<usize>(begin(worker, said, now))));
      } else if (list.length > 0) {
        const ending = random.below(list.length);
        end(changetype<Flight>(list[ending].record));
        list.splice(ending, 1);
      }
      sharedMap.heal();
      let expected = "none";
      if (list.length == 1 && now - list[0].started <= LIFETIME) expected = list[0].context;
      const was = recall(workers[random.below(3)], now);
      if (was != expected) expect(was).toBe(expected, "step " + step.toString());
      if (was != "none") known++;
    }
    expect(known).toBeGreaterThan(2000);
  });

  it("are never taken for another, whatever the host fails with in between", () => {
    const random = new Random(seed());
    let known = 0;
    for (let round = 0; round < 300; round++) {
      const workers: Alone[] = [restart(), another()];
      const list: InFlight[] = [];
      for (let step = 0; step < 60; step++) {
        // Not both: the worker could not tell that it does not know.
        const failure = random.below(50);
        if (failure == 0) sharedMap.failingReads = 1;
        if (failure == 1) sharedMap.failingWrites = 1;
        const worker = workers[random.below(2)];
        if (<u32>list.length < random.below(4)) {
          const said = randomContext(random);
          list.push(new InFlight(said, 100, changetype<usize>(begin(worker, said, 100))));
        } else if (list.length > 0) {
          const ending = random.below(list.length);
          end(changetype<Flight>(list[ending].record));
          list.splice(ending, 1);
        }
        sharedMap.heal();
        const was = recall(workers[random.below(2)], 100);
        if (was == "none") continue;
        known++;
        if (list.length != 1) expect(list.length).toBe(1, "round " + round.toString());
        if (was != list[0].context) expect(was).toBe(list[0].context, "round " + round.toString());
      }
    }
    expect(known).toBeGreaterThan(1000);
  });
});
