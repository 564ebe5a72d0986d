import { specRegion, text } from "../../../test/support/spec/bytes";
import { sharedMap } from "../../../test/support/spec/shared-map";
import { resetArena } from "../../../assembly/memory/arena";
import { sharedLength, sharedStart, sharedVersion, writeShared } from "../../../assembly/host/shared-data";
import { Status } from "../../../assembly/host/status";
import { SLOTS, SharedSlots } from "./shared-slots";

export { proxy_get_shared_data, proxy_set_shared_data } from "../../../test/support/spec/shared-map";

function open(group: string): SharedSlots {
  resetArena();
  const slots = SharedSlots.open(text(group), specRegion());
  slots.make(specRegion());
  return slots;
}

function write(slots: SharedSlots, slot: u32, value: string): Status {
  const bytes = text(value);
  return writeShared(slots.key(slot), bytes.start, bytes.length, sharedVersion);
}

/** What is read, or the status. */
function read(slots: SharedSlots, slot: u32): string {
  resetArena();
  const status = slots.read(slot);
  return status == Status.OK ? String.UTF8.decodeUnsafe(sharedStart, sharedLength) : "status " + status.toString();
}

describe("the slots of a group", () => {
  it("are made once, all of them, each with nothing in it", () => {
    sharedMap.forget();
    const slots = open("reviews");
    const keys = sharedMap.keys;
    expect(keys.length).toBe(4096);
    expect(keys[0]).toBe("trace-propagation.join.1.reviews.000");
    expect(keys[1]).toBe("trace-propagation.join.1.reviews.001");
    expect(keys[10]).toBe("trace-propagation.join.1.reviews.00a");
    expect(keys[16]).toBe("trace-propagation.join.1.reviews.010");
    expect(keys[0x3c5]).toBe("trace-propagation.join.1.reviews.3c5");
    expect(keys[4095]).toBe("trace-propagation.join.1.reviews.fff");
    for (let i = 0; i < keys.length; i++) expect(sharedMap.bytes(keys[i]).length).toBe(8);
    expect(read(slots, 0)).toBe("\0\0\0\0\0\0\0\0");
    expect(read(slots, SLOTS - 1)).toBe("\0\0\0\0\0\0\0\0");
  });

  it("are left as they are where they are there", () => {
    sharedMap.forget();
    const first = open("reviews");
    read(first, 5);
    expect<u32>(write(first, 5, "five")).toBe(Status.OK);
    const writes = sharedMap.writes;
    const second = open("reviews");
    expect(sharedMap.writes).toBe(writes);
    expect(read(second, 5)).toBe("five");
  });

  it("are not those of another group, even where one name goes on as the other", () => {
    sharedMap.forget();
    const one = open("a");
    const other = open("a.00");
    expect(sharedMap.keys.length).toBe(2 * 4096);
    read(one, 0);
    write(one, 0, "one");
    expect(read(other, 0)).toBe("\0\0\0\0\0\0\0\0");
  });

  it("are not made where the host does not tell whether they are there: to make them anew would lose what others put there", () => {
    sharedMap.forget();
    const first = open("reviews");
    read(first, 5);
    write(first, 5, "five");
    sharedMap.failingReads = 1;
    const writes = sharedMap.writes;
    const second = open("reviews");
    expect(sharedMap.writes).toBe(writes);
    expect(read(second, 5)).toBe("five");
  });

  it("are each at a place of their own", () => {
    sharedMap.forget();
    const slots = open("reviews");
    for (let slot: u32 = 0; slot < SLOTS; slot += 37) {
      read(slots, slot);
      expect<u32>(write(slots, slot, slot.toString())).toBe(Status.OK);
    }
    for (let slot: u32 = 0; slot < SLOTS; slot++) {
      expect(read(slots, slot)).toBe(slot % 37 == 0 ? slot.toString() : "\0\0\0\0\0\0\0\0");
    }
  });

  it("are written where nobody else has since they were read, unless in any case", () => {
    sharedMap.forget();
    const mine = open("reviews");
    const others = open("reviews");
    read(mine, 5);
    const overwritten = text("theirs");
    expect<u32>(others.overwrite(5, overwritten.start, overwritten.length)).toBe(Status.OK);
    expect<u32>(write(mine, 5, "mine")).toBe(Status.CAS_MISMATCH);
    expect(read(mine, 5)).toBe("theirs");
    expect<u32>(write(mine, 5, "mine")).toBe(Status.OK);
    expect(read(others, 5)).toBe("mine");
  });

  it("tell what the host failed with", () => {
    sharedMap.forget();
    const slots = open("reviews");
    sharedMap.failingReads = 1;
    expect(read(slots, 5)).toBe("status 10");
    read(slots, 5);
    sharedMap.failingWrites = 1;
    expect<u32>(write(slots, 5, "x")).toBe(Status.INTERNAL_FAILURE);
    sharedMap.failingWrites = 1;
    expect<u32>(slots.overwrite(5, 0, 0)).toBe(Status.INTERNAL_FAILURE);
    expect(read(slots, 5)).toBe("\0\0\0\0\0\0\0\0");
  });
});
