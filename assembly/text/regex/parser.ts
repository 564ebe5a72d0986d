import { Region } from "../../memory/region";
import { Text, utf8 } from "../text";
import { readBracketClass } from "./bracket-class";
import { ByteSet } from "./byte-set";
import { Attempt, readClassEscape } from "./class-escape";
import { RegexError, RegexErrorKind } from "./error";
import { REFUSED, readEscape } from "./escape";
import { Flag, Group } from "./group";
import { GroupSyntax, readGroupSyntax } from "./group-syntax";
import { Assertion } from "./program";
import { ProgramBuilder } from "./program-builder";
import { Repetition } from "./repetition";
import { Scanner } from "./scanner";

/**
 * Reads a pattern in RE2's syntax (https://github.com/google/re2/wiki/Syntax, with RE2's Perl extensions, as Envoy has
 * them on) and writes its program, piece by piece, without recursion: nesting costs scratch memory and no stack.
 */
@unmanaged
export class Parser {
  private scratch: Region;
  private scanner: Scanner;
  private builder: ProgramBuilder;

  /** The innermost group that is open. */
  private group: Group;

  /** The flags that hold here: bits of `Flag`. */
  private flags: u32;

  private set: ByteSet;
  private named: ByteSet;

  /** Reads `pattern` into `builder`. Gives false, with `error` set, where the pattern is refused. */
  static parse(pattern: Text, builder: ProgramBuilder, error: RegexError, scratch: Region): bool {
    const parser = changetype<Parser>(scratch.take(offsetof<Parser>()));
    parser.scratch = scratch;
    parser.scanner = Scanner.over(pattern, error, scratch);
    parser.builder = builder;
    parser.group = Group.open(scratch, null, 0, 0, 0);
    parser.set = ByteSet.within(scratch);
    parser.named = ByteSet.within(scratch);
    return parser.all();
  }

  private all(): bool {
    const scanner = this.scanner;
    let repeated: usize = 0; // the repetition just before, if there is one
    while (!scanner.atEnd) {
      const from = scanner.at;
      const repetition = Repetition.read(scanner);
      if (repetition != null) {
        if (!this.repeat(repetition, from, repeated)) return false;
        repeated = from;
      } else {
        if (!this.piece(from)) return false;
        repeated = 0;
      }
      if (this.builder.full) return this.tooLarge(from);
    }
    const open = this.group;
    if (open.outer != null) {
      return scanner.fail(RegexErrorKind.MissingParenthesis, open.opened, utf8("this group lacks its closing )"));
    }
    this.builder.land(open.pending);
    this.builder.match();
    return !this.builder.full || this.tooLarge(scanner.end);
  }

  /** Reads what is no repetition. */
  private piece(from: usize): bool {
    const scanner = this.scanner;
    switch (scanner.peek(0)) {
      case 0x28: // (
        return this.open(from);
      case 0x29: // )
        return this.close(from);
      case 0x5b: // [
        if (!readBracketClass(scanner, this.set, this.named, this.has(Flag.FoldCase))) return false;
        this.oneOf();
        return true;
      case 0x5c: // \
        return this.escaped();
    }
    const byte = scanner.next();
    switch (byte) {
      case 0x7c: // |
        this.group.pending = this.builder.alternative(this.group.alternative, this.group.pending);
        this.group.beginAlternative(this.builder.length);
        break;
      case 0x5e: // ^
        this.assert(this.has(Flag.MultiLine) ? Assertion.LineBegin : Assertion.TextBegin);
        break;
      case 0x24: // $
        this.assert(this.has(Flag.MultiLine) ? Assertion.LineEnd : Assertion.TextEnd);
        break;
      case 0x2e: // .
        this.any(!this.has(Flag.DotNewline));
        break;
      default:
        this.literal(byte);
    }
    return true;
  }

