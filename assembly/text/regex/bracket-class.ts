import { utf8 } from "../text";
import { ByteSet } from "./byte-set";
import { Attempt, addGroup, readClassEscape } from "./class-escape";
import { RegexErrorKind } from "./error";
import { REFUSED, readEscape } from "./escape";
import { posixClass } from "./named-classes";
import { Scanner } from "./scanner";

/**
 * Reads a class in brackets into `set`, from its `[` on.
 *
 * @param group scratch for the classes named within
 * @returns false with the error set where RE2 refuses it too
 */
export function readBracketClass(scanner: Scanner, set: ByteSet, group: ByteSet, foldCase: bool): bool {
  const from = scanner.at;
  scanner.at++;
  set.clear();
  const negated = scanner.skip(0x5e);
  let first = true; // a ] there is an ordinary member
  while (first || scanner.peek(0) != 0x5d) {
    if (scanner.atEnd) return missingBracket(scanner, from);
    first = false;
    let attempt = readPosixClass(scanner, set, group, foldCase);
    if (attempt == Attempt.Absent) attempt = readClassEscape(scanner, set, group, foldCase);
    if (attempt == Attempt.Refused) return false;
    if (attempt == Attempt.Absent && !readRange(scanner, set, from)) return false;
  }
  scanner.at++;
  if (foldCase) set.foldCase();
  if (negated) set.invert();
  return true;
}

/** `[:alpha:]` or `[:^alpha:]`; without a `:]` further on, in the class or behind it, the bracket is a member. */
function readPosixClass(scanner: Scanner, set: ByteSet, group: ByteSet, foldCase: bool): Attempt {
  if (scanner.peek(0) != 0x5b || scanner.peek(1) != 0x3a) return Attempt.Absent;
  const from = scanner.at;
  let close = from + 2;
  while (close + 1 < scanner.end && load<u16>(close) != 0x5d3a) close++;
  if (close + 1 >= scanner.end) return Attempt.Absent;
  let name = from + 2;
  const negated = load<u8>(name) == 0x5e;
  if (negated) name++;
  const ranges = name < close ? posixClass(name, <u32>(close - name)) : null;
  if (ranges == null) {
    scanner.fail(RegexErrorKind.ClassRange, from, utf8("unknown POSIX class"));
    return Attempt.Refused;
  }
  group.clear();
  group.addRanges(ranges);
  addGroup(set, group, negated, foldCase);
  scanner.at = close + 2;
  return Attempt.Read;
}

/** A byte, or two with a hyphen in between that is not the class's last. */
function readRange(scanner: Scanner, set: ByteSet, bracket: usize): bool {
  const from = scanner.at;
  const low = readMember(scanner, bracket);
  if (low == REFUSED) return false;
  let high = low;
  if (scanner.peek(0) == 0x2d && scanner.left >= 2 && scanner.peek(1) != 0x5d) {
    scanner.at++;
    high = readMember(scanner, bracket);
    if (high == REFUSED) return false;
    if (high < low) return scanner.fail(RegexErrorKind.ClassRange, from, utf8("a range ends before it starts"));
  }
  set.addRange(low, high);
  return true;
}

function readMember(scanner: Scanner, bracket: usize): u32 {
  if (scanner.atEnd) {
    missingBracket(scanner, bracket);
    return REFUSED;
  }
  return scanner.peek(0) == 0x5c ? readEscape(scanner) : scanner.next();
}

function missingBracket(scanner: Scanner, from: usize): bool {
  return scanner.fail(RegexErrorKind.MissingBracket, from, utf8("a character class lacks its closing ]"));
}
