import { calls, restart, requestHeaders, startRequest } from "../../test/support/spec/emulator";
import { specRegion, text } from "../../test/support/spec/bytes";
import { useEveryFact } from "../../test/support/spec/facts";
import { valuesOf } from "../../test/support/spec/request";
import { resetArena } from "../memory/arena";
import { HeaderMap } from "../host/headers";
import { appendHeader, applyHeaderWrites, dropHeader, expectOthers, setHeader } from "./header-writes";
import { openRequest, readRequestHeaders, reserveSlots } from "./request";
import { Fact, SlotTable } from "./slots";

const slots = SlotTable.open(specRegion(), false);
const a = slots.slot(Fact.HEADER, text("a"));
const path = slots.slot(Fact.PATH, text(""));
const query = slots.slot(Fact.QUERY_PARAMETER, text("q"));
const cookie = slots.slot(Fact.COOKIE, text("user"));

function begin(headers: string): void {
  restart();
  useEveryFact();
  expectOthers();
  startRequest(":method: GET\n:path: /old?q=1\n:authority: h\n" + headers);
  resetArena();
  reserveSlots(slots.count);
  openRequest(slots);
  readRequestHeaders();
  calls();
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

  it("of the response, or that nobody asks for, changes no slot", () => {
    begin("a: 1");
    const bytes = text("2");
    setHeader(HeaderMap.RESPONSE_HEADERS, text("a"), bytes.start, bytes.length);
    set("unknown", "2");
    applyHeaderWrites();
    expect(valuesOf(a)).toBe("[1]");
  });
});
