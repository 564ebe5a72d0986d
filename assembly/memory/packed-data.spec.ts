import { utf8 } from "../text/text";
import { unpack } from "./packed-data";

/** What those bytes unpack to, after three bytes `abc` that stand there before. */
function unpacked(packed: StaticArray<u8>): string {
  const to = heap.alloc(100);
  memory.fill(to, 0x2e, 100);
  memory.copy(to, utf8("abc").start, 3);
  const from = changetype<usize>(packed);
  const end = unpack(from, from + packed.length, to + 3);
  expect(load<u8>(end)).toBe(0x2e, "nothing is written after the end");
  return String.UTF8.decodeUnsafe(to, end - to);
}

describe("data unpacks", () => {
  it("0 and the bytes from 0x20 to 0x7f as themselves", () => {
    expect(unpacked([0x78, 0x7f, 0x20, 0x00])).toBe("abcx\x7f \0");
    expect(unpacked([])).toBe("abc");
  });

  it("the bytes from 1 to 0x1f as numbers of 32 bits", () => {
    expect(unpacked([0x01, 0x78, 0x1f, 0x79])).toBe("abc\x01\0\0\0x\x1f\0\0\0y");
    expect(unpacked([0x0a])).toBe("abc\n\0\0\0");
  });

  it("others after 0xff, and small ones that are no such number", () => {
    expect(unpacked([0xff, 0x0a, 0x21])).toBe("abc\n!");
    expect(unpacked([0xff, 0xc3, 0xff, 0xa4, 0x21])).toBe("abcä!");
  });

  it("a short repetition: the length less 3 in three bits, the distance less 1 in 11", () => {
    expect(unpacked([0x80, 0x02, 0x21])).toBe("abcabc!");
    expect(unpacked([0x88, 0x00])).toBe("abccccc");
    expect(unpacked([0x98, 0x01])).toBe("abcbcbcbc");
  });

  it("a long repetition: the length less 4 in six bits, the distance less 1 in the next two bytes", () => {
    expect(unpacked([0xc0, 0x02, 0x00, 0x21])).toBe("abcabca!");
    expect(unpacked([0xfe, 0x00, 0x00])).toBe("ab" + "c".repeat(67));
  });

  it("a repetition from far before, where the distance has a high byte", () => {
    const far = heap.alloc(1000);
    memory.copy(far, utf8("wxyz").start, 4);
    // 0x2ff + 1 before 768, and 0x300 + 1 before 769.
    const near: StaticArray<u8> = [0x82, 0xff];
    expect(unpack(changetype<usize>(near), changetype<usize>(near) + 2, far + 768)).toBe(far + 771);
    expect(String.UTF8.decodeUnsafe(far + 768, 3)).toBe("wxy");
    const further: StaticArray<u8> = [0xc0, 0x00, 0x03];
    expect(unpack(changetype<usize>(further), changetype<usize>(further) + 3, far + 769)).toBe(far + 773);
    expect(String.UTF8.decodeUnsafe(far + 769, 4)).toBe("wxyz");
  });
});
