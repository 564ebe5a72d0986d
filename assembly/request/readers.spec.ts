import { text } from "../../test/support/spec/bytes";
import { HeaderPairs } from "../../test/support/spec/pairs";
import { resetArena } from "../memory/arena";
import { Region } from "../memory/region";
import { factWasRefused } from "./property";
import { readsFact } from "./readers";
import { fillHeaders, firstValue, openRequest, reserveSlots } from "./request";
import { Fact, Slot, SlotTable } from "./slots";
import { addValue } from "./states";
import { readPath } from "./target";
import { Value } from "./value";

let reads = 0;

/** A fact that is always `here`. */
function readHere(slot: Slot, _source: Value | null): void {
  reads++;
  const here = text("here");
  addValue(slot.number, here.start, here.length);
}

function readNothing(_slot: Slot, _source: Value | null): void {
  reads++;
}

const slots = SlotTable.open(Region.open(), false);

function begin(): void {
  const pairs = new HeaderPairs().add(":path", "/a?b").encode();
  resetArena();
  reserveSlots(slots.count);
  openRequest(slots);
  fillHeaders(pairs.start, pairs.length);
}

function shown(value: Value | null): string {
  return value == null ? "absent" : String.UTF8.decodeUnsafe(value.start, value.length);
}

describe("a fact", () => {
  it("that the filter has not said how to read is refused, so that no rule builds on its absence", () => {
    const principal = slots.slot(Fact.PRINCIPAL, text(""));
    begin();
    expect(factWasRefused()).toBe(false);
    expect(shown(firstValue(principal))).toBe("absent");
    expect(factWasRefused()).toBe(true);
    begin();
    expect(factWasRefused()).toBe(false, "of the next request nothing is known");
  });

  it("is read as the filter says, once a request, be there something or nothing", () => {
    readsFact(Fact.SNI, readHere);
    readsFact(Fact.PORT, readNothing);
    const sni = slots.slot(Fact.SNI, text(""));
    const port = slots.slot(Fact.PORT, text(""));
    begin();
    reads = 0;
    for (let i = 0; i < 3; i++) {
      expect(shown(firstValue(sni))).toBe("here");
      expect(shown(firstValue(port))).toBe("absent");
    }
    expect(reads).toBe(2);
    begin();
    expect(shown(firstValue(sni))).toBe("here");
    expect(reads).toBe(3);
    expect(factWasRefused()).toBe(false);
  });

  it("is read in the way that was said last", () => {
    readsFact(Fact.SNI, readNothing);
    begin();
    expect(shown(firstValue(slots.slot(Fact.SNI, text(""))))).toBe("absent");
  });

  it("that comes from another is given that one's first value", () => {
    readsFact(Fact.PATH, readPath);
    const path = slots.slot(Fact.PATH, text(""));
    begin();
    expect(shown(firstValue(path))).toBe("/a");
  });
});
