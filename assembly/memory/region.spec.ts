import { Region } from "./region";

describe("take", () => {
  it("gives zeroed memory, aligned to 4, no piece over another", () => {
    const region = Region.open();
    const sizes: usize[] = [1, 7, 8, 9, 0, 3, 100, 4095, 4096, 4097, 13];
    const starts: usize[] = [];
    let wrong = 0;
    for (let i = 0; i < sizes.length; i++) {
      const at = region.take(sizes[i]);
      starts.push(at);
      expect(at & 3).toBe(0);
      for (let j: usize = 0; j < sizes[i]; j++) if (load<u8>(at + j) != 0) wrong++;
      memory.fill(at, <u8>(i + 1), sizes[i]);
    }
    for (let i = 0; i < sizes.length; i++) {
      for (let j: usize = 0; j < sizes[i]; j++) if (load<u8>(starts[i] + j) != <u8>(i + 1)) wrong++;
    }
    expect(wrong).toBe(0);
    region.close();
  });

  it("zeroes memory that another region had dirtied", () => {
    for (let round = 0; round < 20; round++) {
      const region = Region.open();
      let dirty = 0;
      for (let i = 0; i < 50; i++) {
        const at = region.take(512);
        for (let j = 0; j < 512; j += 8) if (load<u64>(at + j) != 0) dirty++;
        memory.fill(at, 0xff, 512);
      }
      expect(dirty).toBe(0);
      region.close();
    }
  });

  it("gives a piece larger than any chunk, and goes on behind it", () => {
    const region = Region.open();
    const large = region.take(3 << 20);
    memory.fill(large, 1, 3 << 20);
    const next = region.take(16);
    expect(load<u64>(next)).toBe(0);
    expect(next >= large + (3 << 20) || next + 16 <= large).toBe(true);
    expect(region.size).toBeGreaterThan(<usize>(3 << 20));
    region.close();
  });
});

describe("close", () => {
  it("gives everything back: a thousand regions need no more memory than the first few", () => {
    for (let i = 0; i < 8; i++) fillAndClose();
    const pages = memory.size();
    for (let i = 0; i < 1000; i++) fillAndClose();
    expect(memory.size()).toBe(pages);
  });

  it("gives back a region of which nothing was taken", () => {
    const pages = memory.size();
    for (let i = 0; i < 100000; i++) Region.open().close();
    expect(memory.size()).toBe(pages);
  });
});

describe("rewind", () => {
  it("gives back what was taken since the mark, be it in the same chunk or in others, and keeps the rest", () => {
    const region = Region.open();
    const kept = region.take(64);
    memory.fill(kept, 7, 64);
    for (let i = 0; i < 8; i++) {
      const size = region.size;
      const mark = region.mark;
      for (let j = 0; j < i * 40; j++) memory.fill(region.take(1000), 0xff, 1000);
      region.rewind(mark);
      expect(region.size).toBe(size);
      const again = region.take(16);
      expect(load<u64>(again)).toBe(0);
      store<u64>(again, u64.MAX_VALUE);
    }
    let changed = 0;
    for (let i: usize = 0; i < 64; i++) if (load<u8>(kept + i) != 7) changed++;
    expect(changed).toBe(0);
    region.close();
  });

  it("gives zeroed memory afterwards, however much was given back", () => {
    const region = Region.open();
    region.take(3);
    let dirty = 0;
    for (let size: usize = 0; size < 9000; size += size < 300 ? 1 : 777) {
      const mark = region.mark;
      memory.fill(region.take(size), 0xff, (size + 3) & ~3);
      region.rewind(mark);
      const again = region.take(size + 64);
      for (let i: usize = 0; i < size + 64; i++) if (load<u8>(again + i) != 0) dirty++;
      memory.fill(again, 0xff, (size + 67) & ~3);
      region.rewind(again + (size >> 1));
    }
    expect(dirty).toBe(0);
    region.close();
  });

  it("needs no more memory for a thousand rounds than for a few", () => {
    const region = Region.open();
    for (let i = 0; i < 8; i++) takeAndRewind(region);
    const pages = memory.size();
    for (let i = 0; i < 1000; i++) takeAndRewind(region);
    expect(memory.size()).toBe(pages);
    region.close();
  });
});

function takeAndRewind(region: Region): void {
  const mark = region.mark;
  for (let i = 0; i < 1300; i++) region.take(1000);
  region.rewind(mark);
}

/** Takes about 1.3 MB in chunks of all sizes and gives them back. */
function fillAndClose(): void {
  const region = Region.open();
  for (let i = 0; i < 1300; i++) region.take(1000);
  region.close();
}
