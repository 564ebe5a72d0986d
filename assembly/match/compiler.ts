import { Place } from "../config/place";
import { Region } from "../memory/region";
import { Fact, SlotTable, isAskedOfHost } from "../request/slots";
import { RegexError, compileRegex } from "../text/regex/index";
import { Text, utf8 } from "../text/text";
import { Condition, Test } from "./condition";

/** The longest expression that Istio takes, in bytes (istio `pkg/config/validation: validateStringMatchRegexp`). */
const MAX_REGEX_LENGTH: u32 = 1024;

/** What a condition can cost to test: numbers below this. */
const COSTS: usize = 5;

/** What is needed to turn the fields of a match into conditions: the plan's memory and its slots. */
@unmanaged
export class MatchCompiler {
  /** The plan's region. */
  region: Region;
  slots: SlotTable;
  /** The conditions of the rule that is being made, the cheapest to test first. */
  conditions: Condition | null;
  /** The last of them of each cost: five addresses. */
  private lasts: usize;

  static open(region: Region, slots: SlotTable): MatchCompiler {
    const compiler = changetype<MatchCompiler>(region.take(offsetof<MatchCompiler>()));
    compiler.region = region;
    compiler.slots = slots;
    compiler.lasts = region.take(COSTS * sizeof<usize>());
    return compiler;
  }

  /** Starts the next rule. */
  begin(): void {
    this.conditions = null;
    // `memory.fill` would be a call out of the compiled code, dearer than these.
    for (let i: usize = 0; i < COSTS; i++) store<usize>(this.lasts + i * sizeof<usize>(), 0);
  }

  /** Adds a condition of that kind on a fact; what else it says is set on the condition given. */
  condition(fact: Fact, name: Text, test: Test, text: Text): Condition {
    return this.conditionOf(fact, name, test, text.start, text.length);
  }

  /** The same, its text being the `length` bytes at `start`. */
  conditionOf(fact: Fact, name: Text, test: Test, start: usize, length: u32): Condition {
    return Condition.of(this.region, this.slots.slot(fact, name), test, start, length);
  }

  /**
   * Puts a condition behind those that cost no more than it: what is read already, then what must be searched in it,
   * expressions, and last what has to be asked of the host.
   */
  add(condition: Condition): void {
    const last = this.lasts + this.cost(condition) * sizeof<usize>();
    let at = last;
    while (at > this.lasts && load<usize>(at) == 0) at -= sizeof<usize>();
    const before = changetype<Condition | null>(load<usize>(at));
    if (before == null) {
      condition.next = this.conditions;
      this.conditions = condition;
    } else {
      condition.next = before.next;
      before.next = condition;
    }
    store<usize>(last, changetype<usize>(condition));
  }

  /** Compiles the expression of a REGEX; false with a report if it is none that RE2 takes or is too long. */
  regex(place: Place, condition: Condition, pattern: Text): bool {
    if (pattern.length == 0 || pattern.length > MAX_REGEX_LENGTH) {
      place.expected(utf8("a regular expression of 1 to 1024 bytes"));
      return false;
    }
    const error = changetype<RegexError>(place.report.region.take(offsetof<RegexError>()));
    const regex = compileRegex(this.region, pattern, error);
    if (regex == null) {
      const writer = place.begin();
      writer.text(utf8("not an RE2 regular expression: "));
      writer.text(error.message);
      writer.text(utf8(" at byte "));
      writer.integer(error.offset);
      place.endWithValue();
      return false;
    }
    condition.regex = regex;
    return true;
  }

  private cost(condition: Condition): u32 {
    const fact = this.slots.at(condition.slot).fact;
    if (isAskedOfHost(fact)) return 4;
    if (condition.test == Test.REGEX) return 3;
    return fact == Fact.HEADER ? 0 : fact == Fact.PATH ? 1 : 2;
  }
}
