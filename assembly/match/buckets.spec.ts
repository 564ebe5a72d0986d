import { text } from "../../test/support/spec/bytes";
import { Region } from "../memory/region";
import { Bucket, Buckets } from "./buckets";
import { Probe } from "./probe";
import { Part } from "./value-part";

const buckets = Buckets.open(Region.open(), 1);
const probe = Probe.of(buckets, 0, Part.WHOLE, false);
const folding = Probe.of(buckets, 0, Part.WHOLE, true);

function add(by: Probe, hash: u32, written: string): Bucket {
  const value = text(written);
  return buckets.add(by, hash, value.start, value.length);
}

function find(by: Probe, hash: u32, written: string): Bucket | null {
  const value = text(written);
  return buckets.find(by, hash, value.start, value.length);
}

describe("buckets", () => {
  it("of one hash are told apart by their bytes, their length and their probe", () => {
    const ab = add(probe, 7, "ab");
    const ac = add(probe, 7, "ac");
    const abc = add(probe, 7, "abc");
    const folded = add(folding, 7, "ab");
    expect(find(probe, 7, "ab") == ab).toBe(true);
    expect(find(probe, 7, "ac") == ac).toBe(true);
    expect(find(probe, 7, "abc") == abc).toBe(true);
    expect(find(folding, 7, "ab") == folded).toBe(true);
    expect(find(folding, 7, "AB") == folded).toBe(true);
    expect(find(probe, 7, "AB") == null).toBe(true);
    expect(find(probe, 8, "ab") == null).toBe(true);
    expect(find(folding, 7, "abc") == null).toBe(true);
  });

  it("are found behind many others, however few were said to come", () => {
    const many = Buckets.open(Region.open(), 0);
    const whole = Probe.of(many, 0, Part.WHOLE, false);
    const made: usize[] = [];
    for (let i = 0; i < 5000; i++) {
      const value = text(i.toString());
      made.push(changetype<usize>(many.add(whole, <u32>(i % 700), value.start, value.length)));
    }
    let found = 0;
    for (let i = 0; i < 5000; i++) {
      const value = text(i.toString());
      const bucket = many.find(whole, <u32>(i % 700), value.start, value.length);
      if (changetype<usize>(bucket) == made[i]) found++;
    }
    expect(found).toBe(5000);
  });
});
