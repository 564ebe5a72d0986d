import { headerLines, mutated, shownValue } from "../test/spec/header-lines";
import { Random } from "../../../test/support/spec/random";
import { seed } from "../../../test/support/spec/run";
import { resetArena } from "../../../assembly/memory/arena";
import { NONE } from "./fraction";
import { ListState } from "./list-state";
import { OtMember } from "./ot-member";
import { Tracestate } from "./tracestate";

const HALF: u64 = 0x80000000000000;

let tracestate: Tracestate = changetype<Tracestate>(0);

/** The `ot` of a request whose tracestate is that line. */
function read(line: string): OtMember {
  resetArena();
  tracestate = Tracestate.read(headerLines([line]));
  return OtMember.of(tracestate);
}

/** What the tracestate is with another threshold. */
function withThreshold(line: string, threshold: u64): string {
  const ot = read(line);
  ot.put(tracestate, threshold);
  return shownValue(tracestate.write());
}

describe("the ot member of a tracestate (OpenTelemetry, TraceState Handling)", () => {
  it("holds a threshold and a randomness (the specification's examples)", () => {
    expect<u64>(read("ot=th:0").threshold).toBe(0);
    expect<u64>(read("ot=th:c").threshold).toBe(0xc0000000000000);
    expect<u64>(read("ot=th:fd70a4").threshold).toBe(0xfd70a400000000);
    expect<u64>(read("ot=rv:6e6d1a75832a2f").randomness).toBe(0x6e6d1a75832a2f);
    expect<u64>(read("foo=1,ot=rv:7479cfb506891d;th:8").randomness).toBe(0x7479cfb506891d);
    expect<u64>(read("foo=1,ot=rv:7479cfb506891d;th:8").threshold).toBe(HALF);
    expect<u64>(read("ot=th:8;rv:7479cfb506891d").randomness).toBe(0x7479cfb506891d);
  });

  it("holds none where it is not there, or they are not", () => {
    const lines: string[] = [
      "",
      "foo=1",
      "ot=p:8;r:62",
      "ot=foo:bar;k1:13",
      "ot=th1:8;rv1:7479cfb506891d",
      "ott=th:8",
      "FOO=1,ot=th:8",
    ];
    for (let i = 0; i < lines.length; i++) {
      expect<u64>(read(lines[i]).threshold).toBe(NONE, lines[i]);
      expect<u64>(read(lines[i]).randomness).toBe(NONE, lines[i]);
    }
  });

  it("holds none that is malformed, and the other all the same", () => {
    const thresholds: string[] = ["", "C", "g", "000000000000000", "8.", "-8"];
    for (let i = 0; i < thresholds.length; i++) {
      const ot = read("ot=th:" + thresholds[i] + ";rv:7479cfb506891d");
      expect<u64>(ot.threshold).toBe(NONE, thresholds[i]);
      expect<u64>(ot.randomness).toBe(0x7479cfb506891d, thresholds[i]);
    }
    const randomnesses: string[] = ["", "7479cfb506891", "7479cfb506891d0", "7479CFB506891D", "7479cfb506891g"];
    for (let i = 0; i < randomnesses.length; i++) {
      const ot = read("ot=rv:" + randomnesses[i] + ";th:8");
      expect<u64>(ot.randomness).toBe(NONE, randomnesses[i]);
      expect<u64>(ot.threshold).toBe(HALF, randomnesses[i]);
    }
  });

  it("holds none where the whole is malformed, or says one of them twice", () => {
    const values: string[] = [
      "th:8;",
      ";th:8",
      "th:8;;a:1",
      "th:8;a",
      "th:8;:1",
      "th:8;1a:1",
      "th:8;A:1",
      "th:8;a_b:1",
      "th:8;a-1",
      "th:8;a:b:c",
      "th:8;a:b:c:d",
      "th:8;a:b~c:d",
      "th:8;a:b c",
      "th:8;a:~",
      " th:8",
      "th:8 ;a:1",
      "th:8;th:8",
      "th:8;rv:7479cfb506891d;rv:7479cfb506891d",
    ];
    for (let i = 0; i < values.length; i++) {
      expect<u64>(read("ot=" + values[i]).threshold).toBe(NONE, values[i]);
      expect<u64>(read("ot=" + values[i]).randomness).toBe(NONE, values[i]);
    }
  });

  it("may have sub-keys of letters and digits, and values of letters, digits, dots, dashes and underscores", () => {
    expect<u64>(read("ot=a1b2:Az09._-;z:;th:8").threshold).toBe(HALF);
    const letters = "abcdefghijklmnopqrstuvwxyz";
    const digits = "0123456789";
    for (let byte = 0x20; byte < 0x7f; byte++) {
      if (byte == 0x2c || byte == 0x3b || byte == 0x3d) continue;
      const sign = String.fromCharCode(byte);
      expect<bool>(read("ot=" + sign + ":1;th:8").threshold == HALF).toBe(letters.includes(sign), "first " + sign);
      const key = letters + digits;
      expect<bool>(read("ot=a" + sign + ":1;th:8").threshold == HALF).toBe(key.includes(sign), "key " + sign);
      const value = key + letters.toUpperCase() + "._-";
      expect<bool>(read("ot=a:" + sign + ";th:8").threshold == HALF).toBe(value.includes(sign), "value " + sign);
    }
  });
});

