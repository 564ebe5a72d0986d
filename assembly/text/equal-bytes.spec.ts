import { equalBytes } from "./equal-bytes";

const a = memory.data(128, 8);
const b = memory.data(128, 8);

/** Fills both places with the same bytes, each another than its neighbours. */
function fill(left: usize, right: usize): void {
  for (let i = 0; i < 48; i++) {
    store<u8>(left + i, 0x30 + i);
    store<u8>(right + i, 0x30 + i);
  }
}

describe("equalBytes", () => {
  it("is true of the same bytes, whatever stands behind them and however they are aligned", () => {
    for (let shift: u32 = 0; shift < 8; shift++) {
      fill(a, b + shift);
      for (let length: u32 = 0; length <= 40; length++) {
        store<u8>(a + length, 0);
        expect(equalBytes(a, b + shift, length)).toBe(true, `${length} bytes, ${shift} from alignment`);
        store<u8>(a + length, 0x30 + length);
      }
    }
  });

  it("is false where any one byte differs in any one bit", () => {
    fill(a, b);
    for (let length: u32 = 1; length <= 40; length++) {
      for (let at: u32 = 0; at < length; at++) {
        const was = load<u8>(b + at);
        const bit: u8 = <u8>(at & 7);
        const flipped: u8 = was ^ ((1 as u8) << bit);
        store<u8>(b + at, flipped);
        expect(equalBytes(a, b, length)).toBe(false, `byte ${at} of ${length}`);
        store<u8>(b + at, was);
      }
    }
  });
});
