import { specRegion, text } from "../../../test/support/spec/bytes";
import { headerLines } from "../test/spec/header-lines";
import { resetArena } from "../../../assembly/memory/arena";
import { NONE, fractionDigits, readFraction, writeFraction } from "../lists/fraction";
import { OtMember } from "../lists/ot-member";
import { inheritedThreshold, isSampled, randomnessOf, thresholdOf } from "./threshold";
import { Tracestate } from "../lists/tracestate";

function digits(fraction: u64): string {
  const length = fractionDigits(fraction);
  const at = specRegion().take(length);
  writeFraction(at, fraction);
  return String.UTF8.decodeUnsafe(at, length);
}

function fraction(digits: string): u64 {
  const bytes = text(digits);
  return readFraction(bytes.start, bytes.length);
}

function ot(value: string): OtMember {
  resetArena();
  return OtMember.of(Tracestate.read(headerLines(["ot=" + value])));
}

describe("a fraction of 2^56 (OpenTelemetry, TraceState Handling)", () => {
  it("is read from one to fourteen digits, the missing ones zeroes", () => {
    expect<u64>(fraction("0")).toBe(0);
    expect<u64>(fraction("c")).toBe(0xc0000000000000);
    expect<u64>(fraction("fd70a4")).toBe(0xfd70a400000000);
    expect<u64>(fraction("6e6d1a75832a2f")).toBe(0x6e6d1a75832a2f);
    expect<u64>(fraction("00000000000001")).toBe(1);
    expect<u64>(fraction("ffffffffffffff")).toBe(0xffffffffffffff);
    expect<u64>(fraction("80")).toBe(0x80000000000000);
    expect<u64>(fraction("00000000000000")).toBe(0);
  });

  it("is malformed otherwise", () => {
    expect<u64>(fraction("")).toBe(NONE);
    expect<u64>(fraction("000000000000000")).toBe(NONE);
    expect<u64>(fraction("C")).toBe(NONE);
    expect<u64>(fraction("0x8")).toBe(NONE);
    for (let byte = 0; byte < 128; byte++) {
      const sign = String.fromCharCode(byte);
      expect<bool>(fraction("0" + sign) != NONE).toBe("0123456789abcdef".includes(sign), "byte " + byte.toString());
    }
  });

  it("is written without the zeroes at its end", () => {
    expect(digits(0)).toBe("0");
    expect(digits(0x80000000000000)).toBe("8");
    expect(digits(0xc0000000000000)).toBe("c");
    expect(digits(0xfd70a400000000)).toBe("fd70a4");
    expect(digits(0xffffffffffffff)).toBe("ffffffffffffff");
    expect(digits(1)).toBe("00000000000001");
    expect(digits(0x10)).toBe("0000000000001");
    expect(digits(0x0a000000000000)).toBe("0a");
    expect(digits(0x123456789abcde)).toBe("123456789abcde");
  });
});

/** The threshold of so many of 10,000. */
function ofShare(share: i32): u64 {
  return thresholdOf(<f64>share / 10000);
}

