import { HEADER, allocate, release, roomOf } from "./heap";
import { VECTOR } from "./vector";

/** Around powers of two, less the header. */
const SIZES: u32[] = [0, 1, 8, 9, 24, 25, 4088, 4089, 65528, 65529, 1048568, 1048569, 2097152];

/** How many bytes of a block are another than that one. */
function differing(block: usize, byte: u8): i32 {
  let count = 0;
  const end = block + roomOf(block);
  for (let at = block; at < end; at++) if (load<u8>(at) != byte) count++;
  return count;
}

describe("blocks", () => {
  it("have room for what was asked, up to the next power of two with their header, and are aligned", () => {
    for (let i = 0; i < SIZES.length; i++) {
      const block = allocate(SIZES[i]);
      const room = roomOf(block);
      expect(room >= SIZES[i]).toBe(true);
      expect(popcnt(room + HEADER)).toBe(1);
      expect(room < 2 * (max(<usize>SIZES[i], 8) + HEADER)).toBe(true);
      expect<usize>(block & 7).toBe(0);
      release(block);
    }
  });

  it("leave as many bytes behind them, to the end of memory, as are loaded at once", () => {
    // Sixteen bytes each with their header, so that one of those that fill a page would end with memory.
    for (let i = 0; i < 5000; i++) {
      const block = allocate(8);
      const end = block + roomOf(block);
      const left = ((<usize>memory.size()) << 16) - end;
      if (left < VECTOR) expect<usize>(left).toBe(VECTOR, "bytes behind a block");
    }
  });

  it("lie apart, and keep what is written into them while others come and go", () => {
    const blocks: usize[] = [];
    for (let i = 0; i < 200; i++) {
      const block = allocate(SIZES[i % 8]);
      memory.fill(block, <u8>i, roomOf(block));
      blocks.push(block);
      // AssemblyScript's own heap takes memory between them.
      if (i % 50 == 0) new StaticArray<u8>(100000);
      if (i % 3 == 0) release(allocate(SIZES[i % SIZES.length]));
    }
    for (let i = 0; i < blocks.length; i++) {
      expect<i32>(differing(blocks[i], <u8>i)).toBe(0);
      release(blocks[i]);
    }
  });

  it("are used again once they were given back, the last first, for the same power of two alone", () => {
    const first = allocate(1000);
    const second = allocate(600);
    const other = allocate(300);
    release(first);
    release(other);
    release(second);
    expect(allocate(1016)).toBe(second);
    expect(allocate(505)).toBe(first);
    const third = allocate(1000);
    expect(third != first && third != second && third != other).toBe(true);
    expect(allocate(504)).toBe(other);
    const size = memory.size();
    for (let i = 0; i < 1000; i++) release(allocate(1000000));
    expect(memory.size() - size <= 16).toBe(true);
  });
});
