import { Place } from "../config/place";
import { Fact } from "../request/slots";
import { Text, utf8 } from "../text/text";
import { MatchCompiler } from "./compiler";
import { Condition, Test } from "./condition";

/**
 * A pattern of AuthorizationPolicy's `principals` as a condition: `*` is any principal, `*x` one that ends so, `x*` one
 * that starts so, and everything else, a `*` in the middle included, the principal itself
 * (istio `pilot/pkg/security/authz/matcher: StringMatcher`). Null with a report where it is no string or an empty one.
 */
export function readPrincipalPattern(place: Place, compiler: MatchCompiler): Condition | null {
  const pattern = place.nonEmptyString();
  if (pattern == null) return null;
  const first = load<u8>(pattern.start);
  const last = load<u8>(pattern.start + pattern.length - 1);
  if (first == STAR && pattern.length == 1) return principal(compiler, Test.PRESENT, pattern.start, 0);
  if (first == STAR) return principal(compiler, Test.SUFFIX, pattern.start + 1, pattern.length - 1);
  if (last == STAR) return principal(compiler, Test.PREFIX, pattern.start, pattern.length - 1);
  return principal(compiler, Test.EXACT, pattern.start, pattern.length);
}

const STAR: u8 = 0x2a;

function principal(compiler: MatchCompiler, test: Test, start: usize, length: u32): Condition {
  return compiler.condition(Fact.PRINCIPAL, utf8(""), test, Text.copy(compiler.region, start, length));
}
