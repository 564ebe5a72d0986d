import { Region } from "../memory/region";
import { firstValue } from "../request/request";
import { hasOneValue, stateOf } from "../request/states";
import { sameIgnoringCase } from "../text/ascii";
import { copyBytes } from "../text/copy-bytes";
import { equalBytes } from "../text/equal-bytes";
import { isInBlock } from "../text/ip-address";
import { Regex } from "../text/regex/index";
import { Text, holdsByte } from "../text/text";
import { UriTemplate } from "../text/uri-template";

const LINE_FEED: u8 = 0x0a;

/** How a condition tests a value. */
export const enum Test {
  /** The fact is there, whatever its value. */
  PRESENT,
  EXACT,
  PREFIX,
  SUFFIX,
  /** The whole value matches the expression. */
  REGEX,
  /** Some bytes and no line feed among them: the expression `.+`, which istiod writes for `*`. */
  NOT_EMPTY,
  /** The value is a binary address in the block of `text` and `bits`. */
  CIDR,
  /** The value is a path that matches the template. */
  TEMPLATE,
}

let testsAll: bool = false;

/**
 * Says that there are conditions of the kinds CIDR and TEMPLATE. A filter that has them says it when it is configured; the module
 * of one that does not is without the code that tests them, since nothing sets the variable there.
 */
export function useAllTests(): void {
  testsAll = true;
}

/** What a condition has beside its text if its test is one behind SUFFIX: few have. It lies before the condition. */
@unmanaged
class Extra {
  /** A `Regex` or `UriTemplate`. */
  expression: usize;
  /** See `Condition.window`, `Condition.bits`. */
  window: u16;
  bits: u8;
}

/** What is known of a condition that a missing fact has to do with. Only one that a missing fact does not meet can lead. */
const enum Mode {
  NONE,
  MISSING_IS_EMPTY,
  LED,
}

/**
 * One condition on one fact, and a link of lists: of an ordered rule's conditions, which must all hold and each of which
 * may have others along `or` that will do; or (`Field`) of values along `or`, each of which may have further conditions
 * along `next` that must be met with it.
 *
 * Plans are mostly conditions, so they are small: the text lies behind the record, and what few have before it.
 */
@unmanaged
export class Condition {
  /** The fact's slot in the plan. */
  slot: u32;
  private testNumber: u8;
  /** ASCII letters' case does not count (EXACT, PREFIX, SUFFIX). */
  ignoreCase: bool;
  /** The condition holds where the test does not. */
  invert: bool;
  private mode: u8;
  /** Another condition that will do in this one's place. */
  or: Condition | null;
  next: Condition | null;

  /** A condition that compares with the `length` bytes at `start`, which are copied. */
  static of(region: Region, slot: u32, test: Test, start: usize, length: u32): Condition {
    const extra = test > Test.SUFFIX ? offsetof<Extra>() : 0;
    const at = extra + region.take(extra + offsetof<Condition>() + sizeof<u32>() + length);
    const condition = changetype<Condition>(at);
    condition.slot = slot;
    condition.testNumber = <u8>test;
    condition.text.length = length;
    copyBytes(condition.text.start, start, length);
    return condition;
  }

  get test(): Test {
    return this.testNumber;
  }

  /** What the test compares with: bytes, or a block's binary prefix (CIDR). */
  get text(): Text {
    return changetype<Text>(changetype<usize>(this) + offsetof<Condition>());
  }

  /** A missing fact is tested as an empty value (Envoy `HeaderMatcher.treat_missing_header_as_empty`). */
  get missingIsEmpty(): bool {
    return this.mode == Mode.MISSING_IS_EMPTY;
  }

  set missingIsEmpty(is: bool) {
    this.mode = <u8>is;
  }

  /** An index leads by it to its rule already (`OrderedIndex`). */
  get led(): bool {
    return this.mode == Mode.LED;
  }

  set led(is: bool) {
    this.mode = is ? <u8>Mode.LED : <u8>Mode.NONE;
  }

