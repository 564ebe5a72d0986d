import { calls, restart, requestHeaders, startRequest } from "../../test/support/spec/emulator";
import { specRegion, text } from "../../test/support/spec/bytes";
import { useEveryFact } from "../../test/support/spec/facts";
import { valuesOf } from "../../test/support/spec/request";
import { resetArena } from "../memory/arena";
import { HeaderMap } from "../host/headers";
import { actsNow, appendHeader, applyHeaderWrites, dropHeader, setHeader, setHeaderOf } from "./header-writes";
import { openRequest, readRequestHeaders, reserveSlots } from "./request";
import { Fact, SlotTable } from "./slots";

/** The filter that writes, and the one after it that reads. */
const WRITER: u32 = 1;

const slots = SlotTable.open(specRegion(), false);
slots.asker = WRITER + 1;
const a = slots.slot(Fact.HEADER, text("a"));
const path = slots.slot(Fact.PATH, text(""));
const query = slots.slot(Fact.QUERY_PARAMETER, text("q"));
const cookie = slots.slot(Fact.COOKIE, text("user"));

function begin(headers: string): void {
  restart();
  useEveryFact();
  actsNow(WRITER);
  startRequest(":method: GET\n:path: /old?q=1\n:authority: h\n" + headers);
  resetArena();
  beginWith(slots);
  calls();
}

/** The same request, for another plan's slots. */
function beginWith(table: SlotTable): void {
  reserveSlots(table.count);
  openRequest(table);
  readRequestHeaders();
}

function set(name: string, value: string): void {
  const bytes = text(value);
  setHeader(HeaderMap.REQUEST_HEADERS, text(name), bytes.start, bytes.length);
}

function add(name: string, value: string): void {
  const bytes = text(value);
  appendHeader(HeaderMap.REQUEST_HEADERS, text(name), bytes.start, bytes.length);
}

describe("a header that a filter writes", () => {
  it("is at the host at once, and in the slots when the filter has done its part", () => {
    begin("a: 1");
    set("a", "2");
    expect(requestHeaders()).toBe(":method: GET\n:path: /old?q=1\n:authority: h\na: 2");
    expect(valuesOf(a)).toBe("[1]");
    applyHeaderWrites();
    expect(valuesOf(a)).toBe("[2]");
  });

  it("that was not there, is removed, or is set again", () => {
    begin("b: 1");
    set("a", "2");
    applyHeaderWrites();
    expect(valuesOf(a)).toBe("[2]");
    dropHeader(HeaderMap.REQUEST_HEADERS, text("a"));
    applyHeaderWrites();
    expect(valuesOf(a)).toBe("absent");
    set("a", "3");
    set("a", "4");
    applyHeaderWrites();
    expect(valuesOf(a)).toBe("[4]");
  });

  it("takes along what is read from it", () => {
    begin("cookie: user=anna");
    expect(valuesOf(path) + valuesOf(query) + valuesOf(cookie)).toBe("[/old][1][anna]");
    set(":path", "/new?q=2");
    set("cookie", "user=jason");
    applyHeaderWrites();
    expect(valuesOf(path) + valuesOf(query) + valuesOf(cookie)).toBe("[/new][2][jason]");
  });

  it("is the value of that moment, wherever its bytes were put together", () => {
    begin("a: 1");
    const bytes = text("2");
    setHeader(HeaderMap.REQUEST_HEADERS, text("a"), bytes.start, bytes.length);
    store<u8>(bytes.start, 0x39);
    applyHeaderWrites();
    expect(valuesOf(a)).toBe("[2]");
  });

  it("beside another one has the host asked again, who alone knows what the two come to", () => {
    begin("a: 1");
    add("a", "2");
    applyHeaderWrites();
    readRequestHeaders();
    expect(valuesOf(a)).toBe("[1][2]");
    expect(calls().includes("get_header_map_pairs request")).toBe(true);
    begin("b: 1");
    add("a", "2");
    applyHeaderWrites();
    expect(valuesOf(a)).toBe("[2]");
    expect(calls().includes("get_header_map_pairs")).toBe(false);
  });

  it("by its slot, does as by its name", () => {
    begin("a: 1");
    const bytes = text("2");
    setHeaderOf(a, text("a"), bytes.start, bytes.length);
    expect(requestHeaders()).toBe(":method: GET\n:path: /old?q=1\n:authority: h\na: 2");
    expect(valuesOf(a)).toBe("[1]");
    store<u8>(bytes.start, 0x39);
    applyHeaderWrites();
    expect(valuesOf(a)).toBe("[2]");
  });

  it("keeps all bytes of a value, however many", () => {
    for (let length = 0; length <= 40; length++) {
      begin("a: 1");
      const value = "abcdefghijklmnopqrstuvwxyz0123456789ABCD".substring(0, length);
      set("a", value);
      add("b", "behind it");
      applyHeaderWrites();
      expect(valuesOf(a)).toBe("[" + value + "]");
    }
  });

  it("changes its slot if a later filter asks for it, and not if only the writer does or one before it", () => {
    for (let asker: u32 = WRITER - 1; asker <= WRITER + 1; asker++) {
      begin("own: 1");
      const table = SlotTable.open(specRegion(), false);
      table.asker = asker;
      const own = table.slot(Fact.HEADER, text("own"));
      beginWith(table);
      set("own", "2");
      applyHeaderWrites();
      expect(valuesOf(own)).toBe(asker > WRITER ? "[2]" : "[1]");
    }
  });

  it("changes its slot if a later filter asks for what is read from it, whoever asks for the header itself", () => {
    begin("cookie: user=anna");
    const table = SlotTable.open(specRegion(), false);
    table.asker = WRITER;
    const whole = table.slot(Fact.HEADER, text("cookie"));
    table.asker = WRITER + 1;
    const part = table.slot(Fact.COOKIE, text("user"));
    beginWith(table);
    set("cookie", "user=jason");
    applyHeaderWrites();
    expect(valuesOf(whole) + valuesOf(part)).toBe("[user=jason][jason]");
  });

  it("of the response, or that nobody asks for, changes no slot", () => {
    begin("a: 1");
    const bytes = text("2");
    setHeader(HeaderMap.RESPONSE_HEADERS, text("a"), bytes.start, bytes.length);
    set("unknown", "2");
    applyHeaderWrites();
    expect(valuesOf(a)).toBe("[1]");
  });
});
