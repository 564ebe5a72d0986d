import { configuration, errors } from "../../test/support/spec/configuration";
import { Place } from "../../assembly/config/place";
import { Region } from "../../assembly/memory/region";
import { utf8 } from "../../assembly/text/text";
import { Window, readWindow } from "./window";

/** Nanoseconds since 1970 of 10:00 and 11:00 on 2026-11-25, UTC, whose seconds `date -u -d … +%s` prints. */
const TEN: u64 = 1795600800000000000;
const ELEVEN: u64 = 1795604400000000000;
const FROM = '"from": "2026-11-25T10:00:00Z"';
const UNTIL = '"until": "2026-11-25T11:00:00Z"';

function place(json: string): Place {
  return configuration('{"window": ' + json + "}").field(utf8("window"));
}

/** Reads a window; it must be without an error. */
function read(json: string): Window {
  const from = place(json);
  const window = readWindow(from, Region.open());
  expect(errors(from)).toBe("", json);
  return window!;
}

function problem(json: string): string {
  const from = place(json);
  readWindow(from, Region.open());
  return errors(from);
}

describe("a window", () => {
  it("begins with its first nanosecond and ends before its last", () => {
    const window = read("{" + FROM + ", " + UNTIL + "}");
    expect(window.contains(TEN - 1)).toBe(false);
    expect(window.contains(TEN)).toBe(true);
    expect(window.contains(ELEVEN - 1)).toBe(true);
    expect(window.contains(ELEVEN)).toBe(false);
  });

  it("has no end, or no beginning, where none is given", () => {
    const open = read("{" + FROM + "}");
    expect(open.contains(TEN - 1)).toBe(false);
    expect(open.contains(TEN)).toBe(true);
    expect(open.contains(9000000000000000000)).toBe(true);
    const closing = read("{" + UNTIL + ', "from": null}');
    expect(closing.contains(1)).toBe(true);
    expect(closing.contains(ELEVEN - 1)).toBe(true);
    expect(closing.contains(ELEVEN)).toBe(false);
  });

  it("never holds where the clock is not known", () => {
    expect(read("{" + UNTIL + "}").contains(0)).toBe(false);
  });

  it("may be a nanosecond long, and is told in any zone", () => {
    const window = read('{"from": "2026-11-25T11:00:00+01:00", "until": "2026-11-25T10:00:00.000000001Z"}');
    expect(window.contains(TEN)).toBe(true);
    expect(window.contains(TEN + 1)).toBe(false);
  });

  it("is none where nothing stands", () => {
    const from = place("null");
    expect(readWindow(from, Region.open()) == null).toBe(true);
    expect(errors(from)).toBe("");
  });
});

describe("of windows is reported", () => {
  it("one without a beginning and an end", () => {
    expect(problem("{}")).toBe("window: expected from, until or both, got {}");
    expect(problem('{"from": null}')).toBe('window: expected from, until or both, got {"from": null}');
    expect(problem("[]")).toBe("window: expected an object, got []");
  });

  it("one that holds nothing", () => {
    expect(problem('{"from": "2026-11-25T11:00:00Z", "until": "2026-11-25T10:00:00Z"}')).toBe(
      "window: the window ends before it begins",
    );
    expect(problem('{"from": "2026-11-25T10:00:00Z", "until": "2026-11-25T11:00:00+01:00"}')).toBe(
      "window: the window ends when it begins",
    );
  });

  it("times that are none, and unknown fields", () => {
    expect(problem('{"from": "10:00", "until": 5}')).toBe(
      'window.from: expected an RFC 3339 time such as "2026-11-25T10:00:00Z", got "10:00"\n' +
        "window.until: expected a string, got 5",
    );
    expect(problem("{" + FROM + ', "to": "2026-11-25T11:00:00Z"}')).toBe('window: unknown field "to"');
  });
});
