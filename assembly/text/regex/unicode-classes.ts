import { Text, utf8 } from "../text";
import { ByteSet } from "./byte-set";

/**
 * The general categories of U+0000 to U+00FF in order, as runs: two letters, then `@` plus the length of the run.
 * Source: UnicodeData.txt; none of them has changed since Unicode 6.1.
 */
function categoryRuns(): Text {
  return utf8(
    "Cc`ZsAPoCScAPoCPsAPeAPoASmAPoAPdAPoBNdJPoBSmCPoBLuZPsAPoAPeASkAPcASkALlZPsASmAPeASmACcaZsAPoAScDSoAPoASkASoALoAPiASmACfASoASkASoASmANoBSkALlAPoBSkANoALoAPfANoCPoALuWSmALuGLlXSmALlH",
  );
}

/** Categories that Unicode and RE2 have, and that no character of Latin-1 is of. */
function otherCategories(): Text {
  return utf8("CoCsLmLtM\0McMeMnNlZlZp");
}

/**
 * Adds the Latin-1 characters of a Unicode class to a set: `L` or `Lu`, `Latin`, `Common` or `Any`, named as between the
 * braces of `\p{…}`.
 *
 * @returns false for any other name. Of the scripts, none but those two has a character in Latin-1, so RE2 has but empty
 *   classes for them.
 */
export function addUnicodeClass(set: ByteSet, name: usize, length: u32): bool {
  if (length == 1 || length == 2) {
    return addCategory(set, load<u8>(name), length == 2 ? load<u8>(name + 1) : 0) || isOtherCategory(name, length);
  }
  if (utf8("Latin").is(name, length)) {
    addLatin(set);
    return true;
  }
  if (utf8("Any").is(name, length)) {
    set.addRange(0, 255);
    return true;
  }
  if (utf8("Common").is(name, length)) {
    addLatin(set);
    set.invert();
    return true;
  }
  return false;
}

/** Whether RE2 takes a byte, read as Latin-1, in the name of a group: letters, digits, connectors. */
export function isNameByte(byte: u32): bool {
  const runs = categoryRuns();
  let from: u32 = 0;
  for (let run = runs.start; run < runs.start + runs.length; run += 3) {
    from += load<u8>(run, 2) - 0x40;
    if (byte < from) {
      const category = load<u16>(run);
      return load<u8>(run) == 0x4c || category == 0x644e || category == 0x6350; // L?, Nd, Pc
    }
  }
  return false;
}

/** All letters but µ, which is the Greeks' as well. */
function addLatin(set: ByteSet): void {
  set.addRanges(utf8("AZaz"));
  set.addRange(0xaa, 0xaa);
  set.addRange(0xba, 0xba);
  set.addRange(0xc0, 0xd6);
  set.addRange(0xd8, 0xf6);
  set.addRange(0xf8, 0xff);
}

/** @param minor the second letter of the category, or 0 for all that begin with `major` */
function addCategory(set: ByteSet, major: u32, minor: u32): bool {
  const runs = categoryRuns();
  let from: u32 = 0;
  let found = false;
  for (let run = runs.start; run < runs.start + runs.length; run += 3) {
    const length: u32 = load<u8>(run, 2) - 0x40;
    if (load<u8>(run) == major && (minor == 0 || load<u8>(run, 1) == minor)) {
      set.addRange(from, from + length - 1);
      found = true;
    }
    from += length;
  }
  return found;
}

function isOtherCategory(name: usize, length: u32): bool {
  const others = otherCategories();
  const minor: u32 = length == 2 ? load<u8>(name + 1) : 0;
  for (let at = others.start; at < others.start + others.length; at += 2) {
    if (load<u8>(at) == load<u8>(name) && load<u8>(at, 1) == minor) return true;
  }
  return false;
}
