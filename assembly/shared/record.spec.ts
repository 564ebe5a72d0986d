import { specRegion, text } from "../../test/support/spec/bytes";
import { sharedMap } from "../../test/support/spec/shared-map";
import { resetArena } from "../memory/arena";
import { SharedRecord } from "./record";

export { proxy_get_shared_data, proxy_set_shared_data } from "../../test/support/spec/shared-map";

const SIZE: u32 = 8;
const TRIES: u32 = 4;

/** Adds to a record of one number. */
@unmanaged
class Add {
  by: u64;
  applied: u32;

  apply(start: usize, length: u32): bool {
    if (length != SIZE) return false;
    this.applied++;
    store<u64>(start, load<u64>(start) + this.by);
    return true;
  }
}

const addition = changetype<Add>(specRegion().take(offsetof<Add>()));

function record(whose: string): SharedRecord {
  resetArena();
  return SharedRecord.open(text("filter.thing.1."), text(whose), SIZE, specRegion());
}

function add(record: SharedRecord, by: u64): bool {
  resetArena();
  addition.by = by;
  addition.applied = 0;
  return record.update<Add>(addition, TRIES);
}

function value(record: SharedRecord): string {
  resetArena();
  const start = record.read();
  return start == 0 ? "none" : load<u64>(start).toString();
}

describe("a record that workers share", () => {
  it("is made once, of zeroes, under a key of its kind and whose it is", () => {
    sharedMap.forget();
    const one = record("a");
    expect(value(one)).toBe("none");
    expect(add(one, 1)).toBe(false, "an update makes none");
    one.make();
    expect(sharedMap.keys[0]).toBe("filter.thing.1.a");
    expect(value(one)).toBe("0");
    add(one, 5);
    record("a").make();
    expect(value(record("a"))).toBe("5");
    expect(value(record("b"))).toBe("none");
  });

  it("takes every worker's change, also of those that come in between", () => {
    sharedMap.forget();
    const mine = record("a");
    mine.make();
    sharedMap.overtaken = 3;
    sharedMap.meanwhile = () => {
      sharedMap.put("filter.thing.1.a", sharedMap.bytes("filter.thing.1.a"));
    };
    expect(add(mine, 2)).toBe(true);
    expect<u32>(addition.applied).toBe(4);
    expect(value(mine)).toBe("2");
  });

  it("is left as it is when others are in the way each time", () => {
    sharedMap.forget();
    const mine = record("a");
    mine.make();
    sharedMap.overtaken = 4;
    sharedMap.meanwhile = () => {
      sharedMap.put("filter.thing.1.a", sharedMap.bytes("filter.thing.1.a"));
    };
    expect(add(mine, 2)).toBe(false);
    expect<u32>(addition.applied).toBe(4);
    sharedMap.overtaken = 0;
    expect(value(mine)).toBe("0");
  });

  it("of another size is made anew, and never taken for one", () => {
    sharedMap.forget();
    sharedMap.put("filter.thing.1.a", new Uint8Array(3));
    const mine = record("a");
    expect(value(mine)).toBe("none");
    expect(add(mine, 1)).toBe(false);
    mine.make();
    expect(value(mine)).toBe("0");
  });
});
