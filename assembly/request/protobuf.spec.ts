import { hex } from "../../test/support/spec/bytes";
import { Random } from "../../test/support/spec/random";
import { seed } from "../../test/support/spec/run";
import { resetArena } from "../memory/arena";
import { Region } from "../memory/region";
import { ProtobufReader } from "./protobuf";

/** The fields of a message: the number of each, with the bytes of a length-delimited one. */
function fields(digits: string): string {
  const message = hex(digits);
  const reader = ProtobufReader.over(message.start, message.start + message.length);
  let all = "";
  while (reader.next()) {
    all += reader.field.toString();
    if (reader.start != 0) all += "=" + String.UTF8.decodeUnsafe(reader.start, reader.end - reader.start);
    all += " ";
  }
  return all;
}

describe("a message (the encoding guide of protocol buffers)", () => {
  it("is read field by field, of every wire type", () => {
    expect(fields("")).toBe("");
    // The guide's own examples: 150 in field 1, and "testing" in field 2.
    expect(fields("089601")).toBe("1 ");
    expect(fields("120774657374696e67")).toBe("2=testing ");
    expect(fields("0d00000000" + "110000000000000000" + "120161")).toBe("1 2 2=a ");
    expect(fields("1200" + "120161")).toBe("2= 2=a ");
    // Field 16 has a tag of two bytes: 16 << 3 | 2 = 130 is 82 01.
    expect(fields("82010161")).toBe("16=a ");
  });

  it("ends where it is malformed", () => {
    expect(fields("120161" + "1205" + "61")).toBe("2=a ");
    expect(fields("120161" + "12")).toBe("2=a ");
    expect(fields("120161" + "80")).toBe("2=a ");
    expect(fields("120161" + "0d0000")).toBe("2=a ");
    expect(fields("120161" + "1100")).toBe("2=a ");
    expect(fields("120161" + "08ffffffffffffffffffff01" + "120162")).toBe("2=a ");
    // Groups (wire types 3 and 4) and the two types that there are not.
    expect(fields("0b" + "120161")).toBe("");
    expect(fields("0f" + "120161")).toBe("");
    // A length past 32 bits.
    expect(fields("12ffffffffffffffff7f" + "61")).toBe("");
  });

  it("is entered at the last field of a number, as the last counts of one that is repeated", () => {
    resetArena();
    const message = hex("0a01" + "61" + "1201" + "78" + "0a01" + "62");
    const reader = ProtobufReader.over(message.start, message.start + message.length);
    expect(reader.into(1)).toBe(true);
    expect<u32>(reader.size).toBe(1);
    expect<u8>(load<u8>(reader.from)).toBe(0x62);
    const other = ProtobufReader.over(message.start, message.start + message.length);
    expect(other.into(3)).toBe(false);
  });

  it("never traps, whatever the bytes", () => {
    const random = new Random(seed());
    const region = Region.open();
    const at = region.take(64);
    let entered = 0;
    for (let round = 0; round < 50000; round++) {
      resetArena();
      const length = random.below(64);
      for (let i: u32 = 0; i < length; i++)
        store<u8>(at + i, random.percent(60) ? random.below(24) : random.below(256));
      const reader = ProtobufReader.over(at, at + length);
      for (let depth = 0; depth < 4 && reader.into(1 + random.below(3)); depth++) {
        entered++;
        expect(reader.from >= at && reader.from + reader.size <= at + length).toBe(true, round.toString());
      }
    }
    expect(entered).toBeGreaterThan(200);
  });
});
