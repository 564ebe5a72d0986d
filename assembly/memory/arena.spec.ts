import { arenaTake, resetArena } from "./arena";

/** The block of the arena: what fits it needs no heap. */
const BLOCK: usize = 32 * 1024;

describe("arenaTake", () => {
  it("gives pieces aligned to 8, none over another, through the block and past it", () => {
    resetArena();
    const starts: usize[] = [];
    for (let i = 0; i < 600; i++) {
      const at = arenaTake(100);
      expect(at & 7).toBe(0);
      memory.fill(at, <u8>i, 100);
      starts.push(at);
    }
    let wrong = 0;
    for (let i = 0; i < 600; i++) for (let j = 0; j < 100; j++) if (load<u8>(starts[i] + j) != <u8>i) wrong++;
    expect(wrong).toBe(0);
    resetArena();
  });

  it("gives a piece larger than the block, and goes on in the block behind it", () => {
    resetArena();
    const before = arenaTake(8);
    const large = arenaTake(1 << 20);
    memory.fill(large, 0xff, 1 << 20);
    const after = arenaTake(8);
    expect(after).toBe(before + 8);
    expect(large + (1 << 20) <= before || large >= before + BLOCK).toBe(true);
    resetArena();
  });
});

describe("resetArena", () => {
  it("gives the same memory again", () => {
    resetArena();
    const first = arenaTake(40);
    arenaTake(80);
    resetArena();
    expect(arenaTake(40)).toBe(first);
  });

  it("gives back what did not fit: memory is flat over a thousand callbacks that take a megabyte", () => {
    for (let i = 0; i < 5; i++) takeMuch();
    const pages = memory.size();
    for (let i = 0; i < 1000; i++) takeMuch();
    expect(memory.size()).toBe(pages);
  });
});

function takeMuch(): void {
  resetArena();
  for (let i = 0; i < 16; i++) arenaTake(65536);
  arenaTake(100);
}
