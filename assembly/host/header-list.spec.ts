import { hex, text } from "../../test/support/spec/bytes";
import { Region } from "../memory/region";
import { HeaderList } from "./header-list";

describe("a list of headers", () => {
  it("is encoded as the host takes pairs: the count, the lengths, names and values with a NUL behind each", () => {
    const list = HeaderList.open(Region.open());
    list.add(text("a"), text("xyz"));
    list.add(text("bc"), text(""));
    // 2; 1 and 3, 2 and 0, all of 32 bits with the low byte first; "a" NUL "xyz" NUL "bc" NUL NUL.
    const bytes = "02000000" + "0100000003000000" + "0200000000000000" + "6100" + "78797a00" + "626300" + "00";
    expect(list.encode().equals(hex(bytes))).toBe(true);
    expect<u32>(list.encode().length).toBe(4 + 2 * 8 + 2 + 4 + 3 + 1);
  });

  it("without a header is the count alone", () => {
    expect(HeaderList.open(Region.open()).encode().equals(hex("00000000"))).toBe(true);
  });

  it("may be encoded while it grows; a name may be there twice, and values have any bytes", () => {
    const list = HeaderList.open(Region.open());
    list.add(text("a"), hex("00ff"));
    const one = list.encode();
    list.add(text("a"), text("2"));
    expect(one.equals(hex("01000000" + "0100000002000000" + "6100" + "00ff00"))).toBe(true);
    const both = "02000000" + "0100000002000000" + "0100000001000000" + "6100" + "00ff00" + "6100" + "3200";
    expect(list.encode().equals(hex(both))).toBe(true);
  });

  it("is encoded where its region's memory was used before", () => {
    const region = Region.open();
    const mark = region.mark;
    memory.fill(region.take(256), 0xff, 256);
    region.rewind(mark);
    const list = HeaderList.open(region);
    list.add(text("a"), text("1"));
    expect(list.encode().equals(hex("01000000" + "0100000001000000" + "6100" + "3100"))).toBe(true);
  });
});
