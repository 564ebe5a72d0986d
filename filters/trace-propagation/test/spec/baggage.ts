import { resetArena } from "../../../../assembly/memory/arena";
import { Baggage } from "../../lists/baggage";
import { ListState } from "../../lists/list-state";
import { headerLines, shownValue } from "./header-lines";

/** The baggage of a request with these header lines, the arena emptied before. */
export function read(lines: string[]): Baggage {
  resetArena();
  return Baggage.read(headerLines(lines));
}

/** Expects that header lines are to be left alone. */
export function expectAsItCame(lines: string[]): void {
  expect<i32>(read(lines).state).toBe(ListState.AS_IT_CAME, lines.join(" / "));
}

/** Expects that header lines are to be written anew, as that one line. */
export function expectAnew(lines: string[], expected: string): void {
  const baggage = read(lines);
  expect<i32>(baggage.state).toBe(ListState.ANEW, lines.join(" / "));
  expect(shownValue(baggage.write())).toBe(expected, lines.join(" / "));
}

/** Expects that header lines are to be discarded. */
export function expectInvalid(lines: string[]): void {
  const baggage = read(lines);
  expect<i32>(baggage.state).toBe(ListState.INVALID, lines.join(" / "));
  expect(shownValue(baggage.write())).toBe("(null)", lines.join(" / "));
}