  private repeat(repetition: Repetition, from: usize, repeated: usize): bool {
    const scanner = this.scanner;
    const group = this.group;
    if (repetition.isTooLarge) {
      return scanner.fail(
        RegexErrorKind.RepeatSize,
        from,
        utf8("a repetition's counts must be at most 1000, the smaller one first"),
      );
    }
    if (repeated != 0) {
      return scanner.fail(
        RegexErrorKind.RepeatOperator,
        repeated,
        utf8("two repetitions in a row (RE2 has no possessive repetitions)"),
      );
    }
    if (!group.hasPiece) {
      return scanner.fail(RegexErrorKind.RepeatArgument, from, utf8("nothing before this repetition to repeat"));
    }
    if (!group.count(repetition.min, repetition.max)) {
      return scanner.fail(RegexErrorKind.RepeatSize, from, utf8("nested repetitions make more than 1000 copies"));
    }
    this.builder.repeat(group.pieceStart, repetition.min, repetition.max);
    return true;
  }

  private open(from: usize): bool {
    const before = this.flags;
    const syntax = readGroupSyntax(this.scanner, before);
    if (syntax == GroupSyntax.Refused) return false;
    this.flags = syntax & GroupSyntax.Flags;
    if (syntax & GroupSyntax.Opens) {
      this.group = Group.open(this.scratch, this.group, from, this.builder.length, before);
    }
    return true;
  }

  private close(from: usize): bool {
    const group = this.group;
    const outer = group.outer;
    this.scanner.at++;
    if (outer == null) {
      return this.scanner.fail(RegexErrorKind.UnexpectedParenthesis, from, utf8("this ) closes no group"));
    }
    this.builder.land(group.pending);
    this.flags = group.flagsBefore;
    this.group = outer;
    outer.begin(group.start, group.mostCopies);
    return true;
  }

  private escaped(): bool {
    const scanner = this.scanner;
    const letter = scanner.peek(1);
    switch (letter) {
      case 0x41: // A
        scanner.at += 2;
        this.assert(Assertion.TextBegin);
        return true;
      case 0x7a: // z
        scanner.at += 2;
        this.assert(Assertion.TextEnd);
        return true;
      case 0x62: // b
        scanner.at += 2;
        this.assert(Assertion.WordBoundary);
        return true;
      case 0x42: // B
        scanner.at += 2;
        this.assert(Assertion.NoWordBoundary);
        return true;
      case 0x43: // C
        scanner.at += 2;
        this.any(false);
        return true;
      case 0x51: // Q
        scanner.at += 2;
        this.quoted();
        return true;
    }
    this.set.clear();
    const attempt = readClassEscape(scanner, this.set, this.named, this.has(Flag.FoldCase));
    if (attempt == Attempt.Refused) return false;
    if (attempt == Attempt.Read) {
      this.oneOf();
      return true;
    }
    const byte = readEscape(scanner);
    if (byte == REFUSED) return false;
    this.literal(byte);
    return true;
  }

  /** `\Q` lets all be literal as far as `\E`, or the end. */
  private quoted(): void {
    const scanner = this.scanner;
    while (!scanner.atEnd) {
      if (scanner.peek(0) == 0x5c && scanner.peek(1) == 0x45) {
        scanner.at += 2;
        return;
      }
      this.literal(scanner.next());
    }
  }

  private literal(byte: u32): void {
    if (this.has(Flag.FoldCase)) {
      this.set.clear();
      this.set.addRange(byte, byte);
      this.set.foldCase();
      this.oneOf();
    } else {
      this.begin();
      this.builder.byte(byte);
    }
  }

  private any(exceptNewline: bool): void {
    this.set.clear();
    if (exceptNewline) this.set.addRange(0x0a, 0x0a);
    this.set.invert();
    this.oneOf();
  }

  /** Writes one byte of `set`. */
  private oneOf(): void {
    this.begin();
    this.builder.set(this.set);
  }

  private assert(assertion: Assertion): void {
    this.begin();
    this.builder.assertion(assertion);
  }

  private begin(): void {
    this.group.begin(this.builder.length, 1);
  }

  private has(flag: Flag): bool {
    return (this.flags & flag) != 0;
  }

  private tooLarge(from: usize): bool {
    return this.scanner.fail(
      RegexErrorKind.TooLarge,
      from,
      utf8("the pattern is too large after its repetitions are expanded"),
    );
  }
}
