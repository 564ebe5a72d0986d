import { Place } from "../config/place";
import { Fact } from "../request/slots";
import { Text } from "../text/text";
import { MatchCompiler } from "./compiler";
import { Condition, Test } from "./condition";

const STAR: u8 = 0x2a;

/**
 * A value of an AuthorizationPolicy as a condition on a fact: `*` asks for any value in the way of `star`, `*x` for one that
 * ends so, `x*` for one that starts so, and everything else, a `*` in the middle included, for the value itself: only one
 * star is taken off, so `*a*` is the end `a*` (istio `pilot/pkg/security/authz/matcher: StringMatcherWithPrefix`,
 * `HeaderMatcher`). Null with a report where no string stands there, or an empty one.
 */
export function readValuePattern(
  place: Place,
  compiler: MatchCompiler,
  fact: Fact,
  name: Text,
  star: Test,
): Condition | null {
  const value = place.nonEmptyString();
  return value == null ? null : valuePattern(compiler, fact, name, star, value.start, value.length);
}

/** The same of the `length` bytes at `start`, at least one. */
export function valuePattern(
  compiler: MatchCompiler,
  fact: Fact,
  name: Text,
  star: Test,
  start: usize,
  length: u32,
): Condition {
  const starts = load<u8>(start) == STAR;
  if (starts && length == 1) return compiler.conditionOf(fact, name, star, start, 0);
  if (starts) return compiler.conditionOf(fact, name, Test.SUFFIX, start + 1, length - 1);
  if (load<u8>(start + length - 1) == STAR) return compiler.conditionOf(fact, name, Test.PREFIX, start, length - 1);
  return compiler.conditionOf(fact, name, Test.EXACT, start, length);
}
