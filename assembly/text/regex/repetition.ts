import { isDigit } from "../ascii";
import { MAX_REPEAT } from "./limits";
import { Scanner } from "./scanner";

/** From this on RE2 reads no further digit, and takes the braces as literal text. */
const TOO_LONG: u32 = 100000000;

const NO_NUMBER: u32 = u32.MAX_VALUE;

/** `*`, `+`, `?` or a count in braces, lazy or not: to a whole match that is the same. */
@unmanaged
export class Repetition {
  min: u32;

  /** -1 where there is no bound. */
  max: i32;

  /** Takes the repetition that begins here. Gives null, with nothing taken, where none does. */
  static read(scanner: Scanner): Repetition | null {
    switch (scanner.peek(0)) {
      case 0x2a: // *
        return Repetition.operator(scanner, 0, -1);
      case 0x2b: // +
        return Repetition.operator(scanner, 1, -1);
      case 0x3f: // ?
        return Repetition.operator(scanner, 0, 1);
      case 0x7b: // {
        return Repetition.count(scanner);
    }
    return null;
  }

  /** Whether a count is beyond RE2's bound, or the second is below the first. */
  get isTooLarge(): bool {
    return this.min > MAX_REPEAT || this.max > <i32>MAX_REPEAT || (this.max >= 0 && this.max < <i32>this.min);
  }

  private static operator(scanner: Scanner, min: u32, max: i32): Repetition {
    scanner.at++;
    return Repetition.taken(scanner, min, max);
  }

  /** `{2}`, `{2,}` or `{2,3}`; anything else in braces is literal text. */
  private static count(scanner: Scanner): Repetition | null {
    const from = scanner.at;
    scanner.at++;
    const min = Repetition.number(scanner);
    let max: i32 = min;
    let wellFormed = min != NO_NUMBER;
    if (wellFormed && scanner.skip(0x2c)) {
      if (scanner.peek(0) == 0x7d) {
        max = -1;
      } else {
        const second = Repetition.number(scanner);
        wellFormed = second != NO_NUMBER;
        max = second;
      }
    }
    if (!wellFormed || !scanner.skip(0x7d)) {
      scanner.at = from;
      return null;
    }
    return Repetition.taken(scanner, min, max);
  }

  private static taken(scanner: Scanner, min: u32, max: i32): Repetition {
    scanner.skip(0x3f);
    const repetition = changetype<Repetition>(memory.data(8));
    repetition.min = min;
    repetition.max = max;
    return repetition;
  }

  /** Decimal digits, without a leading zero. */
  private static number(scanner: Scanner): u32 {
    if (!isDigit(scanner.peek(0)) || (scanner.peek(0) == 0x30 && isDigit(scanner.peek(1)))) return NO_NUMBER;
    let value: u32 = 0;
    while (isDigit(scanner.peek(0))) {
      if (value >= TOO_LONG) return NO_NUMBER;
      value = value * 10 + scanner.next() - 0x30;
    }
    return value;
  }
}
