import { seedRandom } from "../../assembly/host/random";
import { growingWait } from "./growing-wait";

function bounds(failures: u32, longest: u32): u32[] {
  let least = u32.MAX_VALUE;
  let most: u32 = 0;
  for (let i = 0; i < 1000; i++) {
    const wait = growingWait(failures, longest);
    least = min(least, wait);
    most = max(most, wait);
  }
  return [least, most];
}

describe("growingWait", () => {
  beforeEach(() => seedRandom(1));

  it("is up to a second at first, then up to twice as long each time, up to the longest", () => {
    for (let failures: u32 = 0; failures < 100; failures++) {
      const most: u32 = failures < 5 ? 1000 << failures : 30000;
      const seen = bounds(failures, 30000);
      expect<bool>(seen[0] > most / 2 && seen[1] <= most).toBe(true, `${failures}`);
    }
  });

  it("differs by chance, over nearly all of the half", () => {
    const seen = bounds(3, 30000);
    expect<bool>(seen[0] < 4100 && seen[1] > 7900).toBe(true);
  });

  it("comes to an hour, the longest that a configuration can ask for, and no number overflows", () => {
    expect<bool>(bounds(11, 3600000)[1] <= 2048000).toBe(true);
    expect<bool>(bounds(12, 3600000)[1] > 3500000).toBe(true);
    expect<bool>(bounds(u32.MAX_VALUE, 3600000)[1] <= 3600000).toBe(true);
    expect<u32>(growingWait(0, 1)).toBe(1);
  });
});
