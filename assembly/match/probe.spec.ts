import { text } from "../../test/support/spec/bytes";
import { HeaderPairs } from "../../test/support/spec/pairs";
import { startRequest } from "../../test/support/spec/request";
import { Region } from "../memory/region";
import { Fact, SlotTable } from "../request/slots";
import { Bucket, Buckets } from "./buckets";
import { Probe } from "./probe";
import { Part } from "./value-part";

/** A probe on the header `h` with a bucket for each of the texts; those that begin with `-` are not used. */
class Probing {
  slots: SlotTable;
  probe: Probe;

  constructor(part: Part, ignoreCase: bool, texts: string[]) {
    const slots = SlotTable.open(Region.open(), false);
    const buckets = Buckets.open(Region.open(), 4);
    const probe = Probe.of(buckets, slots.slot(Fact.HEADER, text("h")), part, ignoreCase);
    for (let i = 0; i < texts.length; i++) {
      const isUsed = !texts[i].startsWith("-");
      const value = text(isUsed ? texts[i] : texts[i].substring(1));
      const bucket = buckets.add(probe, probe.hashOf(value.start, value.length), value.start, value.length);
      if (isUsed) probe.use(buckets.region, bucket.length);
    }
    this.slots = slots;
    this.probe = probe;
  }

  /** The buckets that a request with these values of `h` leads to, in order, each in brackets. */
  found(values: string[]): string {
    const pairs = new HeaderPairs();
    for (let i = 0; i < values.length; i++) pairs.add("h", values[i]);
    startRequest(this.slots, pairs);
    this.probe.begin();
    let all = "";
    let bucket: Bucket | null = this.probe.nextBucket();
    while (bucket != null) {
      all += "[" + String.UTF8.decodeUnsafe(bucket.start, bucket.length) + "]";
      bucket = this.probe.nextBucket();
    }
    return all;
  }
}

const NONE: string[] = [];

describe("a probe", () => {
  it("of whole values leads to the bucket of each value that the request has", () => {
    const whole = new Probing(Part.WHOLE, false, ["a", "ab", ""]);
    expect(whole.found(["ab"])).toBe("[ab]");
    expect(whole.found(["x", "a", "b", "ab"])).toBe("[a][ab]");
    expect(whole.found([""])).toBe("[]");
    expect(whole.found(["A"])).toBe("");
    expect(whole.found(NONE)).toBe("");
  });

  it("of starts leads to those of every length, the shortest first, for each value anew", () => {
    const start = new Probing(Part.START, false, ["abc", "a", "ab", "b", "", "abcd"]);
    expect(start.found(["abcx"])).toBe("[][a][ab][abc]");
    expect(start.found(["b", "ab"])).toBe("[][b][][a][ab]");
    expect(start.found(["x"])).toBe("[]");
    expect(start.found([""])).toBe("[]");
    expect(start.found(NONE)).toBe("");
  });

  it("of ends leads to those of every length, counted from the end", () => {
    const end = new Probing(Part.END, false, ["c", "bc", "abc", "ab"]);
    expect(end.found(["abc"])).toBe("[c][bc][abc]");
    expect(end.found(["xbc"])).toBe("[c][bc]");
    expect(end.found(["cab"])).toBe("[ab]");
    expect(end.found(["b", "c"])).toBe("[c]");
  });

  it("takes letters of either case for one, where it is to", () => {
    expect(new Probing(Part.WHOLE, true, ["aB"]).found(["Ab"])).toBe("[aB]");
    expect(new Probing(Part.START, true, ["aB"]).found(["AbX"])).toBe("[aB]");
    expect(new Probing(Part.END, true, ["aB"]).found(["xAb"])).toBe("[aB]");
    expect(new Probing(Part.WHOLE, true, ["[a"]).found(["{a"])).toBe("", "ASCII letters alone");
  });

  it("of parts looks for no length that is not in use", () => {
    const start = new Probing(Part.START, false, ["-a", "ab"]);
    expect(start.found(["abc"])).toBe("[ab]");
    expect(new Probing(Part.START, false, ["-a"]).probe.used).toBe(false);
  });
});
