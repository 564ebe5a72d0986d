import { Region } from "../../memory/region";
import { Text } from "../text";
import { RegexError, RegexErrorKind } from "./error";

/** What `peek` gives behind the end of the pattern. */
export const NOTHING: u32 = 256;

/** A place in a pattern, and what was found wrong there. */
@unmanaged
export class Scanner {
  private start: usize;

  /** Address of the byte that is read next. */
  at: usize;

  /** Address behind the last byte. */
  end: usize;

  error: RegexError;

  static over(pattern: Text, error: RegexError, scratch: Region): Scanner {
    const scanner = changetype<Scanner>(scratch.take(offsetof<Scanner>()));
    scanner.start = pattern.start;
    scanner.at = pattern.start;
    scanner.end = pattern.start + pattern.length;
    scanner.error = error;
    return scanner;
  }

  get atEnd(): bool {
    return this.at >= this.end;
  }

  /** How many bytes are left. */
  get left(): u32 {
    return <u32>(this.end - this.at);
  }

  /** The byte `ahead` of the next one, or `NOTHING`. */
  peek(ahead: u32): u32 {
    return ahead < this.left ? load<u8>(this.at + ahead) : NOTHING;
  }

  /** Takes the next byte; `NOTHING` at the end, where it stays. */
  next(): u32 {
    const byte = this.peek(0);
    if (byte != NOTHING) this.at++;
    return byte;
  }

  /** Takes the next byte if it is this one. */
  skip(byte: u32): bool {
    if (this.peek(0) != byte) return false;
    this.at++;
    return true;
  }

  /** Says what is wrong with what begins at the address `from`. Gives false, for the caller to return. */
  fail(kind: RegexErrorKind, from: usize, message: Text): bool {
    this.error.kind = kind;
    this.error.offset = <u32>(from - this.start);
    this.error.message = message;
    return false;
  }
}
