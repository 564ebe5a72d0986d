import { utf8 } from "../text";
import { ByteSet } from "./byte-set";
import { RegexErrorKind } from "./error";
import { perlClass } from "./named-classes";
import { NOTHING, Scanner } from "./scanner";
import { addUnicodeClass } from "./unicode-classes";

/** What an attempt to read something gives. */
export const enum Attempt {
  /** It is not there; nothing was taken. */
  Absent,
  Read,
  /** It is there and wrong; the error is set. */
  Refused,
}

/** Reads `\d`, `\D`, `\s`, `\S`, `\w`, `\W`, `\pL`, `\p{Lu}`, `\P{^Lu}` and adds the class to `set`. */
export function readClassEscape(scanner: Scanner, set: ByteSet, group: ByteSet, foldCase: bool): Attempt {
  if (scanner.peek(0) != 0x5c) return Attempt.Absent;
  const letter = scanner.peek(1);
  if ((letter | 0x20) == 0x70) return readUnicodeClass(scanner, set, group, foldCase);
  const ranges = letter < 0x80 ? perlClass(letter | 0x20) : null;
  if (ranges == null) return Attempt.Absent;
  scanner.at += 2;
  group.clear();
  group.addRanges(ranges);
  addGroup(set, group, (letter & 0x20) == 0, foldCase);
  return Attempt.Read;
}

/**
 * Adds a class, or what it leaves out, to `set`. Without regard to case, what it leaves out is what neither case of its
 * letters is (RE2: `(?i)\P{Lu}` has no ASCII letter).
 */
export function addGroup(set: ByteSet, group: ByteSet, negated: bool, foldCase: bool): void {
  if (foldCase) group.foldCase();
  if (negated) group.invert();
  set.addAll(group);
}

function readUnicodeClass(scanner: Scanner, set: ByteSet, group: ByteSet, foldCase: bool): Attempt {
  const from = scanner.at;
  let negated = scanner.peek(1) == 0x50;
  scanner.at += 2;
  let name = scanner.at;
  let end = name + 1;
  if (scanner.next() == 0x7b) {
    name++;
    while (scanner.peek(0) != 0x7d && scanner.peek(0) != NOTHING) scanner.at++;
    end = scanner.at;
    if (scanner.next() == NOTHING) {
      scanner.fail(RegexErrorKind.ClassRange, from, utf8("a Unicode class lacks its closing }"));
      return Attempt.Refused;
    }
  }
  if (name < scanner.at && load<u8>(name) == 0x5e) {
    negated = !negated;
    name++;
  }
  group.clear();
  if (name >= scanner.at || !addUnicodeClass(group, name, <u32>(end - name))) {
    const message = utf8("unknown Unicode class, or one without any character in Latin-1");
    scanner.fail(RegexErrorKind.ClassRange, from, message);
    return Attempt.Refused;
  }
  addGroup(set, group, negated, foldCase);
  return Attempt.Read;
}
