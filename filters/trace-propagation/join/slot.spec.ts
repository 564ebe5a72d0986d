import { text } from "../../../test/support/spec/bytes";
import { KeptSlot } from "../test/spec/join-slot";
import { EMPTY_SLOT_SIZE, SLOT_SIZE } from "./slot";

const A = "000000000000000a000000000000000a 0000000000000001 yes";
const A_AGAIN = "000000000000000a000000000000000a 0000000000000002 no random";
const B = "000000000000000b000000000000000b 0000000000000003 debug";

/** A key of 256 bytes, which with a tracestate of 512 makes an entry of 824: four of them fill a slot. */
function longKey(letter: string): string {
  return letter.repeat(256);
}

const LIST = "a=" + "x".repeat(510);

/** How many of four long keys are found. */
function found(kept: KeptSlot, keys: string, now: u64): string {
  let all = "";
  for (let i = 0; i < keys.length; i++) {
    if (kept.find(7, longKey(keys.charAt(i)), now) != "none") all += keys.charAt(i);
  }
  return all;
}

describe("a slot", () => {
  it("has nothing in it at first, whatever the key", () => {
    const kept = new KeptSlot();
    expect(kept.bytes.length).toBe(EMPTY_SLOT_SIZE);
    expect(kept.find(0, "", 0)).toBe("none");
    expect(kept.find(7, "key", 5)).toBe("none");
  });

  it("finds what was put there, all of it, until its time is over", () => {
    const kept = new KeptSlot();
    kept.put(7, "key", A_AGAIN, "x=1,y=2", 100, 200);
    expect(kept.find(7, "key", 100)).toBe(A_AGAIN + " [x=1,y=2] single");
    expect(kept.find(7, "key", 199)).toBe(A_AGAIN + " [x=1,y=2] single");
    expect(kept.find(7, "key", 200)).toBe("none");
    expect(kept.find(8, "key", 100)).toBe("none");
    expect(kept.find(7, "kez", 100)).toBe("none");
  });

  it("tells keys apart that have one hash", () => {
    const kept = new KeptSlot();
    kept.put(7, "key", A, "", 100, 200);
    kept.put(7, "kez", B, "", 100, 200);
    expect(kept.find(7, "key", 100)).toBe(A + " [] single");
    expect(kept.find(7, "kez", 100)).toBe(B + " [] single");
  });

  it("says that a key came again with its trace, and has the last one's context", () => {
    const kept = new KeptSlot();
    kept.put(7, "key", A, "x=1", 100, 200);
    kept.put(7, "other", B, "", 100, 200);
    kept.put(7, "key", A_AGAIN, "x=2", 150, 250);
    expect(kept.find(7, "key", 249)).toBe(A_AGAIN + " [x=2] repeated");
    expect(kept.find(7, "other", 199)).toBe(B + " [] single");
  });

  it("says that a key came with different traces, for as long as any of them counts", () => {
    const kept = new KeptSlot();
    kept.put(7, "key", A, "", 100, 200);
    kept.put(7, "key", B, "", 150, 250);
    expect(kept.find(7, "key", 150).endsWith(" torn")).toBe(true);
    kept.put(7, "key", B, "", 160, 260);
    expect(kept.find(7, "key", 160).endsWith(" torn")).toBe(true, "one more of either does not mend it");
    expect(kept.find(7, "key", 259).endsWith(" torn")).toBe(true);
    expect(kept.find(7, "key", 260)).toBe("none");
    kept.put(7, "key", A, "", 260, 360);
    expect(kept.find(7, "key", 260)).toBe(A + " [] single");
  });

  it("forgets what is over when another one is put there", () => {
    const kept = new KeptSlot();
    kept.put(7, "key", A, "", 100, 200);
    const size = kept.bytes.length;
    kept.put(7, "kez", B, "", 200, 300);
    expect(kept.bytes.length).toBe(size);
    kept.put(7, "key", B, "", 200, 300);
    expect(kept.find(7, "key", 200)).toBe(B + " [] single");
  });

  it("keeps a key for as long as the one that counts longest of those that came with it", () => {
    // Another plugin of the group remembers for longer; and another worker's clock was read before it wrote.
    const kept = new KeptSlot();
    kept.put(7, "key", A, "", 100, 1000);
    kept.put(7, "key", A_AGAIN, "", 110, 120);
    kept.put(7, "key", B, "", 130, 140);
    expect(kept.find(7, "key", 130).endsWith(" torn")).toBe(true);
    expect(kept.find(7, "key", 999).endsWith(" torn")).toBe(true);
  });
});