describe("an ot member that is written", () => {
  it("has the threshold behind the other sub-keys, as in the specification's example", () => {
    expect(withThreshold("ot=p:8;r:62", 0xd0000000000000)).toBe("ot=p:8;r:62;th:d");
    expect(withThreshold("ot=p:8;th:7;r:62", 0xd0000000000000)).toBe("ot=p:8;r:62;th:d");
    expect(withThreshold("ot=th:7;p:8;r:62", 0xd0000000000000)).toBe("ot=p:8;r:62;th:d");
    expect(withThreshold("ot=p:8;r:62;th:7", 0xd0000000000000)).toBe("ot=p:8;r:62;th:d");
    expect(withThreshold("ot=th:7", 0xd0000000000000)).toBe("ot=th:d");
    expect(withThreshold("ot=th:7;rv:7479cfb506891d", 0)).toBe("ot=rv:7479cfb506891d;th:0");
  });

  it("moves to the front, or is put there", () => {
    expect(withThreshold("foo=1,ot=th:7,bar=2", HALF)).toBe("ot=th:8,foo=1,bar=2");
    expect(withThreshold("foo=1", 0xfd70a000000000)).toBe("ot=th:fd70a,foo=1");
    expect(withThreshold("", 0x00000000000001)).toBe("ot=th:00000000000001");
    expect(withThreshold("FOO=1", HALF)).toBe("ot=th:8");
  });

  it("loses its threshold, and goes with it where it has no other sub-key", () => {
    expect(withThreshold("foo=1,ot=p:8;th:7;r:62", NONE)).toBe("ot=p:8;r:62,foo=1");
    expect(withThreshold("foo=1,ot=th:7;r:62", NONE)).toBe("ot=r:62,foo=1");
    expect(withThreshold("foo=1,ot=p:8;th:7", NONE)).toBe("ot=p:8,foo=1");
    expect(withThreshold("foo=1,ot=th:7", NONE)).toBe("foo=1");
    expect(withThreshold("ot=th:7", NONE)).toBe("(null)");
    expect(withThreshold("foo=1,ot=th:XY;r:62", NONE)).toBe("ot=r:62,foo=1");
  });

  it("stays where it stands if nothing changes", () => {
    const lines: string[] = ["foo=1,ot=r:62;th:80", "foo=1,ot=th:8;r:62"];
    for (let i = 0; i < lines.length; i++) {
      const ot = read(lines[i]);
      expect(ot.put(tracestate, HALF)).toBe(true);
      expect<i32>(tracestate.state).toBe(ListState.AS_IT_CAME);
    }
    const without: string[] = ["foo=1,ot=r:62", "foo=1", "foo=1,ot=;;;"];
    for (let i = 0; i < without.length; i++) {
      const ot = read(without[i]);
      expect(ot.put(tracestate, NONE)).toBe(true);
      expect<i32>(tracestate.state).toBe(ListState.AS_IT_CAME);
    }
  });

  it("keeps nothing that is malformed", () => {
    expect(withThreshold("foo=1,ot=p:8;;th:7", HALF)).toBe("ot=th:8,foo=1");
    expect(withThreshold("foo=1,ot=th:7;th:7", HALF)).toBe("ot=th:8,foo=1");
    expect(withThreshold("foo=1,ot=p:8;th:;r:62", HALF)).toBe("ot=p:8;r:62;th:8,foo=1");
    expect(withThreshold("ot=rv:1;th:7", HALF)).toBe("ot=rv:1;th:8");
  });

  it("has at most 256 characters, and is else without the threshold", () => {
    // `;th:8` are five.
    const most = "a:" + "v".repeat(249);
    expect<bool>(read("ot=" + most).put(tracestate, HALF)).toBe(true);
    expect(shownValue(tracestate.write())).toBe("ot=" + most + ";th:8");
    expect<bool>(read("ot=" + most).put(tracestate, 0x88000000000000)).toBe(false);
    expect(shownValue(tracestate.write())).toBe("ot=" + most);
    expect<bool>(read("ot=" + most + "v").put(tracestate, HALF)).toBe(false);
    expect(shownValue(tracestate.write())).toBe("ot=" + most + "v");
    // One that does not fit does not leave the old one behind either.
    expect<bool>(read("ot=th:c;" + most).put(tracestate, 0x88000000000000)).toBe(false);
    expect(shownValue(tracestate.write())).toBe("ot=" + most);
    const full = "a:" + "v".repeat(254);
    expect<bool>(read("ot=" + full).put(tracestate, 1)).toBe(false);
    expect(shownValue(tracestate.write())).toBe("ot=" + full);
  });

  it("reads as it was written, whatever it came from", () => {
    const random = new Random(seed());
    const forms: string[] = [
      "p:8;r:62",
      "th:fd70a;rv:6e6d1a75832a2f",
      "rv:6e6d1a75832a2f;k1:13;th:0",
      "a:;b:;c:",
      "th:ffffffffffffff",
    ];
    let kept = 0;
    for (let i = 0; i < 2000; i++) {
      let value = random.pick(forms);
      for (let changes = random.below(4); changes > 0; changes--) value = mutated(random, value, ";;::thrv0123af._-A ");
      const before = read("ot=" + value + ",foo=1");
      const randomness = before.randomness;
      const threshold: u64 = ((<u64>random.below(0x10000000)) << 28) | (<u64>random.below(2));
      expect<bool>(before.put(tracestate, threshold)).toBe(true, value);
      const written = shownValue(tracestate.write());
      expect(written.startsWith("ot=")).toBe(true, written);
      const after = read(written);
      expect<u64>(after.threshold).toBe(threshold, value);
      expect<u64>(after.randomness).toBe(randomness, value);
      if (randomness != NONE) kept++;
      after.put(tracestate, NONE);
      expect<u64>(read(shownValue(tracestate.write())).randomness).toBe(randomness, value);
    }
    expect(kept).toBeGreaterThan(200);
  });
});
