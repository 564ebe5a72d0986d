import { resetArena } from "../../../../assembly/memory/arena";
import { ListState } from "../../lists/list-state";
import { Tracestate } from "../../lists/tracestate";
import { text } from "../../../../test/support/spec/bytes";
import { headerLines, shownValue } from "./header-lines";

/** The tracestate of a request with these header lines, the arena emptied before. */
export function read(lines: string[]): Tracestate {
  resetArena();
  return Tracestate.read(headerLines(lines));
}

/** Expects that header lines are to be left alone. */
export function expectAsItCame(lines: string[]): void {
  expect<i32>(read(lines).state).toBe(ListState.AS_IT_CAME, lines.join(" / "));
}

/** Expects that header lines are to be written anew, as that one line. */
export function expectAnew(lines: string[], expected: string): void {
  const tracestate = read(lines);
  expect<i32>(tracestate.state).toBe(ListState.ANEW, lines.join(" / "));
  expect(shownValue(tracestate.write())).toBe(expected, lines.join(" / "));
}

/** Expects that header lines are to be discarded. */
export function expectInvalid(lines: string[]): void {
  const tracestate = read(lines);
  expect<i32>(tracestate.state).toBe(ListState.INVALID, lines.join(" / "));
  expect(shownValue(tracestate.write())).toBe("(null)", lines.join(" / "));
}

/** Expects that the member with that key has that value, or is not there: "(null)". */
export function expectValue(lines: string[], key: string, expected: string): void {
  expect(shownValue(read(lines).find(text(key)))).toBe(expected, lines.join(" / "));
}