describe("a slot that is full", () => {
  it("drops the oldest, and says nothing until that one would have been over", () => {
    const kept = new KeptSlot();
    for (let i = 0; i < 4; i++) kept.put(7, longKey("abcd".charAt(i)), A, LIST, 100 + i, 200 + i);
    expect(found(kept, "abcd", 103)).toBe("abcd");
    expect(kept.bytes.length).toBe(8 + 4 * 824);
    kept.put(7, longKey("e"), A, LIST, 104, 204);
    expect(kept.bytes.length).toBe(8 + 4 * 824);
    expect(found(kept, "abcde", 104)).toBe("");
    expect(found(kept, "abcde", 199)).toBe("");
    expect(found(kept, "abcde", 200)).toBe("bcde");
    // What was dropped may come again, with another trace: that is not told before the first is over either.
    kept.put(7, longKey("a"), B, LIST, 105, 205);
    expect(found(kept, "abcde", 200)).toBe("", "b was dropped, and is over at 201");
    expect(found(kept, "abcde", 201)).toBe("acde");
    expect(kept.find(7, longKey("a"), 201)).toBe(B + " [" + LIST + "] single");
  });

  it("drops no more than it must, up to the last byte", () => {
    const kept = new KeptSlot();
    // 8 + 3 · 824 = 2480 bytes, and 4096 - 2480 = 1616 for one more entry: 53 of its own, a key of 256, and 1307.
    for (let i = 0; i < 3; i++) kept.put(7, longKey("abc".charAt(i)), A, LIST, 100, 200);
    const before = new KeptSlot();
    before.bytes = kept.bytes;
    kept.put(7, longKey("d"), A, "x".repeat(1307), 100, 200);
    expect<u32>(kept.bytes.length).toBe(SLOT_SIZE);
    expect(found(kept, "abcd", 100)).toBe("abcd");
    before.put(7, longKey("d"), A, "x".repeat(1308), 100, 200);
    expect(found(before, "abcd", 100)).toBe("");
    expect(found(before, "abcd", 200)).toBe("");
    expect<i32>(before.bytes.length).toBe(8 + 2 * 824 + 1624);
  });

  it("drops none for a key that is there already, or where others are over", () => {
    const kept = new KeptSlot();
    for (let i = 0; i < 4; i++) kept.put(7, longKey("abcd".charAt(i)), A, LIST, 100, 200 + i);
    kept.put(7, longKey("b"), A, LIST, 110, 210);
    expect(found(kept, "abcd", 110)).toBe("abcd");
    kept.put(7, longKey("e"), A, LIST, 200, 300);
    expect(found(kept, "abcde", 200)).toBe("bcde");
  });

  it("drops several for one that is large, and says nothing until the last of them would have been over", () => {
    const kept = new KeptSlot();
    kept.put(7, longKey("a"), A, LIST, 100, 400);
    kept.put(7, longKey("b"), A, LIST, 100, 200);
    kept.put(7, longKey("c"), A, LIST, 100, 500);
    kept.put(7, longKey("d"), A, LIST, 100, 500);
    // 3304 bytes are there; 4096 - 8 - 2 · 824 = 2440 for the new one, with its 53 and 256.
    kept.put(7, longKey("e"), A, "x".repeat(2131), 100, 500);
    expect(found(kept, "abcde", 399)).toBe("");
    expect(found(kept, "abcde", 400)).toBe("cde");
  });
});

describe("a slot that could not be written", () => {
  it("is emptied, and says nothing until a time", () => {
    const kept = new KeptSlot();
    kept.put(7, "key", A, "", 100, 200);
    kept.slot.markUnreliable(300);
    kept.take();
    expect(kept.bytes.length).toBe(EMPTY_SLOT_SIZE);
    kept.put(7, "key", A, "", 210, 310);
    expect(kept.find(7, "key", 299)).toBe("none");
    expect(kept.find(7, "key", 300)).toBe(A + " [] single");
  });

  it("says nothing until all is over that lay there, and nothing sooner than was said before", () => {
    const kept = new KeptSlot();
    kept.put(7, "key", A, "", 100, 1000);
    kept.put(7, "kez", A, "", 100, 400);
    kept.slot.markUnreliable(300);
    kept.take();
    kept.put(7, "key", B, "", 500, 1100);
    expect(kept.find(7, "key", 999)).toBe("none");
    kept.slot.markUnreliable(300);
    kept.take();
    kept.put(7, "key", B, "", 600, 1200);
    expect(kept.find(7, "key", 1099)).toBe("none");
    expect(kept.find(7, "key", 1100)).toBe(B + " [] single");
    kept.slot.markUnreliable(3000);
    kept.take();
    kept.slot.markUnreliable(2000);
    kept.take();
    kept.put(7, "key", B, "", 2500, 3500);
    expect(kept.find(7, "key", 2999)).toBe("none");
    expect(kept.find(7, "key", 3000)).toBe(B + " [] single");
  });
});

describe("bytes that are not a slot's", () => {
  it("have nothing in them, and say nothing until what might have been there is over", () => {
    const bytes = text("key");
    for (let length = 0; length < 8; length++) {
      const kept = new KeptSlot();
      kept.bytes = new Uint8Array(length);
      expect(kept.find(7, "key", 0)).toBe("none");
      expect(kept.slot.find(0, bytes.start, 0, 0) == null).toBe(true);
      kept.put(7, "key", A, "", 100, 200);
      kept.put(7, "kez", B, "", 150, 250);
      expect(kept.find(7, "key", 199)).toBe("none");
      expect(kept.find(7, "kez", 199)).toBe("none");
      expect(kept.find(7, "kez", 200)).toBe(B + " [] single");
    }
  });

  it("as a slot that is cut off, find what is whole, and say nothing when the rest was lost", () => {
    const whole = new KeptSlot();
    whole.put(7, "key", A, "x=1", 100, 200);
    whole.put(7, "kez", A, "x=1", 100, 200);
    // Two entries of 53 + 3 + 3 bytes, up to 64.
    expect(whole.bytes.length).toBe(8 + 2 * 64);
    for (let length = 8; length < 8 + 2 * 64; length++) {
      const kept = new KeptSlot();
      kept.bytes = whole.bytes.slice(0, length);
      expect(kept.find(7, "key", 100) != "none").toBe(length >= 72, length.toString());
      expect(kept.find(7, "kez", 100)).toBe("none");
      kept.put(7, "kez", B, "", 110, 210);
      const isCut = length != 8 && length != 72;
      expect(kept.find(7, "kez", 199) != "none").toBe(!isCut, length.toString());
    }
  });
});
