import { EACH, EightBytes, UPPER } from "./eight-bytes";

describe("marksOf", () => {
  it("marks the first of eight bytes that is the one looked for, and none before it, whatever the others are", () => {
    for (let byte = 0; byte < 256; byte++) {
      for (let other = 0; other < 256; other++) {
        if (other == byte) continue;
        for (let at = 0; at < 8; at++) {
          const bytes = (<u64>other * EACH) ^ ((<u64>(other ^ byte)) << (8 * at));
          const marks = EightBytes.marksOf(bytes, byte) & UPPER;
          if (marks == 0 || <i32>(ctz(marks) >> 3) != at) expect(`${byte} among ${other}`).toBe(`found at ${at}`);
        }
      }
    }
  });

  it("marks nothing if it is not among them", () => {
    let state: u64 = 1;
    for (let i = 0; i < 10000; i++) {
      state = state * 6364136223846793005 + 1442695040888963407;
      for (let byte = 0; byte < 256; byte += 15) {
        let among = false;
        for (let at = 0; at < 8; at++) among = among || <i32>((state >> (8 * at)) & 0xff) == byte;
        const marked = (EightBytes.marksOf(state, byte) & UPPER) != 0;
        if (marked != among) expect(marked).toBe(among, `${byte} among ${state}`);
      }
    }
  });
});