  /** Of a REGEX; null if the test is another. */
  get regex(): Regex | null {
    return this.test == Test.REGEX ? changetype<Regex | null>(this.extra.expression) : null;
  }

  set regex(regex: Regex | null) {
    this.extra.expression = changetype<usize>(regex);
  }

  /** Of a TEMPLATE. */
  get template(): UriTemplate | null {
    return changetype<UriTemplate | null>(this.extra.expression);
  }

  set template(template: UriTemplate | null) {
    this.extra.expression = changetype<usize>(template);
  }

  /** Of a REGEX, where in `regex.required` those bytes begin by which an index leads to it, counted from 1; else 0 (`Windows`). */
  get window(): u32 {
    return this.test == Test.REGEX ? this.extra.window : 0;
  }

  set window(window: u32) {
    this.extra.window = <u16>window;
  }

  /** Of a CIDR, how many bits of an address count. */
  get bits(): u8 {
    return this.extra.bits;
  }

  set bits(bits: u8) {
    this.extra.bits = bits;
  }

  private get extra(): Extra {
    return changetype<Extra>(changetype<usize>(this) - offsetof<Extra>());
  }

  /** Whether the current request meets the condition: any of the fact's values may. */
  holds(): bool {
    if (this.isMet()) return true;
    let other = this.or;
    while (other != null) {
      if (other.isMet()) return true;
      other = other.or;
    }
    return false;
  }

  /** Whether the current request meets this condition itself, whatever else would do. */
  isMet(): bool {
    const plain = this.plainTest;
    // EXACT and PREFIX are neighbours. As most conditions are one of them, and most facts have one value, these are compared without the calls
    // that `anyValue` takes.
    if (plain - Test.EXACT < 2) {
      const value = stateOf(this.slot);
      if (hasOneValue(value)) {
        const text = this.text;
        const length = text.length;
        if (value.length != length && (plain == Test.EXACT || value.length < length)) return false;
        return equalBytes(value.start, text.start, length);
      }
    }
    return this.anyValue() != this.invert;
  }

  /** The test, if letters' case counts and it is not inverted; else some number above all tests. */
  private get plainTest(): u32 {
    // The three fields lie side by side, and most conditions are so: one look at all of them.
    return load<u32>(changetype<usize>(this) + offsetof<Condition>("testNumber")) & 0xffffff;
  }

  private anyValue(): bool {
    let value = firstValue(this.slot);
    if (value == null) return this.missingIsEmpty && this.test != Test.PRESENT && this.accepts(0, 0);
    if (this.test == Test.PRESENT) return true;
    while (value != null) {
      if (this.accepts(value.start, value.length)) return true;
      value = value.next;
    }
    return false;
  }

  /** Whether these bytes pass the test. */
  accepts(start: usize, length: u32): bool {
    const text = this.text;
    switch (this.test) {
      case Test.EXACT:
        return length == text.length && this.same(start, text.length);
      case Test.PREFIX:
        return length >= text.length && this.same(start, text.length);
      case Test.SUFFIX:
        return length >= text.length && this.same(start + (length - text.length), text.length);
      case Test.REGEX: {
        const regex = changetype<Regex | null>(this.extra.expression);
        return regex != null && regex.matches(start, length);
      }
      case Test.NOT_EMPTY:
        return length > 0 && !holdsByte(start, length, LINE_FEED);
      case Test.CIDR:
        return testsAll && isInBlock(text, this.bits, start, length);
      case Test.TEMPLATE: {
        const template = this.template;
        return testsAll && template != null && template.matches(start, length);
      }
    }
    return true;
  }

  private same(start: usize, length: u32): bool {
    return this.ignoreCase
      ? sameIgnoringCase(start, length, this.text.start, length)
      : equalBytes(start, this.text.start, length);
  }
}

/** Whether the current request meets all conditions of a list; an empty one is always met. */
export function allHold(conditions: Condition | null): bool {
  let condition = conditions;
  while (condition != null) {
    if (!condition.holds()) return false;
    condition = condition.next;
  }
  return true;
}
