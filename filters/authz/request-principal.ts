import { MatchCompiler } from "../../assembly/match/compiler";
import { Condition, Test } from "../../assembly/match/condition";
import { valuePattern } from "../../assembly/match/value-pattern";
import { Fact } from "../../assembly/request/slots";
import { Text, utf8 } from "../../assembly/text/text";

const STAR: u8 = 0x2a;
const SLASH: u8 = 0x2f;

/**
 * A value of `requestPrincipals` (`issuer/subject`) as two conditions, on the token's `iss` and `sub`, both strings. The last
 * `/` parts them, as an issuer may be a URL. `*` wants both; a `*` at the start is the issuer's, or without a `/` one that
 * wants any issuer and an end of the subject; a `*` at the end is the subject's, or without a `/` the issuer's. Without a
 * `*` and a `/` the subject must be empty (istio `pilot/pkg/security/authz/model: requestPrincipalGenerator`).
 */
export function requestPrincipal(value: Text, compiler: MatchCompiler): Condition {
  const start = value.start;
  const length = value.length;
  const slash = lastSlash(value);
  const found = slash < length;
  const subject = found ? start + slash + 1 : start + length;
  const subjectLength = found ? length - slash - 1 : 0;
  if (load<u8>(start) == STAR) {
    if (!found) return both(part(compiler, issuer(), start, 1), part(compiler, sub(), start, length));
    return both(part(compiler, issuer(), start, slash), exact(compiler, sub(), subject, subjectLength));
  }
  if (load<u8>(start + length - 1) == STAR) {
    if (!found) return both(part(compiler, issuer(), start, length), part(compiler, sub(), start + length - 1, 1));
    return both(exact(compiler, issuer(), start, slash), startOf(compiler, sub(), subject, subjectLength - 1));
  }
  return both(exact(compiler, issuer(), start, found ? slash : length), exact(compiler, sub(), subject, subjectLength));
}

function issuer(): Text {
  return utf8("iss");
}

function sub(): Text {
  return utf8("sub");
}

function part(compiler: MatchCompiler, claim: Text, start: usize, length: u32): Condition {
  return valuePattern(compiler, Fact.CLAIM_STRING, claim, Test.NOT_EMPTY, start, length);
}

/** What starts so; anything where it starts with nothing. A `*` at the front is none here. */
function startOf(compiler: MatchCompiler, claim: Text, start: usize, length: u32): Condition {
  return compiler.conditionOf(Fact.CLAIM_STRING, claim, length == 0 ? Test.NOT_EMPTY : Test.PREFIX, start, length);
}

function exact(compiler: MatchCompiler, claim: Text, start: usize, length: u32): Condition {
  return compiler.conditionOf(Fact.CLAIM_STRING, claim, Test.EXACT, start, length);
}

function both(issuer: Condition, subject: Condition): Condition {
  issuer.next = subject;
  return issuer;
}

/** Where the last `/` stands; the value's length where there is none. */
function lastSlash(value: Text): u32 {
  let at = value.length;
  while (at > 0 && load<u8>(value.start + at - 1) != SLASH) at--;
  return at > 0 ? at - 1 : value.length;
}
