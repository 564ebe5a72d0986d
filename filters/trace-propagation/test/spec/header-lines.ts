import { arenaTake } from "../../../../assembly/memory/arena";
import { Value } from "../../../../assembly/request/value";
import { Random } from "../../../../test/support/spec/random";

/**
 * The values of a header's lines as a slot holds them; null for none. They are Latin-1, a character a byte, and live in the
 * arena, as those of a request.
 */
export function headerLines(lines: string[]): Value | null {
  let first: Value | null = null;
  for (let i = lines.length - 1; i >= 0; i--) {
    const value = latin1(lines[i]);
    value.next = first;
    first = value;
  }
  return first;
}

/** A value as a string, or "(null)". */
export function shownValue(value: Value | null): string {
  if (value == null) return "(null)";
  let shown = "";
  for (let i: u32 = 0; i < value.length; i++) shown += String.fromCharCode(load<u8>(value.start + i));
  return shown;
}

function latin1(line: string): Value {
  const start = arenaTake(line.length);
  for (let i = 0; i < line.length; i++) store<u8>(start + i, line.charCodeAt(i));
  return Value.of(start, line.length);
}

/** A line with some of its bytes changed, taken out, put in from `bytes`, or a piece of it said twice. */
export function mutated(random: Random, line: string, bytes: string): string {
  const at = random.below(line.length + 1);
  const length = random.below(8);
  const before = line.substr(0, at);
  const behind = line.substr(at);
  switch (random.below(5)) {
    case 0:
      return before + line.substr(at, length) + behind;
    case 1:
      return before + line.substr(at + length);
    case 2:
      return before + String.fromCharCode(random.below(256)) + behind;
    case 3:
      return before + bytes.charAt(random.below(bytes.length)) + line.substr(at + 1);
  }
  return before + bytes.charAt(random.below(bytes.length)) + behind;
}

/** A line as one to four: cut where a comma stands, which is what several lines of a header are joined by. */
export function cutIntoLines(random: Random, line: string): string[] {
  const lines: string[] = [];
  let rest = line;
  while (lines.length < 3 && random.percent(40)) {
    const comma = rest.indexOf(",", random.below(rest.length + 1));
    if (comma < 0) break;
    lines.push(rest.substr(0, comma));
    rest = rest.substr(comma + 1);
  }
  lines.push(rest);
  return lines;
}
