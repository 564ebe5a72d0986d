import { Region } from "../../assembly/memory/region";
import { Snapshot, WINDOW_SIZE, Window, bucketOf } from "./window";

function window(): Window {
  return changetype<Window>(Region.open().take(WINDOW_SIZE));
}

/** The requests that the counter showed when the interval began that ends in a part; -1 if that is not known. */
function begin(one: Window, bucket: u64): i64 {
  const snapshot: Snapshot | null = one.begin(bucket);
  return snapshot == null ? -1 : <i64>snapshot.requests;
}

describe("the parts of an interval", () => {
  it("are tenths, counted from 1", () => {
    // Ten seconds: a second each.
    expect<u64>(bucketOf(0, 10_000_000_000)).toBe(1);
    expect<u64>(bucketOf(999_999_999, 10_000_000_000)).toBe(1);
    expect<u64>(bucketOf(1_000_000_000, 10_000_000_000)).toBe(2);
    // The shortest interval there is.
    expect<u64>(bucketOf(100_000, 1_000_000)).toBe(2);
  });
});

describe("a window", () => {
  it("knows nothing at first", () => {
    expect(begin(window(), 100)).toBe(-1);
    expect(window().knows(100)).toBe(false);
  });

  it("takes in ten parts, the current one included", () => {
    const one = window();
    for (let bucket: u64 = 1; bucket <= 25; bucket++) {
      expect(one.knows(bucket)).toBe(false);
      one.enter(bucket, bucket * 100, 0, 0);
      expect(one.knows(bucket)).toBe(true);
    }
    expect(begin(one, 25)).toBe(1600);
    expect(begin(one, 30)).toBe(2100);
    expect(begin(one, 34)).toBe(2500);
    expect(begin(one, 35)).toBe(-1);
  });

  it("goes back to the first part that anybody came into, as there was nothing in the others", () => {
    const one = window();
    one.enter(3, 10, 0, 0);
    one.enter(7, 20, 0, 0);
    expect(begin(one, 12)).toBe(10);
    expect(begin(one, 13)).toBe(20);
  });

  it("does not take a later part for an earlier one", () => {
    const one = window();
    one.enter(13, 10, 0, 0);
    expect(one.knows(3)).toBe(true, "its place is taken by one that is over ten parts later");
    expect(begin(one, 12)).toBe(-1);
  });

  it("begins anew", () => {
    const one = window();
    for (let bucket: u64 = 1; bucket <= 9; bucket++) one.enter(bucket, bucket, 0, 0);
    one.restart(9, 50, 0, 0);
    expect(begin(one, 9)).toBe(50);
    expect(begin(one, 18)).toBe(50);
  });
});
