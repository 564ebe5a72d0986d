import { another, begin, end, key, nextGroup, overtake, recall, restart } from "../test/spec/flights";
import { sharedMap } from "../../../test/support/spec/shared-map";

export { proxy_get_shared_data, proxy_set_shared_data } from "../../../test/support/spec/shared-map";

const A = "000000000000000a000000000000000c 0000000000000001 yes random";
const B = "000000000000000b000000000000000c 0000000000000002 no";
const C = "000000000000000c000000000000000d 0000000000000004 debug random";

describe("requests in flight", () => {
  it("are known where there is one, and not where there is none or several", () => {
    const alone = restart();
    expect(sharedMap.keys.join(" ")).toBe(key());
    expect(recall(alone, 100)).toBe("none");
    const a = begin(alone, A, 100);
    expect(recall(alone, 100)).toBe(A);
    const b = begin(alone, B, 101);
    expect(recall(alone, 101)).toBe("none");
    const c = begin(alone, C, 102);
    expect(recall(alone, 102)).toBe("none", "though three are exclusive-or of three");
    end(a);
    expect(recall(alone, 103)).toBe("none");
    end(c);
    expect(recall(alone, 103)).toBe(B);
    end(b);
    expect(recall(alone, 104)).toBe("none");
  });

  it("are counted for all workers, each ending where it began", () => {
    const one = restart();
    const other = another();
    const a = begin(one, A, 100);
    const b = begin(other, B, 100);
    expect(recall(one, 100)).toBe("none");
    end(a);
    expect(recall(one, 100)).toBe(B);
    expect(recall(other, 100)).toBe(B);
    end(b);
    expect(recall(other, 100)).toBe("none");
  });

  it("count each, where two are of one context", () => {
    const alone = restart();
    const one = begin(alone, A, 100);
    const two = begin(alone, A, 100);
    expect(recall(alone, 100)).toBe("none");
    end(one);
    expect(recall(alone, 100)).toBe(A);
    end(two);
    expect(recall(alone, 100)).toBe("none");
  });

  it("are not believed in for longer than the lifetime, nor before they began, nor without a clock", () => {
    const alone = restart();
    const a = begin(alone, A, 5000);
    expect(recall(alone, 6000)).toBe(A);
    expect(recall(alone, 6001)).toBe("none");
    expect(recall(alone, 4999)).toBe("none");
    expect(recall(alone, 0)).toBe("none");
    end(a);
    const b = begin(alone, B, 0);
    expect(recall(alone, 5000)).toBe("none", "nobody knows when it began");
    expect(recall(alone, 0)).toBe("none");
    end(b);
    const d = begin(alone, A, 7000);
    const c = begin(alone, C, 7500);
    end(d);
    expect(recall(alone, 8500)).toBe(C);
    expect(recall(alone, 8501)).toBe("none");
    end(c);
  });

  it("stay as they are when another worker opens the record", () => {
    const alone = restart();
    const a = begin(alone, A, 100);
    const writes = sharedMap.writes;
    const other = another();
    expect(sharedMap.writes).toBe(writes);
    expect(recall(other, 100)).toBe(A);
    end(a);
  });

  it("are of their group alone", () => {
    const one = restart();
    const a = begin(one, A, 100);
    const other = nextGroup();
    expect(recall(other, 100)).toBe("none");
    expect(recall(one, 100)).toBe(A);
    end(a);
  });

  it("are written again where another worker was faster, as often as 31 times", () => {
    const alone = restart();
    overtake(31);
    const a = begin(alone, A, 100);
    expect(recall(alone, 100)).toBe(A);
    overtake(31);
    end(a);
    expect(recall(alone, 100)).toBe("none");
    const b = begin(alone, B, 100);
    expect(recall(alone, 100)).toBe(B);
    end(b);
  });
});

describe("requests in flight of which one could not be counted", () => {
  it("are not known from then on, as there may be more: where others are always faster", () => {
    for (let ends = 0; ends < 2; ends++) {
      const alone = restart();
      const a = begin(alone, A, 100);
      overtake(32);
      if (ends == 0) begin(alone, B, 100);
      else end(a);
      expect(recall(alone, 100)).toBe("none");
      expect(recall(another(), 100)).toBe("none");
      if (ends == 0) end(a);
      begin(alone, C, 100);
      expect(recall(alone, 100)).toBe("none");
    }
  });

  it("are not known from then on, where the host fails", () => {
    for (let kind = 0; kind < 4; kind++) {
      const alone = restart();
      const a = begin(alone, A, 100);
      if (kind % 2 == 0) sharedMap.failingReads = 1;
      else sharedMap.failingWrites = 1;
      if (kind < 2) end(begin(alone, B, 100));
      else end(a);
      expect(recall(alone, 100)).toBe("none", "kind " + kind.toString());
      if (kind < 2) end(a);
      const c = begin(alone, C, 100);
      expect(recall(alone, 100)).toBe("none", "kind " + kind.toString());
      expect(recall(another(), 100)).toBe("none", "kind " + kind.toString());
      end(c);
    }
  });

  it("are not known where the record is another writer's, and another's bytes are left in peace by no trap", () => {
    for (let length = 0; length < 100; length++) {
      const alone = restart();
      const bytes = new Uint8Array(length);
      for (let i = 0; i < length; i++) bytes[i] = 1;
      sharedMap.put(key(), bytes);
      expect(recall(alone, 100)).toBe("none");
      const a = begin(alone, A, 100);
      expect(recall(alone, 100)).toBe("none");
      end(a);
      expect(recall(alone, 100)).toBe("none");
    }
  });

  it("are not known where the record was lost", () => {
    const alone = restart();
    const a = begin(alone, A, 100);
    sharedMap.forget();
    begin(alone, B, 100);
    expect(recall(alone, 100)).toBe("none", "a is in flight too");
    end(a);
    expect(recall(alone, 100)).toBe("none");
  });
});

describe("a worker whose host does not even take that it does not know", () => {
  it("relies on no record of that group, whatever configuration it is asked by", () => {
    const alone = restart();
    const a = begin(alone, A, 100);
    sharedMap.failingWrites = 2;
    begin(alone, B, 100);
    expect(recall(alone, 100)).toBe("none");
    end(a);
    expect(recall(alone, 100)).toBe("none");
    expect(recall(another(), 100)).toBe("none");
    begin(another(), C, 100);
    expect(recall(another(), 100)).toBe("none");
  });

  it("relies on the record of another group as before", () => {
    begin(restart(), C, 100);
    expect(recall(another(), 100)).toBe(C);
  });
});
