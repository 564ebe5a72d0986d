import { Text, utf8 } from "../text";
import { RegexErrorKind } from "./error";
import { Flag } from "./group";
import { NOTHING, Scanner } from "./scanner";
import { isNameByte } from "./unicode-classes";

/** What stands at a parenthesis: the flags that hold behind it, and whether a group begins. */
export const enum GroupSyntax {
  /** The bits that are flags. */
  Flags = 7,
  /** A group begins; without it, there were flags alone, as in `(?i)`. */
  Opens = 8,
  /** It is not RE2's syntax; the error is set. */
  Refused = 16,
}

/**
 * Reads `(`, `(?:`, `(?i)`, `(?i-s:`, `(?P<name>` or `(?<name>`. Names may repeat: nothing refers to them.
 *
 * @param flags those that hold before it
 */
export function readGroupSyntax(scanner: Scanner, flags: u32): GroupSyntax {
  const from = scanner.at;
  scanner.at++;
  if (!scanner.skip(0x3f)) return <GroupSyntax>(flags | GroupSyntax.Opens);
  const byte = scanner.peek(0);
  const second = scanner.peek(1);
  if (isLook(byte) || (byte == 0x3c && isLook(second))) {
    return refuse(scanner, from, utf8("RE2 has no lookahead and no lookbehind"));
  }
  if (byte == 0x3c || (byte == 0x50 && second == 0x3c)) {
    scanner.at += byte == 0x3c ? 1 : 2;
    return readName(scanner, from) ? <GroupSyntax>(flags | GroupSyntax.Opens) : GroupSyntax.Refused;
  }
  return readFlags(scanner, from, flags);
}

/** `=` or `!`. */
function isLook(byte: u32): bool {
  return byte == 0x3d || byte == 0x21;
}

function readName(scanner: Scanner, from: usize): bool {
  let length = 0;
  while (true) {
    const byte = scanner.next();
    if (byte == 0x3e && length > 0) return true;
    if (byte == NOTHING || !isNameByte(byte)) {
      return scanner.fail(
        RegexErrorKind.GroupName,
        from,
        utf8("a group's name must have only letters, digits and _, and end with >"),
      );
    }
    length++;
  }
}

function readFlags(scanner: Scanner, from: usize, flags: u32): GroupSyntax {
  let set = true;
  let anyAfterMinus = true;
  while (true) {
    const byte = scanner.next();
    let flag: u32 = 0;
    switch (byte) {
      case 0x69: // i
        flag = Flag.FoldCase;
        break;
      case 0x6d: // m
        flag = Flag.MultiLine;
        break;
      case 0x73: // s
        flag = Flag.DotNewline;
        break;
      case 0x55: // U
        break;
      case 0x2d: // -
        if (!set) return unknownGroup(scanner, from);
        set = false;
        anyAfterMinus = false;
        continue;
      case 0x3a: // :
      case 0x29: // )
        if (!anyAfterMinus) return unknownGroup(scanner, from);
        return <GroupSyntax>(byte == 0x3a ? flags | GroupSyntax.Opens : flags);
      default:
        return unknownGroup(scanner, from);
    }
    anyAfterMinus = true;
    flags = set ? flags | flag : flags & ~flag;
  }
}

function unknownGroup(scanner: Scanner, from: usize): GroupSyntax {
  return refuse(scanner, from, utf8("RE2 has no such group; it has (?:, (?P<name>, (?<name> and the flags imsU"));
}

function refuse(scanner: Scanner, from: usize, message: Text): GroupSyntax {
  scanner.fail(RegexErrorKind.Group, from, message);
  return GroupSyntax.Refused;
}