describe("the threshold of a share", () => {
  it("is that of OpenTelemetry's table for four digits of precision", () => {
    expect(digits(ofShare(10000))).toBe("0");
    expect(digits(ofShare(5000))).toBe("8");
    expect(digits(ofShare(2500))).toBe("c");
    expect(digits(ofShare(2000))).toBe("cccd");
    expect(digits(ofShare(1250))).toBe("e");
    expect(digits(ofShare(1000))).toBe("e666");
    expect(digits(ofShare(625))).toBe("f");
    expect(digits(ofShare(100))).toBe("fd70a");
    expect(digits(ofShare(10))).toBe("ffbe77");
    expect(digits(ofShare(1))).toBe("fff9724");
  });

  it("is that by hand", () => {
    // 6667 / 10000 · 16^4 = 43692.9; 50 / 10000 · 16^4 = 327.7; 1 / 10000 · 16^4 = 6.6.
    expect<u64>(ofShare(3333)).toBe(0xaaad0000000000);
    expect<u64>(ofShare(9950)).toBe(0x01480000000000);
    expect<u64>(ofShare(9999)).toBe(0x00070000000000);
    // Less than a 16th has a digit more: 9376 / 10000 · 16^5 = 983144.9.
    expect<u64>(ofShare(624)).toBe(0xf0069000000000);
    // Less than a 256th has two: 39 / 10000; 9961 / 10000 · 16^6 = 16711784.9; 9960 / 10000 · 16^5 = 1044381.7 has one.
    expect<u64>(ofShare(39)).toBe(0xff006900000000);
    expect<u64>(ofShare(40)).toBe(0xfef9e000000000);
    // Less than a 4096th has three: 9998 / 10000 · 16^7 = 268381768.9; 9997 / 10000 · 16^6 = 16772182.8 has two.
    expect<u64>(ofShare(2)).toBe(0xfff2e490000000);
    expect<u64>(ofShare(3)).toBe(0xffec5700000000);
  });

  it("is out of reach for nothing, and 0 for more than all", () => {
    expect<u64>(ofShare(0)).toBe(NONE);
    expect<u64>(ofShare(10001)).toBe(0);
  });

  it("is what the specification's own function gives, for each of the 10,000", () => {
    // FNV-1a, 64 bits, over the digits of 1 to 10,000 with a newline behind each, those of the function in Python.
    let hash: u64 = 0xcbf29ce484222325;
    for (let share = 1; share <= 10000; share++) {
      const line = digits(ofShare(share)) + "\n";
      for (let i = 0; i < line.length; i++) hash = (hash ^ line.charCodeAt(i)) * 0x100000001b3;
    }
    expect<u64>(hash).toBe(0x45470be5683e6aac);
  });
});

describe("a sampling decision", () => {
  it("is by the lower 56 bits of the trace id", () => {
    const none = ot("k:1");
    expect<u64>(randomnessOf(0xff6e6d1a75832a2f, none)).toBe(0x6e6d1a75832a2f);
    // OpenTelemetry's example of `rv`: sampled from 0x6e6d1a75832a2f on down.
    expect(isSampled(0x6e6d1a75832a2f, 0x6e6d1a75832a2f)).toBe(true);
    expect(isSampled(0x6e6d1a75832a2f, 0x6e6d1a75832a30)).toBe(false);
    expect(isSampled(0x6e6d1a75832a2f, 0)).toBe(true);
    expect(isSampled(0, 0)).toBe(true);
    expect(isSampled(0xffffffffffffff, NONE)).toBe(false);
  });

  it("is by rv instead where there is one", () => {
    expect<u64>(randomnessOf(0xffffffffffffffff, ot("rv:7479cfb506891d"))).toBe(0x7479cfb506891d);
    expect<u64>(randomnessOf(0xffffffffffffffff, ot("rv:00000000000000"))).toBe(0);
    expect<u64>(randomnessOf(0x1234, ot("rv:7479cfb506891"))).toBe(0x1234);
  });

  it("is consistent: what a smaller share samples, a larger one does", () => {
    for (let share = 1; share < 10000; share++) {
      expect<bool>(ofShare(share) > ofShare(share + 1)).toBe(true, share.toString());
    }
  });

  it("is 1 in 100 of evenly spaced trace ids for 1 %", () => {
    const threshold = ofShare(100);
    let sampled = 0;
    for (let i: u64 = 0; i < 100000; i++) {
      // 2^56 / 100,000, cut off.
      if (isSampled(i * 720575940379, threshold)) sampled++;
    }
    expect(sampled).toBe(1000);
  });

  it("hands the sender's threshold on where the sender was sampled by it", () => {
    const half = ot("th:8");
    expect<u64>(inheritedThreshold(half, true, 0x80000000000000)).toBe(0x80000000000000);
    expect<u64>(inheritedThreshold(half, true, 0x7fffffffffffff)).toBe(NONE);
    expect<u64>(inheritedThreshold(half, false, 0x80000000000000)).toBe(NONE);
    expect<u64>(inheritedThreshold(half, false, 0x7fffffffffffff)).toBe(NONE);
    expect<u64>(inheritedThreshold(ot("th:0"), true, 0)).toBe(0);
    expect<u64>(inheritedThreshold(ot("rv:7479cfb506891d"), true, 0xffffffffffffff)).toBe(NONE);
  });
});
